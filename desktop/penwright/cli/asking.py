"""One caret after the other: what the engine answers there, and what of it the window would show."""

from __future__ import annotations

import time
from dataclasses import dataclass

from penwright.cli.engine import bounded
from penwright.core import confidence
from penwright.core.answer import Answer
from penwright.core.gate import Eagerness, Verdict, judge
from penwright.core.snapshot import Snapshot
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Request


@dataclass(frozen=True)
class Reply:
    """What came of one caret; ms: from the request to the answer, through the worker."""

    answer: Answer
    verdict: Verdict
    ms: float


class Asker:
    """Asks the engine as the window does, and judges the answer as the window does.

    baseline: the answer is shown as it comes, and goes on from the caret itself (`Request.healed`).
    times: the milliseconds of each answer so far.
    """

    def __init__(self, engine: BlockingEngine, eagerness: Eagerness, *, baseline: bool = False) -> None:
        self._engine = engine
        self._eagerness = eagerness
        self._baseline = baseline
        self.times: list[float] = []

    def ask(self, before: str, after: str = "", document: str = "evaluation") -> Reply:
        """Return what comes at the caret between `before` and `after`. Raises EngineError."""
        before, after, origin = bounded(before, after)
        request = Request(0, before, after, document, 0, origin, patient=True, healed=not self._baseline)
        began = time.perf_counter()
        answer = self._engine.ask(request).best
        ms = (time.perf_counter() - began) * 1000
        self.times.append(ms)
        if self._baseline:
            return Reply(answer, Verdict(answer.text if answer.text.strip() else ""), ms)
        snapshot = Snapshot(document, 0, before, after, origin)
        return Reply(answer, judge(answer, snapshot, self._eagerness), ms)


def scores(reply: Reply, before: str, after: str) -> dict[str, object]:
    """Return what was shown or why not, and the figures that it was judged by, for a row of JSON."""
    answer, verdict = reply.answer, reply.verdict
    mid_line = Snapshot("", 0, before, after).mid_line
    figures = confidence.figures_of(answer, answer.text, before, mid_line=mid_line)
    return {
        "answer": answer.text,
        "shown": verdict.text,
        "reason": verdict.reason,
        "likely": round(verdict.likely, 4),
        "joint": round(figures.joint, 4),
        "first": round(figures.first, 4),
        "margin": round(answer.margin, 4),
        "end_mass": round(answer.end_mass, 6),
        "mean_logprob": round(answer.mean_logprob, 4),
        "ms": round(reply.ms, 3),
    }
