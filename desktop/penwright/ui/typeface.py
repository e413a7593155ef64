"""Which of the installed fonts the sheet is set in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

SERIF = "serif"
SANS = "sans"

# In order of liking. Each has real italics; those that come with an operating system stand beside the free.
_PREFERRED = {
    SERIF: (
        "Charter", "Charis SIL", "XCharter", "Bitstream Charter", "Source Serif 4", "Source Serif Pro",
        "Noto Serif", "Literata", "Iowan Old Style", "Palatino", "Georgia", "Cambria", "Libertinus Serif",
        "Liberation Serif", "P052", "DejaVu Serif", "Times New Roman",
    ),
    SANS: (
        "Source Sans 3", "Source Sans Pro", "Inter", "Noto Sans", "Helvetica Neue", "Segoe UI", "Cantarell",
        "Ubuntu", "Liberation Sans", "Arial", "DejaVu Sans",
    ),
}  # fmt: skip

# Letters that the chosen face lacks come from these. A serif goes to a serif first.
_CJK = {
    SERIF: (
        "Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif", "Songti SC", "Hiragino Mincho ProN",
        "SimSun", "Yu Mincho", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei",
    ),
    SANS: (
        "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans", "PingFang SC", "Hiragino Sans",
        "Microsoft YaHei", "Yu Gothic", "WenQuanYi Micro Hei", "Noto Serif CJK SC",
    ),
}  # fmt: skip

_GENERIC = {SERIF: "serif", SANS: "sans-serif"}
_HINTS = {SERIF: QFont.StyleHint.Serif, SANS: QFont.StyleHint.SansSerif}

_SAMPLE = (
    "It was late when she came home, and the house was quiet; nobody had put out the lamp in the hall. "
    "He wrote three letters that morning, and burnt two of them before the post went."
)


def chosen(kind: str, installed: Collection[str]) -> list[str]:
    """Return the families to set text of `kind` in, the first of them an installed text face."""
    face = next((family for family in _PREFERRED[kind] if family in installed), _GENERIC[kind])
    return [face, *(family for family in _CJK[kind] if family in installed)]


def sheet_font(kind: str, pixels: int, installed: Sequence[str] | None = None, *, family: str = "") -> QFont:
    """Return the font of the sheet, `pixels` high. kind: SERIF or SANS. family: comes first, if installed."""
    font = QFont()
    known = QFontDatabase.families() if installed is None else installed
    own = [family] if family in known else []
    font.setFamilies([*own, *chosen(kind, known)])
    font.setStyleHint(_HINTS[kind])
    font.setPixelSize(pixels)
    return font


def mean_width(font: QFont) -> float:
    """Return how wide a character of running text is on average, in logical pixels.

    Not the font's own average, which counts every glyph alike: that is half as wide again.
    """
    return QFontMetricsF(font).horizontalAdvance(_SAMPLE) / len(_SAMPLE)
