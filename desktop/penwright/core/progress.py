"""How many words were written on which day, and how that stands to a goal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

KEPT_DAYS = 400

Days = Mapping[date, int]  # words that came, less those that went; below 0 after much was cut


def with_words(days: Days, day: date, words: int) -> dict[date, int]:
    """Return `days` with so many more words on `day`, without what is older than KEPT_DAYS."""
    oldest = day - timedelta(days=KEPT_DAYS - 1)
    kept = {each: count for each, count in days.items() if each >= oldest}
    kept[day] = kept.get(day, 0) + words
    return kept


def recent(days: Days, today: date, count: int) -> list[tuple[date, int]]:
    """Return the last `count` days up to today, the oldest first; without words it is 0."""
    span = (today - timedelta(days=back) for back in range(count - 1, -1, -1))
    return [(day, days.get(day, 0)) for day in span]


def streak(days: Days, today: date, goal: int) -> int:
    """Return how many days in a row met the goal (at least one word where it is 0).

    A day that isn't over yet breaks nothing.
    """
    least = max(1, goal)
    day = today if days.get(today, 0) >= least else today - timedelta(days=1)
    length = 0
    while days.get(day, 0) >= least:
        length += 1
        day -= timedelta(days=1)
    return length
