"""Rich text from the clipboard as Markdown, where it holds more than its plain letters."""

from __future__ import annotations

import re
from dataclasses import replace

from penwright.formats.html_in import read_html
from penwright.formats.markdown_out import write_markdown
from penwright.formats.model import About, Break, Document, Paragraph, Picture, Text

LONGEST = 5_000_000  # characters of markup; of longer ones the plain letters are taken

_MEANT = re.compile(
    r"<(?:b|strong|i|em|cite|h[1-6]|a|li|blockquote|table|img|code|pre|kbd|del|s|strike|sup|hr)[\s>/]"
    r"|font-weight\s*:\s*(?:bold|[6-9]00)|font-style\s*:\s*(?:italic|oblique)|line-through",
    re.IGNORECASE,
)


def markdown_of(markup: str) -> str | None:
    """Return the Markdown that pasted HTML means, or None where its plain letters say as much.

    What another program calls its letters (a single style around all of them) is no meaning. Nothing that
    the markup names is fetched.
    """
    if len(markup) > LONGEST or not _MEANT.search(markup):
        return None
    document = replace(read_html(markup), about=About())
    if all(
        isinstance(block, Paragraph) and all(isinstance(piece, Text | Break) for piece in block.inside)
        for block in document.blocks
    ):
        return None
    return write_markdown(document).rstrip("\n") or None


def only_picture(markup: str) -> bool:
    """Return whether the markup is one picture and nothing else, as when one is copied in a browser."""
    if len(markup) > LONGEST or "<img" not in markup.lower():
        return False
    blocks = read_html(markup).blocks
    return (
        len(blocks) == 1
        and isinstance(blocks[0], Paragraph)
        and len(blocks[0].inside) == 1
        and isinstance(blocks[0].inside[0], Picture)
    )


def picture_link(name: str, words: str = "") -> str:
    """Return Markdown that shows the picture of this name."""
    return write_markdown(Document((Paragraph((Picture(name, words),)),))).rstrip("\n")
