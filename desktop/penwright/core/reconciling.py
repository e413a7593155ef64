"""What an edit of the writer's does to changes that wait for a decision: they move along, or they go.

A change whose words were touched is dropped: the writer's own words are never written over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from penwright.core.diff import Change
from penwright.core.segment import in_word
from penwright.core.splice import Splice


def reconciled(
    waiting: Iterable[Change], splice: Splice, text: str
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Return the changes as they stand in `text`, which the splice has made, and those that had to go."""
    kept: list[Change] = []
    dropped: list[Change] = []
    shift = splice.added - splice.removed
    end = splice.at + splice.removed
    for change in waiting:
        if end < change.start:
            kept.append(replace(change, start=change.start + shift, end=change.end + shift))
        elif splice.at > change.end:
            kept.append(change)
        elif change.start < change.end and end == change.start and not _in_word(text, end + shift):
            kept.append(replace(change, start=change.start + shift, end=change.end + shift))
        elif change.start < change.end and splice.at == change.end and not _in_word(text, change.end):
            kept.append(change)
        else:
            dropped.append(change)
    return tuple(kept), tuple(dropped)


def _in_word(text: str, at: int) -> bool:
    """Whether `at` is within a word now, so that an edit beside it has changed that word."""
    return 0 < at < len(text) and in_word(text[at - 1]) and in_word(text[at])
