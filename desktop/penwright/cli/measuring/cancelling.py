"""From a cancel to the end of the request, in the middle of a long prompt."""

from __future__ import annotations

import random
from dataclasses import dataclass

from penwright.cli.measuring.keystrokes import request
from penwright.cli.measuring.prose import document
from penwright.engine.blocking import BlockingEngine

_LEAST_WAIT = 0.02  # seconds up to which a request is left alone at least


@dataclass(frozen=True)
class Cancelling:
    """Milliseconds from each cancel to the end; missed: those that had ended before."""

    ms: list[float]
    missed: int


def measure(engine: BlockingEngine, letters: int, seconds: float, times: int, seed: int) -> Cancelling:
    """Cancel requests for a text never seen at random moments of its prompt's evaluation.

    What was evaluated stays, and the next request goes on from there: so the cancels are spread over the
    whole prompt, which is evaluated once and not each time. seconds: that this takes, about. When a text is
    through, another one follows.
    """
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    longest = max(_LEAST_WAIT, 2 * seconds / times)
    found: list[float] = []
    missed = texts = 0
    for _ in range(times):
        text = document(seed + 200 + texts, letters)
        question = request(text, "", f"cancelled {texts}", patient=True)
        done, ms = engine.ask_and_cancel(question, chance.random() * longest)
        if done.stop == "cancelled":
            found.append(ms)
        else:
            missed += 1
            texts += 1
    return Cancelling(found, missed)
