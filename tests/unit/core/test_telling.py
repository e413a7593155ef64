"""A line of the log of suggestions."""

import json

from penwright.core.answer import Answer
from penwright.core.fate import Fate, Told
from penwright.core.gate import Verdict
from penwright.core.recall import Kept
from penwright.core.snapshot import Snapshot
from penwright.core.telling import AFTER, BEFORE, entry_of


def test_it_holds_the_candidates_with_their_scores_and_what_became_of_them() -> None:
    first = Answer(" window and", (7, 11), (-0.5, -0.1), 1.25, 0.01, "limit")
    at = Snapshot("one", 1, "x" * 500 + "out of the", "y" * 500)
    kept = Kept(7, at, (first, Answer("")), 2)
    told = Told(kept, Verdict(" window", "", 0.61234), Fate.TAKEN, back=2, typed=1, taken=6)
    entry = entry_of(told, "2026-01-02 03:04:05")
    assert json.loads(json.dumps(entry)) == entry
    assert entry == {
        "time": "2026-01-02 03:04:05",
        "before": at.before[-BEFORE:],
        "after": at.after[:AFTER],
        "answers": [
            {
                "text": " window and",
                "first_word": 0.607,
                "mean_logprob": -0.3,
                "margin": 1.25,
                "end_mass": 0.01,
                "stop": "limit",
            },
            {
                "text": "",
                "first_word": 0.0,
                "mean_logprob": 0.0,
                "margin": 0.0,
                "end_mass": 0.0,
                "stop": "end",
            },
        ],
        "shown": " window",
        "reason": "",
        "likely": 0.612,
        "fate": "taken",
        "back": 2,
        "typed": 1,
        "taken": 6,
    }


def test_why_nothing_was_shown() -> None:
    kept = Kept(7, Snapshot("one", 1, "the"), (Answer(" window", (7,), (-3.0,)),), 1)
    entry = entry_of(Told(kept, Verdict("", "unsure", 0.05), Fate.WITHHELD), "now")
    assert (entry["shown"], entry["reason"], entry["fate"]) == ("", "unsure", "withheld")
