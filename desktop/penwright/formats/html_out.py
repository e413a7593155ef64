"""The model as HTML that is XML as well: pages of their own, chapters of a book, previews and print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from penwright.formats.anchors import anchors
from penwright.formats.losses import Losses
from penwright.formats.model import (
    About,
    Block,
    Blocks,
    Break,
    Code,
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    Link,
    Listing,
    NoteMark,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
    note_order,
    plain,
)
from penwright.formats.pictures import Pictures, address_of
from penwright.formats.script import language_of

STYLE = """\
body { max-width: 36em; margin: 3em auto; padding: 0 1.5em; color: #22201c; background: #fbfaf7;
  font-family: Georgia, "Source Serif 4", "Noto Serif", "Noto Serif CJK SC", "Songti SC", SimSun, serif;
  font-size: 1.06rem; line-height: 1.6; overflow-wrap: break-word; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 2em 0 0.6em; }
p.title { font-size: 2.2em; font-weight: bold; line-height: 1.2; margin: 0 0 0.3em; }
p.author, p.date { margin: 0; }
blockquote { margin: 1em 0 1em 0.4em; padding-left: 1.2em; border-left: 2px solid #b8b2a6; }
pre, code { font-family: ui-monospace, Consolas, "Noto Sans Mono", monospace; font-size: 0.9em; }
pre { padding: 0.8em 1em; background: #f0ede5; white-space: pre-wrap; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { border: 1px solid #b8b2a6; padding: 0.3em 0.7em; vertical-align: top; }
img { max-width: 100%; height: auto; }
hr { border: 0; margin: 2em 0; text-align: center; }
hr::before { content: "* * *"; }
sup { line-height: 0; }
.notes { margin-top: 3em; border-top: 1px solid #b8b2a6; font-size: 0.9em; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e1d8; background: #1c1b19; } pre { background: #282622; } a { color: #9db8d9; }
}
@media print { body { background: none; color: #000; margin: 0; max-width: none; } }
"""
_SPACES = re.compile(r"\s+")
# What XML can't hold, not even escaped.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_clean(text: str) -> str:
    """Return letters without those that no XML can hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def xml_text(text: str) -> str:
    """Return letters as they stand in XML, in text and between double quotes."""
    return escape(xml_clean(text))


def write_html(document: Document, pictures: Pictures, losses: Losses) -> str:
    """Return one page with its own style sheet, the pictures in it."""

    def source(picture: Picture) -> str:
        found = pictures.find(picture.target)
        if found is None and not picture.target.lower().startswith(("http:", "https:")):
            losses.add("picture_missing")
        return address_of(found) if found is not None else picture.target

    language = language_of(document)
    said = f' lang="{xml_text(language)}"' if language else ""
    return (
        f'<!DOCTYPE html>\n<html{said}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{_metas(document.about)}<title>{xml_text(page_title(document))}</title>\n"
        f"<style>\n{STYLE}</style>\n</head>\n<body>\n"
        f"{title_lines(document.about)}{HtmlWriter(document, source).page()}</body>\n</html>\n"
    )


def _metas(about: About) -> str:
    entries = {"author": about.author, "dcterms.date": about.date}
    return "".join(
        f'<meta name="{name}" content="{xml_text(value)}">\n' for name, value in entries.items() if value
    )


def page_title(document: Document) -> str:
    """Return what the document calls itself, else its first heading's words."""
    if document.about.title:
        return document.about.title
    first = next((block for block in document.blocks if isinstance(block, Heading)), None)
    return _SPACES.sub(" ", plain(first.inside)).strip() if first is not None else ""


def title_lines(about: About) -> str:
    """Return the title, the author and the date as the document's first lines."""
    lines = (("title", about.title), ("author", about.author), ("date", about.date))
    return "".join(f'<p class="{name}">{xml_text(value)}</p>\n' for name, value in lines if value)


@dataclass
class HtmlWriter:
    """Writes blocks.

    source: where a picture lies, "" to set its words in its place. link: where a link leads, for who splits
    a document. For a book (`book`) footnotes are marked as such readers want them.
    """

    document: Document
    source: Callable[[Picture], str]
    link: Callable[[str], str] = str
    book: bool = False
    _numbers: dict[str, int] = field(default_factory=dict)
    _marks: dict[str, int] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = {name: number for number, name in enumerate(note_order(self.document), 1)}
        self._names = anchors(self.document)

    def page(self) -> str:
        """Return the whole document with its footnotes."""
        return self.blocks(self.document.blocks) + self.notes()

    def notes(self) -> str:
        """Return the footnotes that were referred to so far, and not returned yet, as a list."""
        written: list[str] = []
        first = 0
        # Writing a footnote may refer to a further one.
        while todo := [name for name in self._marks if self._marks[name] > 0]:
            for name in todo:
                number, marks = self._numbers[name], self._marks[name]
                first = first or number
                self._marks[name] = 0
                back = "".join(
                    f' <a href="#ref-{number}{_more(mark)}" role="doc-backlink">↩</a>'
                    for mark in range(1, marks + 1)
                )
                inner = self.blocks(self.document.notes[name]).rstrip("\n")
                inner = f"{inner[:-4]}{back}</p>" if inner.endswith("</p>") else f"{inner}<p>{back}</p>"
                kind = ' epub:type="footnote"' if self.book else ""
                written.append(f'<li id="note-{number}" role="doc-footnote"{kind}>\n{inner}\n</li>\n')
        if not written:
            return ""
        start = f' start="{first}"' if first > 1 else ""
        kind = ' epub:type="footnotes"' if self.book else ""
        items = "".join(written)
        return f'<section class="notes" role="doc-endnotes"{kind}>\n<ol{start}>\n{items}</ol>\n</section>\n'

    def blocks(self, blocks: Blocks) -> str:
        """Return blocks as markup, one below the other."""
        return "".join(self._block(block) for block in blocks)

    def _block(self, block: Block) -> str:
        match block:
            case Heading(level, inside):
                name = xml_text(self._names.get(id(block), ""))
                return f'<h{level} id="{name}">{self.inside(inside)}</h{level}>\n'
            case Paragraph(inside):
                return f"<p>{self.inside(inside)}</p>\n"
            case Quote(blocks):
                return f"<blockquote>\n{self.blocks(blocks)}</blockquote>\n"
            case Listing():
                return self._listing(block)
            case CodeBlock(text, language):
                kind = f' class="language-{xml_text(language)}"' if language else ""
                return f"<pre><code{kind}>{xml_text(text)}\n</code></pre>\n"
            case Table():
                return self._table(block)
            case Rule():
                return "<hr/>\n"

    def _listing(self, listing: Listing) -> str:
        items = []
        for item in listing.items:
            inner = ""
            for block in item:
                if listing.tight and isinstance(block, Paragraph):
                    inner += ("<br/>" if inner else "") + self.inside(block.inside) + "\n"
                else:
                    inner += self._block(block)
            items.append(f"<li>{inner.strip()}</li>\n")
        tag = "ul" if listing.start is None else "ol"
        start = f' start="{listing.start}"' if listing.start not in {None, 1} else ""
        return f"<{tag}{start}>\n{''.join(items)}</{tag}>\n"

    def _table(self, table: Table) -> str:
        def row(cells: tuple[Inlines, ...], tag: str) -> str:
            parts = []
            for cell, side in zip(cells, table.alignments, strict=True):
                style = f' style="text-align:{side}"' if side else ""
                parts.append(f"<{tag}{style}>{self.inside(cell)}</{tag}>")
            return f"<tr>{''.join(parts)}</tr>\n"

        body = "".join(row(cells, "td") for cells in table.rows)
        body = f"<tbody>\n{body}</tbody>\n" if body else ""
        return f"<table>\n<thead>\n{row(table.header, 'th')}</thead>\n{body}</table>\n"

    def inside(self, inside: Inlines) -> str:
        """Return running text as markup."""
        return "".join(self._piece(piece) for piece in inside)

    def _piece(self, piece: Inline) -> str:
        match piece:
            case Text(text):
                return xml_text(text)
            case Break():
                return "<br/>\n"
            case Code(text):
                return f"<code>{xml_text(text)}</code>"
            case Emphasis(inside):
                return f"<em>{self.inside(inside)}</em>"
            case Strong(inside):
                return f"<strong>{self.inside(inside)}</strong>"
            case Struck(inside):
                return f"<del>{self.inside(inside)}</del>"
            case Link(target, inside, title):
                return f'<a href="{xml_text(self.link(target))}"{_title(title)}>{self.inside(inside)}</a>'
            case Picture(_, words, title):
                source = self.source(piece)
                if not source:
                    return xml_text(words)
                return f'<img src="{xml_text(source)}" alt="{xml_text(words)}"{_title(title)}/>'
            case NoteMark(name):
                return self._mark(name)

    def _mark(self, name: str) -> str:
        number = self._numbers.get(name)
        if number is None:
            return ""
        self._marks[name] = times = self._marks.get(name, 0) + 1
        kind = ' epub:type="noteref"' if self.book else ""
        name = f"ref-{number}{_more(times)}"
        return f'<sup><a href="#note-{number}" id="{name}" role="doc-noteref"{kind}>{number}</a></sup>'


def _title(title: str) -> str:
    return f' title="{xml_text(title)}"' if title else ""


def _more(times: int) -> str:
    return f"-{times}" if times > 1 else ""
