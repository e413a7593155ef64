"""From one token of a text to the next: one at a time, or several that were guessed at once.

Evaluating several tokens at once takes less time than one by one, on some machines much less. So where the
text is likely to repeat the prompt, what comes next is guessed and evaluated with the token before it; what
the model does not write itself is taken back.

The text is the same as without, but for rounding: after about 128 tokens llama.cpp's attention adds up
otherwise for several tokens than for one, logits move by 0.05, and of two tokens that are as good as equally
likely the other may win. CONTRIBUTING.md has the figures, and why it is off unless it is asked for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from penwright.engine.worker.evaluation import Evaluation
from penwright.engine.worker.llama.context import Logits
from penwright.engine.worker.lookup import Lookup
from penwright.engine.worker.strands import Strand

# How many tokens are guessed after a wrong guess, and after one that was right in all. With the token before
# them they are four and eight: a processor's kernels take four rows at once (one thread, one, four and eight
# tokens: 1.8, 3.4 and 4.8 ms with the starter, 90, 189 and 400 ms with a Q4_0 model of a billion parameters).
_FEW, _MANY = 3, 7
# What the latest step counts for in what is known of those before; how many plain ones are taken first, and
# how many between two guesses once they do not pay.
_LATEST, _PLAIN_FIRST, _PLAIN_BETWEEN = 0.3, 2, 24


@dataclass
class Gain:
    """Whether guessing pays here and now.

    plain: seconds of a step without guesses. worth: how many plain steps' time a step with guesses is worth:
    more than 1 pays. plain_steps, guessed_steps, right: how many there were, and guesses that were right.
    """

    plain: float = 0.0
    worth: float = 1.5
    plain_steps: int = 0
    guessed_steps: int = 0
    right: int = 0
    _between: int = 0

    def without(self, seconds: float) -> None:
        """Count a step without guesses."""
        self.plain = seconds if not self.plain_steps else _blended(self.plain, seconds)
        self.plain_steps += 1
        self._between += 1

    def with_guesses(self, seconds: float, right: int) -> None:
        """Count a step of which so many guesses were right."""
        self.worth = _blended(self.worth, (1 + right) * self.plain / max(seconds, 1e-9))
        self.guessed_steps += 1
        self.right += right
        self._between = 0

    @property
    def wanted(self) -> bool:
        """Whether the next step should guess."""
        if self.plain_steps < _PLAIN_FIRST:
            return False
        return self.worth > 1.0 or self._between >= _PLAIN_BETWEEN


def _blended(before: float, latest: float) -> float:
    return (1 - _LATEST) * before + _LATEST * latest


class Stepping:
    """Evaluates a text token by token, after a prompt.

    ahead: the logits that it gave last are of a token evaluated together with others.
    """

    def __init__(self, evaluation: Evaluation, source: Strand, lookup: Lookup | None = None) -> None:
        """Take the prompt's strand. lookup: guesses; None: each token is evaluated alone."""
        self._evaluation = evaluation
        self._source = source
        self._lookup = lookup
        self._strand: Strand | None = None
        self._guesses: list[int] = []
        self._right = 0  # how many of the guesses the model wrote itself
        self._last = 0
        self._most = _FEW
        self._seconds = 0.0  # that the last evaluation took
        self.gain = Gain()

    @property
    def ahead(self) -> bool:
        """Whether the last logits may differ in the last bits from those of one token evaluated alone."""
        return bool(self._guesses)

    def after(self, token: int, most: int) -> Logits:
        """Return the logits after one more token; `most` more at most will follow it.

        Raises Aborted, EngineError.
        """
        self._last = token
        if self._lookup is not None:
            self._lookup.add(token)
        if self._right < len(self._guesses) and self._guesses[self._right] == token:
            self._right += 1
            return self._evaluation.context.logits(self._right)
        self._take_back()
        return self._evaluate(token, self._guess(most))

    def alone(self) -> Logits:
        """Return the logits after the last token once more, evaluated alone."""
        strand = self._strand
        assert strand is not None
        self._take_back()
        self._evaluation.cut(strand, len(strand) - 1)
        return self._evaluate(self._last, [])

    def _evaluate(self, token: int, guesses: list[int]) -> Logits:
        strand = self._strand = self._strand or self._evaluation.draft(0, self._source)
        began = time.perf_counter()
        self._evaluation.extend(strand, (token, *guesses), every=bool(guesses))
        self._seconds = time.perf_counter() - began
        self._guesses, self._right = guesses, 0
        if not guesses:
            self.gain.without(self._seconds)
        return self._evaluation.context.logits(0 if guesses else -1)

    def _take_back(self) -> None:
        """Remove the guesses that were wrong."""
        if not self._guesses:
            return
        self.gain.with_guesses(self._seconds, self._right)
        wrong = len(self._guesses) - self._right
        self._most = _FEW if wrong else _MANY
        if wrong and self._strand is not None:
            self._evaluation.cut(self._strand, len(self._strand) - wrong)
        self._guesses = []

    def _guess(self, most: int) -> list[int]:
        if self._lookup is None or not self.gain.wanted:
            return []
        return self._lookup.guess(min(most, self._most, self._evaluation.context.n_batch - 1))
