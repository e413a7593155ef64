"""What a style says. It is made from a file by `parsing`, and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from penwright.core.composition import Sampling

KINDS = ("write", "rewrite", "continue")
FIELD_KINDS = ("text", "long", "choice", "number", "flag")
# What templates are given besides the fields. TEXT is what is rewritten; it is there for that kind alone.
TEXT, BEFORE, AFTER, LANGUAGE = "text", "before", "after", "language"


@dataclass(frozen=True)
class Range:
    """From `least` to `most`, both included."""

    least: float = 0
    most: float = float("inf")

    def holds(self, number: float) -> bool:
        """Return whether a number is in the range."""
        return self.least <= number <= self.most


@dataclass(frozen=True)
class Field:
    """One thing that is asked of the writer.

    kind: "text" (a line), "long", "choice", "number" (whole) or "flag". least, most: of a number its value.
    longest: characters of a text. choices: their values, for a choice; templates get these.
    """

    id: str
    kind: str = "text"
    required: bool = False
    least: int = 0
    most: int = 0
    longest: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldWords:
    """What one language says of a field. choices: words for each value."""

    label: str
    hint: str = ""
    default: str = ""
    example: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MustNot:
    """What may not be in the text: regular expressions, and why it is marked."""

    id: str
    patterns: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Shape:
    """What the text looks like, whatever language it is in. What is not asked for is not looked at.

    headline: a short first line with no full stop, then more. greeting: the first line greets somebody.
    signature: the last line is short, as a name is. speech: somebody speaks in quotation marks. questions:
    each item ends in a question mark. paragraphs, items (of a list), lines, sections (headings): how many.
    """

    headline: bool = False
    greeting: bool = False
    signature: bool = False
    speech: bool = False
    questions: bool = False
    paragraphs: Range | None = None
    items: Range | None = None
    lines: Range | None = None
    sections: Range | None = None


@dataclass(frozen=True)
class SelfTest:
    """A text made from these values that is as it should be, and one that is not.

    caught_by: the check that has to catch the bad one.
    """

    values: Mapping[str, str]
    good: str
    bad: str
    caught_by: str


@dataclass(frozen=True)
class Wording:
    """A style in one language.

    system, user: templates of the prompt for models with conversations. base: one of a text that leads to
    the new one, for models that only continue. length: in words, where each ideograph is one.
    """

    name: str
    description: str
    system: str
    user: str
    base: str = ""
    fields: Mapping[str, FieldWords] = field(default_factory=dict)
    banned: tuple[str, ...] = ()
    must_not: tuple[MustNot, ...] = ()
    length: Range | None = None
    self_test: SelfTest | None = None


@dataclass(frozen=True)
class Style:
    """A way to make a text from fields (write), from a text (rewrite), or from what stands before (continue).

    group: where lists put it. tokens: at most, of the new text; of a rewriting, at least so many may be
    written. stop: marks that end the text. unsupported: figures, names and quotations that are in no field
    are marked. own: it is the user's, not one that comes with the program.
    """

    id: str
    kind: str
    group: str
    path: Path
    fields: tuple[Field, ...]
    wordings: Mapping[str, Wording]
    sampling: Sampling = field(default_factory=Sampling)
    tokens: int = 512
    stop: tuple[str, ...] = ()
    shape: Shape = field(default_factory=Shape)
    unsupported: bool = False
    own: bool = False

    @property
    def given(self) -> tuple[str, ...]:
        """What is given besides the fields, from the page."""
        return {"rewrite": (TEXT, BEFORE, AFTER), "continue": (BEFORE, AFTER)}.get(self.kind, ())

    def language(self, wanted: str) -> str:
        """Return the wanted language where the style knows it, else English, else its first."""
        for each in (wanted, wanted.partition("_")[0].partition("-")[0], "en"):
            if each in self.wordings:
                return each
        return next(iter(self.wordings))

    def words(self, wanted: str) -> Wording:
        """Return the style in the language nearest to the wanted one."""
        return self.wordings[self.language(wanted)]

    def field(self, name: str) -> Field | None:
        """Return the field with this id, or None."""
        return next((each for each in self.fields if each.id == name), None)
