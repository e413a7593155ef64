"""Whole texts: from Stop to silence, and what guessing ahead makes of a text that repeats its prompt."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from penwright.cli.measuring.figures import percentile
from penwright.cli.measuring.prose import document
from penwright.core.composition import Piece, Sampling
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Compose, Done, Ready

_LONGEST = 0.5  # seconds until a text is stopped, at most
_GREEDY = Sampling(temperature=0)


@dataclass(frozen=True)
class Stops:
    """Milliseconds from each Stop to the engine's last word; missed: texts that had ended before."""

    ms: list[float]
    missed: int


def stops(engine: BlockingEngine, ready: Ready, times: int, seed: int) -> Stops:
    """Stop whole texts at random moments: while their prompt is evaluated, and while they are written.

    Every other prompt is one never seen, so that some are stopped before their first word.
    """
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    found: list[float] = []
    missed = 0
    for number in range(times):
        prompt = document(seed + 300 + (number if number % 2 else 0), 2 * ready.n_ctx)
        compose = _fitting(engine, ready, prompt, ready.n_ctx // 2)
        done, ms = engine.ask_and_cancel(compose, chance.random() * _LONGEST)
        if done.stop == "cancelled":
            found.append(ms)
        else:
            missed += 1
    return Stops(found, missed)


@dataclass(frozen=True)
class Drafting:
    """What guessing ahead does. ratio: how many times as quick. same: how many of the texts are the same."""

    ratio: float
    same: int
    texts: int


def drafting(engine: BlockingEngine, ready: Ready, times: int, seed: int) -> Drafting:
    """Write after passages that stand there twice, with guesses and without in turn.

    The engine's own time for the text is taken, the prompt's left out.
    """
    seconds = {False: 0.0, True: 0.0}
    same = 0
    for number in range(times):
        passage = document(seed + 400 + number, ready.n_ctx // 2)
        compose = _fitting(engine, ready, f"{passage}\n\n{passage[: len(passage) // 3]}", ready.n_ctx // 2)
        engine.compose(replace(compose, max_tokens=1), _unheard)  # its prompt is in the cache then
        texts = []
        for draft in (False, True):
            done = engine.compose(replace(compose, draft=draft, sampling=_GREEDY), _unheard)
            seconds[draft] += _writing(done)
            texts.append(done.text)
        same += texts[0] == texts[1]
    return Drafting(seconds[False] / seconds[True], same, times)


def figures(engine: BlockingEngine, ready: Ready, times: int, passages: int, seed: int) -> dict[str, object]:
    """Return both, as the report has them."""
    stopped = stops(engine, ready, times, seed)
    drafts = drafting(engine, ready, passages, seed)
    return {
        "stops": len(stopped.ms),
        "stops_too_late": stopped.missed,
        "stop_p50_ms": round(percentile(stopped.ms, 0.5), 2) if stopped.ms else None,
        "stop_p95_ms": round(percentile(stopped.ms, 0.95), 2) if stopped.ms else None,
        "stop_max_ms": round(max(stopped.ms), 2) if stopped.ms else None,
        "draft_ratio": round(drafts.ratio, 3),
        "draft_same": f"{drafts.same} of {drafts.texts}",
    }


def _fitting(engine: BlockingEngine, ready: Ready, prompt: str, most: int) -> Compose:
    """Return a text to be written after the end of `prompt`, of as many tokens as the context has left."""
    counted = engine.count((Piece(prompt),))
    room = max(8, ready.n_ctx - most)
    kept = len(prompt) if counted.tokens <= room else len(prompt) * room // counted.tokens
    pieces = (Piece(prompt[len(prompt) - kept :]),)
    return Compose(0, pieces, max(1, ready.n_ctx - engine.count(pieces).tokens - 8))


def _writing(done: Done) -> float:
    return max(done.total_ms - done.prompt_ms, 0.001) / 1000


def _unheard(_text: str) -> None:
    """Take what is written."""
