"""Going through the candidates of one caret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from penwright.core.answer import Answer
from penwright.core.gate import Verdict
from penwright.core.recall import Found, Kept
from penwright.core.suggestion import Suggestion


@dataclass(frozen=True)
class Choice:
    """Candidates that differ, and the place of the one that is meant; they follow each other in a ring."""

    candidates: tuple[Found, ...]
    at: int

    @classmethod
    def of(
        cls, kept: Kept, verdict: Callable[[Answer], Verdict], shown: Suggestion | None, step: int
    ) -> Choice | None:
        """Return the candidates of `kept`, `step` further than what shows; None when there are none.

        Where nothing shows, the first step forwards leads to the first of them, one backwards to the last.
        """
        candidates: dict[str, Found] = {}
        for answer in kept.answers:
            judged = verdict(answer)
            if judged.text:
                candidates.setdefault(judged.text, Found(Suggestion(kept.request, judged.text), kept, judged))
        texts = list(candidates)
        if shown is None:
            start = -1 if step > 0 else 0
        else:
            start = next((at for at, text in enumerate(texts) if _same(text, shown.text)), -1)
            if start < 0:  # what shows comes from elsewhere; it keeps its place before the others
                found = Found(shown, kept, Verdict(shown.text))
                candidates = {shown.text: found, **candidates}
                start = 0
        if not candidates:
            return None
        return cls(tuple(candidates.values()), start).turned(step)

    def turned(self, step: int) -> Choice:
        """Return the choice `step` further on."""
        return Choice(self.candidates, (self.at + step) % len(self.candidates))

    @property
    def found(self) -> Found:
        """The candidate that is meant."""
        return self.candidates[self.at]


def _same(one: str, other: str) -> bool:
    """Whether one goes on from the other: what shows may be the sure beginning of a candidate."""
    return one.startswith(other) or other.startswith(one)
