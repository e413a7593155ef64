"""From a cancel to the end of the request, in the middle of a long prompt."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from penwright.cli.measuring.figures import ask
from penwright.cli.measuring.keystrokes import request
from penwright.cli.measuring.prose import document
from penwright.engine.blocking import BlockingEngine

_PATIENCE = 60.0  # seconds for all tries together, once there are enough
_ENOUGH = 12


@dataclass(frozen=True)
class Cancelling:
    """Milliseconds from each cancel to the end; missed: those that had ended before."""

    ms: list[float]
    prompt_tokens: int
    missed: int


def measure(engine: BlockingEngine, letters: int, times: int, seed: int) -> Cancelling:
    """Cancel requests for texts never seen, each at a random moment of its prompt's evaluation."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    whole = ask(engine, request(document(seed + 200, letters), "", "whole", patient=True)).done
    found: list[float] = []
    missed = 0
    began = time.monotonic()
    for number in range(times):
        text = document(seed + 201 + number, letters)
        moment = chance.random() * whole.prompt_ms / 1000
        done, ms = engine.ask_and_cancel(request(text, "", f"cancel {number}", patient=True), moment)
        if done.stop == "cancelled":
            found.append(ms)
        else:
            missed += 1
        if len(found) >= _ENOUGH and time.monotonic() - began > _PATIENCE:
            break
    return Cancelling(found, whole.prompt_tokens, missed)
