"""The job of going on with a text at the caret: every model can do it, also one that only continues."""

from __future__ import annotations

from penwright.core.composition import Job, Part, Sampling
from penwright.core.segment import is_ideographic

_LETTERS = 6000  # before the caret, that the model gets to see at most
_TOKENS = 220  # about a paragraph
_SHARE = 0.2  # of a text's letters that are ideographs, from which on it is Chinese


def language_of(text: str) -> str:
    """Return "zh" for a text that is mostly Chinese, "en" for any other: which words a model is told in."""
    letters = [letter for letter in text[:4000] if letter.isalpha()]
    chinese = sum(map(is_ideographic, letters))
    kana = sum("\u3040" <= letter <= "\u30ff" for letter in letters)
    return "zh" if letters and chinese - kana > _SHARE * len(letters) and kana * 10 < chinese else "en"


def continuing(before: str) -> Job:
    """Return the job of writing the paragraph that follows `before`; ValueError when there is nothing there.

    White space at its end is left out, for a model begins a word with its space: `joined` sets it right.
    """
    seen = before[-_LETTERS:].rstrip()
    if not seen:
        raise ValueError("nothing to go on with")
    return Job(
        base=seen,
        sampling=Sampling(temperature=0.6, top_p=0.9, repeat_penalty=1.1),
        max_tokens=_TOKENS,
        base_stop=("\n\n",),
        parts=(Part("text", seen, keeps_end=True, least=20),),
        language=language_of(seen),
    )


def joined(before: str, text: str) -> str:
    """Return a continuation as it stands right after `before`: no second space, no empty first line."""
    return text.lstrip() if not before or before[-1].isspace() else text
