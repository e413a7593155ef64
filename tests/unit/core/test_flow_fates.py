"""What became of each answer, as the flow tells it."""

from __future__ import annotations

import pytest

from flows import THE, typed
from penwright.core.actions import Insert
from penwright.core.answer import Answer
from penwright.core.fate import Fate, Told
from penwright.core.flow import Flow
from penwright.core.snapshot import Edit
from penwright.core.take import Take


def told(*events: str) -> list[tuple[Fate, str, int, int]]:
    """Run a flow through events, and return what it told: fate, text shown or why not, typed, taken."""
    heard: list[Told] = []
    flow = Flow(tell=heard.append)
    now, at = THE, 0.0
    for event in events:
        at += 1.0
        match event:
            case "ask":
                flow.edited(now, Edit.TYPED, at)
            case "ask late":
                flow.edited(now, Edit.TYPED, at + 0.999)
            case "answer" | "unsure":
                logprob = -0.1 if event == "answer" else -3.0
                answer = Answer(" window and", (7, 11), (logprob, logprob))
                flow.answered(flow.pending or 0, [answer], at)
            case "esc":
                flow.dismissed()
            case "tab" | "word":
                for action in flow.took(Take.ALL if event == "tab" else Take.WORD):
                    if isinstance(action, Insert):
                        now = typed(now, action.text)
                        flow.accepted(now, at)
            case "turn":
                flow.turned(1, now, at)
            case _:
                now = typed(now, event)
                flow.edited(now, Edit.TYPED, at)
    return [(one.fate, one.verdict.text or one.verdict.reason, one.typed, one.taken) for one in heard]


@pytest.mark.parametrize(
    ("events", "line"),
    [
        (("ask", "unsure"), (Fate.WITHHELD, "unsure", 0, 0)),
        (("ask", "answer", "x"), (Fate.LEFT, " window and", 0, 0)),
        (("ask", "answer", " w", "x"), (Fate.LEFT, " window and", 2, 0)),
        (("ask", "answer", "esc"), (Fate.DISMISSED, " window and", 0, 0)),
        (("ask", "answer", "tab"), (Fate.TAKEN, " window and", 0, 11)),
        (("ask", "answer", " w", "tab"), (Fate.TAKEN, " window and", 2, 9)),
        (("ask", "answer", "word", "word"), (Fate.TAKEN, " window and", 0, 11)),
        (("ask", "answer", "word", "x"), (Fate.LEFT, " window and", 0, 7)),
        (("ask", "answer", " window and"), (Fate.TYPED, " window and", 11, 0)),
        (("ask late", "answer", "x"), (Fate.UNSEEN, " window and", 0, 0)),
        (("turn", "answer", "tab"), (Fate.TAKEN, " window and", 0, 11)),
    ],
)
def test_what_became_of_an_answer_is_told(events: tuple[str, ...], line: tuple[Fate, str, int, int]) -> None:
    assert told(*events) == [line]


def test_nothing_is_told_of_what_is_still_there() -> None:
    assert told("ask", "answer") == []
    assert told("ask") == []
