"""Styles: what a text is made from (fields), how it is asked of a model, and what it has to be like."""

from penwright.core.styles.parsing import style_from
from penwright.core.styles.style import Field, FieldWords, MustNot, Range, SelfTest, Shape, Style, Wording

__all__ = [
    "Field",
    "FieldWords",
    "MustNot",
    "Range",
    "SelfTest",
    "Shape",
    "Style",
    "Wording",
    "style_from",
]
