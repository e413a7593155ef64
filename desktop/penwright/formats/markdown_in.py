"""Markdown into the model: CommonMark with tables, strikethrough and footnotes, by markdown-it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from penwright.base.errors import DocumentError
from penwright.formats import front_matter
from penwright.formats.html_in import blocks_of_html
from penwright.formats.joining import joined, trimmed
from penwright.formats.model import (
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
)

_NESTING = (
    90  # quotes and lists in one another; a text with more of them is refused, since words would be lost
)
# Python's strip() takes these away at a paragraph's ends; Chinese paragraphs begin with two of the first.
# What stands for them meanwhile are no letters: no text that is opened here holds them (storage.encodings).
_KEPT_SPACES = {"\u3000": "\ufdd0", "\u00a0": "\ufdd1"}
_STAND_INS = str.maketrans(_KEPT_SPACES)
_SPACE_AT_BREAK = re.compile("(?m)^[\u3000\u00a0]+|[\u3000\u00a0]+$")
_AROUND: Mapping[str, tuple[Callable[[Inlines], Inline], str]] = {
    "em_open": (Emphasis, "em_close"),
    "strong_open": (Strong, "strong_close"),
    "s_open": (Struck, "s_close"),
}
_BREAK_TAG = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)


def read_markdown(text: str) -> Document:
    r"""Return the document that `text` is, with "\n" for line breaks.

    Raises DocumentError when quotes and lists lie too deep in one another.
    """
    lines, body = front_matter.split(text)
    for stand_in in _KEPT_SPACES.values():
        body = body.replace(stand_in, "")
    body = _SPACE_AT_BREAK.sub(lambda found: found[0].translate(_STAND_INS), body)
    parser = _Parser("commonmark", {"html": True, "maxNesting": _NESTING})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin, move_to_end=False)
    environment: dict[str, dict[str, dict[object, dict[str, object]]]] = {}
    tokens = parser.parse(body, environment)
    if any(token.level >= _NESTING - 1 for token in tokens):
        raise DocumentError("formats.too_deep", levels=_NESTING)
    reader = _Reader(tokens, environment.get("footnotes", {}).get("list", {}))
    blocks = reader.blocks()
    return Document(blocks, reader.notes, front_matter.read(lines))


class _Parser(MarkdownIt):
    """Leaves addresses as they were written."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return _letters(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return _letters(link)


@dataclass
class _Reader:
    """Walks the tokens once. inline_notes: footnotes written where they are referred to, by number."""

    tokens: Sequence[Token]
    inline_notes: dict[object, dict[str, object]]
    notes: dict[str, Blocks] = field(default_factory=dict)
    _at: int = 0

    def blocks(self, end: str = "") -> Blocks:
        """Return the blocks up to the token `end`, and pass it."""
        blocks: list[Block] = []
        while self._at < len(self.tokens):
            token = self.tokens[self._at]
            self._at += 1
            if token.type == end:
                break
            blocks += self._block(token)
        return tuple(blocks)

    def _block(self, token: Token) -> Blocks:
        match token.type:
            case "paragraph_open":
                inside = self._inline()
                return (Paragraph(inside),) if inside else ()
            case "heading_open":
                return (Heading(int(token.tag[1]), self._inline()),)
            case "blockquote_open":
                return (Quote(self.blocks("blockquote_close")),)
            case "bullet_list_open" | "ordered_list_open":
                return (self._listing(token),)
            case "fence" | "code_block":
                language = token.info.split()[0] if token.info.split() else ""
                return (CodeBlock(_letters(token.content).removesuffix("\n"), language),)
            case "hr":
                return (Rule(),)
            case "table_open":
                return (self._table(),)
            case "html_block":
                return blocks_of_html(_letters(token.content))
            case "footnote_reference_open":
                name = str(token.meta["label"])
                self.notes.setdefault(name, self.blocks("footnote_reference_close"))
        return ()

    def _inline(self) -> Inlines:
        """Return the running text of the block that was just opened, and pass the block's end."""
        token = self.tokens[self._at]
        self._at += 2
        return trimmed(self._pieces(iter(token.children or ())))

    def _listing(self, opened: Token) -> Listing:
        items: list[Blocks] = []
        tight = True
        while self.tokens[self._at].type == "list_item_open":
            self._at += 1
            first = self._at
            items.append(self.blocks("list_item_close"))
            level = self.tokens[first].level
            tight = tight and not any(
                token.type == "paragraph_open" and token.level == level and not token.hidden
                for token in self.tokens[first : self._at]
            )
        self._at += 1
        ordered = opened.type == "ordered_list_open"
        return Listing(tuple(items), int(opened.attrGet("start") or 1) if ordered else None, tight)

    def _table(self) -> Table:
        rows: list[tuple[Inlines, ...]] = []
        alignments: tuple[str, ...] = ()
        row: list[Inlines] = []
        sides: list[str] = []
        while (token := self.tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type == "tr_open":
                row, sides = [], []
            elif token.type in {"th_open", "td_open"}:
                sides.append(str(token.attrGet("style") or "").removeprefix("text-align:"))
                row.append(self._inline())
            elif token.type == "tr_close":
                alignments = alignments or tuple(sides)
                rows.append(tuple(row))
        self._at += 1
        return Table(alignments, rows[0], tuple(rows[1:]))

    def _pieces(self, tokens: Iterator[Token], end: str = "") -> Inlines:
        pieces: list[Inline] = []
        for token in tokens:
            if token.type == end:
                break
            match token.type:
                case "text" | "text_special":
                    pieces.append(Text(_letters(token.content)))
                case "softbreak":
                    pieces.append(Text("\n"))
                case "hardbreak":
                    pieces.append(Break())
                case "code_inline":
                    pieces.append(Code(_letters(token.content)))
                case "em_open" | "strong_open" | "s_open":
                    make, close = _AROUND[token.type]
                    pieces.append(make(self._pieces(tokens, close)))
                case "link_open":
                    target, title = str(token.attrGet("href") or ""), str(token.attrGet("title") or "")
                    pieces.append(Link(target, self._pieces(tokens, "link_close"), title))
                case "image":
                    target, title = str(token.attrGet("src") or ""), str(token.attrGet("title") or "")
                    pieces.append(Picture(target, _letters(token.content), title))
                case "footnote_ref":
                    pieces.append(self._mark(token))
                case "html_inline" if _BREAK_TAG.match(token.content):
                    pieces.append(Break())
        return joined(pieces)

    def _mark(self, token: Token) -> NoteMark:
        if "label" in token.meta:
            return NoteMark(str(token.meta["label"]))
        name = f"^{token.meta['id']}"  # no footnote that has a name in the text is called so
        written = self.inline_notes.get(token.meta["id"], {}).get("tokens")
        assert isinstance(written, list)
        self.notes[name] = (Paragraph(trimmed(self._pieces(iter(written)))),)
        return NoteMark(name)


def _letters(text: str) -> str:
    for letter, stand_in in _KEPT_SPACES.items():
        text = text.replace(stand_in, letter)
    return text
