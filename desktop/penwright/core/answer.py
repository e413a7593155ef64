"""What a model wrote for one caret, with the figures by which it is judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One continuation.

    text: fitted to the caret: the letters already typed are not in it.
    ends, logprobs: for each token that put letters into `text`, where its letters end (in code points of
    `text`) and its natural log-probability given everything before it; both in the order of the text.
    Where letters were already typed, the probability is among the tokens that fit them; the first entry
    also carries that of the token which ended just at the caret, if there was one.
    margin: natural log of how much likelier the first of these tokens was than the next best one at its
    place, 0.0 or more.
    end_mass: the probability, 0 to 1, that the text ends at the caret: of the tokens that end a text, and
    of line feeds, where the first of these tokens was chosen.
    stop: why it ended: "sentence", "newline", "limit", "end" or "cancelled".
    """

    text: str
    ends: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    margin: float = 0.0
    end_mass: float = 0.0
    stop: str = "end"

    @property
    def mean_logprob(self) -> float:
        """The mean natural log-probability of its tokens; 0.0 when there are none."""
        return sum(self.logprobs) / len(self.logprobs) if self.logprobs else 0.0
