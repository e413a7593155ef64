"""Keystroke to answer: warm, cold, and with every core kept busy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from penwright.cli.engine import bounded
from penwright.cli.measuring.figures import Timed, ask
from penwright.cli.measuring.prose import Key, Writer, document
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Request

TOKENS = 8  # of one answer


@dataclass(frozen=True)
class Keystrokes:
    """The answers to some keys, in their order."""

    answers: list[Timed]

    @property
    def ms(self) -> list[float]:
        """The milliseconds of each."""
        return [timed.ms for timed in self.answers]

    @property
    def reuse(self) -> float:
        """The share of all their prompts' tokens that were in the cache already, 0 to 1."""
        prompts = sum(timed.done.prompt_tokens for timed in self.answers)
        return sum(timed.done.reused_tokens for timed in self.answers) / max(1, prompts)


def request(before: str, after: str, name: str, *, patient: bool = False, forced: str = "") -> Request:
    """Return the question that the window would ask there."""
    before, after, origin = bounded(before, after)
    return Request(0, before, after, name, origin=origin, max_tokens=TOKENS, patient=patient, forced=forced)


@dataclass(frozen=True)
class Sample:
    """What the seeded texts are to a model: letters and, on this machine, seconds of evaluation a token."""

    letters: float
    seconds: float


def sample(engine: BlockingEngine, seed: int) -> Sample:
    """Return the letters and seconds of a token, by this model's own count and as it is now."""
    text = document(seed + 1000, 600)
    done = engine.ask(request(text, "", f"sample {seed}", patient=True))
    tokens = max(1, done.prompt_tokens)
    return Sample(len(text) / tokens, done.prompt_ms / 1000 / tokens)


def warm(engine: BlockingEngine, letters: int, keys: int, seed: int, name: str = "warm") -> Keystrokes:
    """Let a writer work at the end of a text, each key answered before the next.

    The whole text is evaluated before the first key, as it is while a writer reads what stands there.
    """
    text = document(seed, letters)
    engine.ask(request(text, "", name, patient=True))
    return _answers(engine, islice(Writer(text, seed).keys(), keys), name)


def _answers(engine: BlockingEngine, keys: Iterable[Key], name: str) -> Keystrokes:
    return Keystrokes([ask(engine, request(key.before, key.after, name)) for key in keys])


def cold(engine: BlockingEngine, letters: int, times: int, seed: int) -> Keystrokes:
    """Open texts that were never seen and ask at their ends, once each."""
    found = []
    for number in range(times):
        text = document(seed + 100 + number, letters)
        found.append(ask(engine, request(text, "", f"cold {number}")))
    return Keystrokes(found)
