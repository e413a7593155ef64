"""How many threads: the fewest that are worth it, kept by model, taken away when answers come unevenly."""

from collections.abc import Callable
from pathlib import Path

import pytest

from penwright.engine.worker.threads import KeptThreads, Threads, most_threads, quickest


@pytest.mark.parametrize(
    ("milliseconds", "chosen"),
    [
        ([10], 1),
        ([10, 5, 3.4, 2.6], 4),
        ([10, 9.5, 9.4, 9.3], 1),
        ([10, 6, 5.9, 5.8], 2),
        ([10, 30, 60, 90], 1),
    ],
)
def test_the_fewest_threads_beyond_which_more_bring_little(milliseconds: list[float], chosen: int) -> None:
    assert quickest(lambda count: milliseconds[count - 1], len(milliseconds)) == chosen


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Threads]:
    """Return what makes threads of which so many were found worth it, on a machine of eight cores."""

    def make(most: int) -> Threads:
        monkeypatch.setattr("penwright.engine.worker.threads.most_threads", lambda: 7)
        made = Threads(0, KeptThreads("", "one"))
        assert made.unmeasured
        made.measure(lambda count: 1 / min(count, most))
        assert made.count == most
        return made

    return make


def uneven(threads: Threads, answers: int) -> None:
    for index in range(answers):
        threads.observe(0.1 if index % 8 == 0 else 0.01)


def test_uneven_answers_take_a_thread_away(threads: Callable[[int], Threads]) -> None:
    made = threads(3)
    uneven(made, 31)
    assert made.count == 3
    assert made.observe(0.1)
    assert made.count == 2


def test_one_thread_is_the_least(threads: Callable[[int], Threads]) -> None:
    made = threads(1)
    uneven(made, 200)
    assert made.count == 1


def test_long_even_answers_bring_it_back(threads: Callable[[int], Threads]) -> None:
    made = threads(2)
    uneven(made, 32)
    assert made.count == 1
    changed = [made.observe(0.01) for _ in range(300)]
    assert changed.count(True) == 1, "never more than was measured"
    assert made.count == 2
    assert changed.index(True) > 100


def test_a_given_number_stays() -> None:
    made = Threads(2, KeptThreads("", "one"))
    assert not made.unmeasured
    uneven(made, 100)
    assert made.count == 2


def test_a_measured_number_is_not_measured_again(
    tmp_path: Path, threads: Callable[[int], Threads], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("penwright.engine.worker.threads.most_threads", lambda: 7)
    first = Threads(0, KeptThreads(str(tmp_path), "one"))
    first.measure(lambda count: 1 / min(count, 4))
    second = Threads(0, KeptThreads(str(tmp_path), "one"))
    assert not second.unmeasured
    assert second.count == 4


def test_what_was_measured_is_kept_by_model(tmp_path: Path) -> None:
    KeptThreads(str(tmp_path / "cache"), "one").put(1)
    assert KeptThreads(str(tmp_path / "cache"), "one").get() == 1
    assert KeptThreads(str(tmp_path / "cache"), "two").get() is None
    assert KeptThreads("", "one").get() is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff\xfe", b'{"one on N": 900}', b'{"one on N": true}']
)
def test_a_broken_file_is_measured_anew(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "threads.json"
    path.write_bytes(content.replace(b"on N", f"on {most_threads()}".encode()))
    assert KeptThreads(str(tmp_path), "one").get() is None
    KeptThreads(str(tmp_path), "one").put(1)
    assert KeptThreads(str(tmp_path), "one").get() == 1
