"""Days and goals."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from penwright.core.progress import KEPT_DAYS, recent, streak, with_words

TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)


def test_words_add_up_by_day() -> None:
    days = with_words(with_words(with_words({}, TODAY - DAY, 200), TODAY, 50), TODAY, -80)
    assert days == {TODAY - DAY: 200, TODAY: -30}
    assert recent(days, TODAY, 3) == [(TODAY - 2 * DAY, 0), (TODAY - DAY, 200), (TODAY, -30)]


def test_old_days_go() -> None:
    days = with_words({TODAY - KEPT_DAYS * DAY: 1, TODAY - (KEPT_DAYS - 1) * DAY: 2}, TODAY, 3)
    assert sorted(days.values()) == [2, 3]


def test_a_streak() -> None:
    days = {TODAY - back * DAY: words for back, words in enumerate((0, 300, 300, 250, 300))}
    assert streak(days, TODAY, 300) == 2, "today may still come"
    assert streak(days, TODAY, 250) == 4
    assert streak(days, TODAY, 0) == 4
    assert streak({**days, TODAY: 300}, TODAY, 300) == 3
    assert streak({TODAY - 2 * DAY: 9}, TODAY, 0) == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(-500, 500)), max_size=40))
def test_nothing_is_counted_twice(changes) -> None:
    days: dict[date, int] = {}
    for back, words in changes:
        days = with_words(days, TODAY - back * DAY, words)
    kept = recent(days, TODAY, 31)
    newest = min((back for back, _ in changes), default=0)
    assert sum(words for _, words in kept) == sum(words for _, words in changes)
    assert len(kept) == 31 and newest >= 0
