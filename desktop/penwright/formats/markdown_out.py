"""The model as Markdown that reads back as the same model: what would be a mark is escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category

from penwright.formats import front_matter
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
    note_order,
)

_MARKS = re.compile(r"[\\`*\[\]<]|~(?=~)|(?<=~)~|^~|~$|!(?=\[)|\^(?=\[)|&(?=#?\w+;)")
_UNDERLINE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # within a word it is no mark
_LINE_START = re.compile(r"^([ \t]*)(#{1,6}(?=[ \t]|$)|>|[-+](?=[ \t]|$)|-(?=[-= \t]*$)|=(?==*[ \t]*$)|:)")
_NUMBER_START = re.compile(r"^([ \t]*\d{1,9})([.)])(?=[ \t]|$)")
_FIRST_OF_MARK, _LAST_OF_MARK = "\\*_[`~<&", "*_])`~>;"  # what can't be parted from what it belongs to
_SAFE_TARGET = re.compile(r"[^\s<>()\\]*")
_ENTITY = re.compile(r"&#?\w+;")
_KEPT_FENCE = re.compile(r"`{3,}")


def write_markdown(document: Document) -> str:
    """Return the document as Markdown; footnotes stand at the end, numbered as they are met."""
    names = {name: str(number) for number, name in enumerate(note_order(document), 1)}
    writer = _Writer(names)
    lines = writer.blocks(document.blocks)
    for name, label in names.items():
        first, *rest = writer.blocks(document.notes[name]) or [""]
        lines += ["", f"[^{label}]: {first}", *(f"    {line}" if line else "" for line in rest)]
    return front_matter.write(document.about) + "\n".join(lines) + ("\n" if lines else "")


@dataclass(frozen=True)
class _Writer:
    """Writes blocks as lines. names: what each footnote is called in the text."""

    names: dict[str, str]

    def blocks(self, blocks: Blocks, *, tight: bool = False) -> list[str]:
        lines: list[str] = []
        before: Block | None = None
        for block in blocks:
            if before is not None:
                if _would_go_on(before, block):
                    lines += ["", "<!-- -->"]
                if not (tight and isinstance(block, Listing) and isinstance(before, Paragraph)):
                    lines.append("")
            lines += self._block(block)
            before = block
        return lines

    def _block(self, block: Block) -> list[str]:
        match block:
            case Heading(level, inside):
                words = self._line(inside).replace("\\\n", " ")
                return [f"{'#' * level} {_closing_escaped(words)}".rstrip()]
            case Paragraph(inside):
                return [_start_escaped(line) for line in self._line(inside).split("\n")]
            case Quote(blocks):
                return [f"> {line}".rstrip() for line in self.blocks(blocks) or [""]]
            case Listing():
                return self._listing(block)
            case CodeBlock(text, language):
                ticks = max((len(found[0]) for found in _KEPT_FENCE.finditer(text)), default=2) + 1
                return ["`" * ticks + language, *text.split("\n"), "`" * ticks]
            case Table():
                return self._table(block)
            case Rule():
                return ["* * *"]

    def _listing(self, listing: Listing) -> list[str]:
        lines: list[str] = []
        for number, item in enumerate(listing.items):
            mark = "- " if listing.start is None else f"{listing.start + number}. "
            inner = self.blocks(item, tight=listing.tight) or [""]
            if lines and not listing.tight:
                lines.append("")
            lines.append((mark + inner[0]).rstrip())
            lines += [" " * len(mark) + line if line else "" for line in inner[1:]]
        return lines

    def _table(self, table: Table) -> list[str]:
        sides = {"left": ":---", "center": ":---:", "right": "---:"}
        rows = [
            self._row(table.header),
            "| " + " | ".join(sides.get(side, "---") for side in table.alignments) + " |",
        ]
        return rows + [self._row(row) for row in table.rows]

    def _row(self, cells: tuple[Inlines, ...]) -> str:
        texts = (self._line(cell).replace("\\\n", "<br>").replace("\n", " ") for cell in cells)
        return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", text) for text in texts) + " |"

    def _line(self, inside: Inlines) -> str:
        parts: list[str] = []
        for number, piece in enumerate(inside):
            before = parts[-1][-1:] if parts else ""
            after = _first_letter(inside[number + 1]) if number + 1 < len(inside) else ""
            parts.append(self._piece(piece, before, after))
        return "".join(parts)

    def _piece(self, piece: Inline, before: str, after: str) -> str:
        match piece:
            case Text(text):
                return _escaped(text)
            case Break():
                return "\\\n"
            case Code(text):
                return _code(text)
            case Emphasis(inside):
                return self._marked("*", inside, before, after)
            case Strong(inside):
                return self._marked("**", inside, before, after)
            case Struck(inside):
                return self._marked("~~", inside, before, after)
            case Link(target, inside, title):
                return f"[{self._line(inside)}]({_target(target, title)})"
            case Picture(target, words, title):
                return f"![{_escaped(words)}]({_target(target, title)})"
            case NoteMark(name):
                return f"[^{self.names[name]}]" if name in self.names else ""

    def _marked(self, mark: str, inside: Inlines, before: str, after: str) -> str:
        """Return marked words. A mark between a letter and a sign would be none, so the sign goes outside."""
        words = self._line(inside)
        outer_start = outer_end = ""
        while words and (words[0].isspace() or (_is_sign(words[0]) and _is_letter(before))):
            if words[0] in _FIRST_OF_MARK or words.startswith("!["):
                return outer_start + words  # a mark would be read as a sign here: better none
            outer_start += words[0]
            before, words = words[0], words[1:]
        while words and (words[-1].isspace() or (_is_sign(words[-1]) and _is_letter(after))):
            if words[-1] in _LAST_OF_MARK or words[-2:-1] == "\\":
                return outer_start + words + outer_end
            outer_end = words[-1] + outer_end
            after, words = words[-1], words[:-1]
        if not words:
            return outer_start + outer_end
        if mark[0] == "*" and (words[0] == "*" or words[-1] == "*" or before == "*" or after == "*"):
            mark = mark.replace("*", "_") if not _is_letter(before) and not _is_letter(after) else mark
        return f"{outer_start}{mark}{words}{mark}{outer_end}"


def _would_go_on(before: Block, block: Block) -> bool:
    """Whether a list would be read as going on in the one that follows it."""
    if not isinstance(before, Listing) or not isinstance(block, Listing):
        return False
    return (before.start is None) == (block.start is None)


def _first_letter(piece: Inline) -> str:
    match piece:
        case Text(text):
            return text[:1]
        case Code():
            return "`"
        case Emphasis() | Strong():
            return "*"
        case Struck():
            return "~"
        case Break():
            return "\n"
        case Picture():
            return "!"
        case _:
            return "["


def _is_sign(letter: str) -> bool:
    return bool(letter) and category(letter)[0] in "PS"


def _is_letter(letter: str) -> bool:
    return bool(letter) and not letter.isspace() and not _is_sign(letter)


def _escaped(text: str) -> str:
    text = _MARKS.sub(lambda found: "\\" + found[0], text)
    return _UNDERLINE.sub(r"\\_", text)


def _start_escaped(line: str) -> str:
    line = _LINE_START.sub(r"\1\\\2", line)
    return _NUMBER_START.sub(r"\1\\\2", line)


def _closing_escaped(words: str) -> str:
    return re.sub(r"(^|[ \t])(#+)$", r"\1\\\2", words)


def _code(text: str) -> str:
    runs = {len(found[0]) for found in re.finditer(r"`+", text)}
    ticks = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    text = text.replace("\n", " ")
    room = (
        " "
        if text.startswith("`") or text.endswith("`") or (text[:1] == text[-1:] == " " and text.strip())
        else ""
    )
    return f"{ticks}{room}{text}{room}{ticks}"


def _target(target: str, title: str) -> str:
    plain_one = target and _SAFE_TARGET.fullmatch(target) and not _ENTITY.search(target)
    where = target if plain_one else "<" + re.sub(r"([<>\\]|&(?=#?\w+;))", r"\\\1", target) + ">"
    where = where.replace("\n", "%0A")
    words = re.sub(r"\s*\n\s*", " ", title)
    words = re.sub(r'([\\"]|&(?=#?\w+;))', r"\\\1", words)
    return f'{where} "{words}"' if title else where
