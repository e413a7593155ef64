"""A line of the log of suggestions, from what became of an answer."""

from __future__ import annotations

import math

from penwright.core import confidence
from penwright.core.answer import Answer
from penwright.core.fate import Told

BEFORE, AFTER = 120, 40  # letters around the caret that are kept: enough to see why


def entry_of(told: Told, time: str) -> dict[str, object]:
    """Return the entry as JSON can hold it.

    time: when it ended, as the log is to show it. before, after: the text around the caret that was asked
    for. answers: each candidate with the figures it is judged by; first_word is the model's own
    probability of it. shown: what the gate let through, or "" and the reason; likely: how likely its first
    word was to be right. fate, back, typed, taken: what became of it (core.fate.Told).
    """
    return {
        "time": time,
        "before": told.kept.at.before[-BEFORE:],
        "after": told.kept.at.after[:AFTER],
        "answers": [_candidate(answer) for answer in told.kept.answers],
        "shown": told.verdict.text,
        "reason": told.verdict.reason,
        "likely": round(told.verdict.likely, 3),
        "fate": told.fate.value,
        "back": told.back,
        "typed": told.typed,
        "taken": told.taken,
    }


def _candidate(answer: Answer) -> dict[str, object]:
    joints = confidence.joints(answer, answer.text)
    return {
        "text": answer.text,
        "first_word": round(math.exp(joints[0][1]), 3) if joints else 0.0,
        "mean_logprob": round(answer.mean_logprob, 3),
        "margin": round(answer.margin, 3),
        "end_mass": round(answer.end_mass, 4),
        "stop": answer.stop,
    }
