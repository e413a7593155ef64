"""A simulated writer who types a text in order and takes what is right: how many keystrokes that saves.

The writer asks at each caret at which nothing is shown, and reads what comes. The rule of accepting: of
what is shown, the beginning that is right, word by word, and only if it saves two letters or more over
typing it. All that is shown is taken with one key (Tab); a part of it with one key a word (Ctrl+Right).
Else the next letter is typed: what is shown then gets shorter while it agrees, as in the window, and goes
when it does not. Nobody types so, but everybody's saving is a share of this one's, and it counts each
suggestion at once: when it was right, when it came, and how long it was. Time is not counted.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from penwright.core.suggestion import Suggestion
from penwright.core.take import Take
from penwright.evaluation.carets import Kind, kind_at, paragraphs
from penwright.evaluation.rightness import compare

LEAST_SAVED = 2  # letters beyond the keys that take them

Shown = Callable[[str], str]  # the text before the caret -> what is shown there, "" for nothing


@dataclass
class Typed:
    """What the writer has done. letters: of the text; keys: pressed for them, the accepting ones counted in.

    asked: how often a suggestion was asked for; shown: how often one came; taken: how often one was
    accepted, by_tab of them wholly. saved_by_kind: letters saved less keys, by the caret where they were
    taken.
    """

    letters: int = 0
    keys: int = 0
    asked: int = 0
    shown: int = 0
    taken: int = 0
    by_tab: int = 0
    saved_by_kind: dict[Kind, int] = field(default_factory=dict)

    @property
    def saved(self) -> float | None:
        """The share of keystrokes saved; None when nothing was typed."""
        return 1 - self.keys / self.letters if self.letters else None


def worth_taking(shown: str, follows: str) -> tuple[str, int]:
    """Return what of `shown` the writer takes, and with how many keys; "" and 0 when nothing is worth it."""
    rightness = compare(shown, follows)
    best, keys = "", 0
    if rightness.whole and follows.startswith(shown):
        best, keys = shown, 1
    else:
        rest, pressed = Suggestion(0, shown), 0
        while True:
            word, rest = rest.take(Take.WORD)
            pressed += 1
            end = len(shown) - len(rest.text)
            if not word or end > rightness.right_end:
                break
            if end - pressed > len(best) - keys:
                best, keys = shown[:end], pressed
    return (best, keys) if len(best) - keys >= LEAST_SAVED else ("", 0)


def write(text: str, start: int, end: int, shown: Shown, typed: Typed) -> None:
    """Let the writer type `text` from `start` to `end`, everything before it standing there already."""
    at = start
    offered: Suggestion | None = None
    while at < end:
        if offered is None and text[max(0, at - 200) : at].strip():
            typed.asked += 1
            offered = Suggestion(0, shown(text[:at]))
            typed.shown += bool(offered.text)
        taken, keys = worth_taking(offered.text, text[at:end]) if offered is not None else ("", 0)
        if taken:
            kind = kind_at(text, at) or Kind.WORD_END
            typed.saved_by_kind[kind] = typed.saved_by_kind.get(kind, 0) + len(taken) - keys
            typed.taken += 1
            typed.by_tab += keys == 1 and taken == (offered.text if offered else "")
        else:
            taken, keys = text[at], 1
        typed.letters += len(taken)
        typed.keys += keys
        at += len(taken)
        offered = offered.typed(taken) if offered is not None else None
        if offered is not None and not offered.text:
            offered = None


def choose(text: str, letters: int, seed: int) -> list[tuple[int, int]]:
    """Return paragraphs of about `letters` letters in all, in order: all of them where there are no more.

    They are drawn over the whole text, so that no part of it decides.
    """
    found = list(paragraphs(text))
    if letters <= 0:
        return found
    order = random.Random(seed).sample(found, len(found))  # noqa: S311 - no secret
    chosen: list[tuple[int, int]] = []
    room = letters
    for start, end in order:
        if room <= 0:
            break
        chosen.append((start, end))
        room -= end - start
    return sorted(chosen)


def standard_error(parts: Sequence[Typed]) -> float | None:
    """Return the standard error of the share saved over all parts (of a ratio, part by part)."""
    letters = sum(part.letters for part in parts)
    if len(parts) < 2 or not letters:
        return None
    saved = 1 - sum(part.keys for part in parts) / letters
    squares = sum((part.letters - part.keys - saved * part.letters) ** 2 for part in parts)
    mean = letters / len(parts)
    return math.sqrt(squares / (len(parts) - 1) / len(parts)) / mean


def total(parts: Sequence[Typed]) -> Typed:
    """Return all parts as one."""
    whole = Typed()
    for part in parts:
        for name in ("letters", "keys", "asked", "shown", "taken", "by_tab"):
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        for kind, saved in part.saved_by_kind.items():
            whole.saved_by_kind[kind] = whole.saved_by_kind.get(kind, 0) + saved
    return whole
