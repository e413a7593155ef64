"""The model as a book for e-readers (EPUB 3): a chapter for each heading of the highest level, contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from penwright.formats.anchors import anchors
from penwright.formats.html_out import HtmlWriter, page_title, title_lines, xml_text
from penwright.formats.losses import Losses
from penwright.formats.model import Block, Document, Heading, Picture, plain, walk
from penwright.formats.pictures import PictureFile, Pictures
from penwright.formats.script import language_of

_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_STYLE = """\
body { line-height: 1.5; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 1.8em 0 0.6em; page-break-after: avoid; }
p.title { font-size: 2em; font-weight: bold; margin: 3em 0 0.5em; }
blockquote { margin: 1em 1.5em; }
pre { white-space: pre-wrap; font-size: 0.9em; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { border: 1px solid; padding: 0.2em 0.5em; vertical-align: top; }
img { max-width: 100%; }
hr { border: 0; margin: 1.5em 0; text-align: center; }
hr::before { content: "* * *"; }
sup { line-height: 0; }
.notes { margin-top: 2em; border-top: 1px solid; font-size: 0.9em; }
"""
_TAKEN = {"png", "jpeg", "gif", "webp", "svg"}
_NAMELESS = "…"


def write_epub(document: Document, pictures: Pictures, losses: Losses) -> bytes:
    """Return the file's bytes."""
    return _Book(document, pictures, losses).write()


@dataclass
class _Chapter:
    """Blocks that are one file. headings: what the contents name in it, with level and place."""

    name: str
    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[int, str, str]] = field(default_factory=list)


class _Book:
    def __init__(self, document: Document, pictures: Pictures, losses: Losses) -> None:
        self._document = document
        self._pictures = pictures
        self._losses = losses
        self._language = language_of(document)
        self._title = page_title(document) or _NAMELESS
        self._images: dict[str, PictureFile] = {}
        self._chapters = list(_chapters(document))
        names = anchors(document)
        self._files: dict[str, str] = {}  # which file a heading lies in, by its name
        for chapter in self._chapters:
            for block in walk(tuple(chapter.blocks)):
                if isinstance(block, Heading) and id(block) in names:
                    self._files[names[id(block)]] = chapter.name
                    words = " ".join(plain(block.inside).split())
                    chapter.headings.append((block.level, words or _NAMELESS, names[id(block)]))

    def write(self) -> bytes:
        writer = HtmlWriter(self._document, self._source, self._link, book=True)
        pages = {"title.xhtml": self._page(self._title, title_lines(self._document.about))}
        for chapter in self._chapters:
            body = writer.blocks(tuple(chapter.blocks))
            title = chapter.headings[0][1] if chapter.headings else self._title
            pages[chapter.name] = self._page(title, body + writer.notes())
        if not any((self._document.about.title, self._document.about.author, self._document.about.date)):
            del pages["title.xhtml"]
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
            # Readers look for the first entry, uncompressed, to know the format.
            file.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
            file.writestr("META-INF/container.xml", _CONTAINER)
            file.writestr("book/style.css", _STYLE)
            file.writestr("book/contents.xhtml", self._contents())
            for name, page in pages.items():
                file.writestr(f"book/{name}", page)
            for image in self._images.values():
                file.writestr(f"book/{image.name}", image.data, zipfile.ZIP_STORED)
            file.writestr("book/book.opf", self._package(list(pages)))
        return stream.getvalue()

    def _source(self, picture: Picture) -> str:
        found = self._pictures.find(picture.target)
        if found is None or found.kind not in _TAKEN:
            self._losses.add("picture_missing" if found is None else "picture_kind")
            return ""
        self._images[found.name] = found
        return found.name

    def _link(self, target: str) -> str:
        file = self._files.get(target[1:]) if target.startswith("#") else None
        return f"{file}{target}" if file else target

    def _page(self, title: str, body: str) -> str:
        said = f' xml:lang="{xml_text(self._language)}"' if self._language else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
            f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"{said}>\n'
            f"<head>\n<title>{xml_text(title)}</title>\n"
            '<link rel="stylesheet" type="text/css" href="style.css"/>\n</head>\n'
            f"<body>\n{body}</body>\n</html>\n"
        )

    def _contents(self) -> str:
        entries = [
            (level, words, f"{chapter.name}#{name}" if name else chapter.name)
            for chapter in self._chapters
            for level, words, name in chapter.headings or [(1, self._title, "")]
        ]
        return self._page(self._title, f'<nav epub:type="toc">\n{_nested(entries)}</nav>\n')

    def _package(self, pages: list[str]) -> str:
        about = self._document.about
        identity = uuid5(NAMESPACE_URL, "\n".join((self._title, about.author)))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = {"creator": about.author, "date": about.date}
        more = "".join(f"<dc:{name}>{xml_text(value)}</dc:{name}>\n" for name, value in said.items() if value)
        page = "application/xhtml+xml"
        items = [("contents.xhtml", page, ' properties="nav"'), ("style.css", "text/css", "")]
        items += [(name, page, "") for name in pages]
        items += [(image.name, image.media_type, "") for image in self._images.values()]
        listed = "".join(
            f'<item id="i{number}" href="{name}" media-type="{kind}"{extra}/>\n'
            for number, (name, kind, extra) in enumerate(items)
        )
        spine = "".join(f'<itemref idref="i{number}"/>\n' for number in range(2, 2 + len(pages)))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">\n'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
            f'<dc:identifier id="id">urn:uuid:{identity}</dc:identifier>\n'
            f"<dc:title>{xml_text(self._title)}</dc:title>\n"
            f"<dc:language>{xml_text(self._language or 'und')}</dc:language>\n{more}"
            f'<meta property="dcterms:modified">{now}</meta>\n</metadata>\n'
            f"<manifest>\n{listed}</manifest>\n<spine>\n{spine}</spine>\n</package>\n"
        )


def _chapters(document: Document) -> Iterator[_Chapter]:
    """Yield what lies before the first heading of the highest level, then a chapter for each of them."""
    highest = min((block.level for block in document.blocks if isinstance(block, Heading)), default=0)
    number = 1
    chapter = _Chapter(f"chapter-{number}.xhtml")
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == highest and chapter.blocks:
            yield chapter
            number += 1
            chapter = _Chapter(f"chapter-{number}.xhtml")
        chapter.blocks.append(block)
    yield chapter


def _nested(entries: Sequence[tuple[int, str, str]]) -> str:
    """Return entries of level, words and place as lists in one another."""
    items = []
    at = 0
    while at < len(entries):
        level, words, where = entries[at]
        end = next((n for n in range(at + 1, len(entries)) if entries[n][0] <= level), len(entries))
        below = _nested(entries[at + 1 : end]) if end > at + 1 else ""
        items.append(f'<li><a href="{xml_text(where)}">{xml_text(words)}</a>{below}</li>\n')
        at = end
    return f"<ol>\n{''.join(items)}</ol>\n"
