"""A journal gives back what was written, whatever was done to its files."""

import errno
import os
import random
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penwright.storage.journal.journal import Journal, journal_files, read_journal
from penwright.storage.journal.records import About, Edit
from penwright.storage.journal.replay import joined, replay, units

LETTERS = st.text(st.sampled_from("ab\né春😀\ud83d\u2028"), max_size=6)


class Model:
    """The document as it should be, and every text it ever was."""

    def __init__(self, text: str = "") -> None:
        self.units = bytearray(units(text))
        self.history = [self.text]

    @property
    def text(self) -> str:
        return self.units.decode("utf-16-le", "surrogatepass")

    def edit(self, start: float, share: float, inserted: str) -> Edit:
        """Make a change at a share of the text; removed, likewise."""
        length = len(self.units) // 2
        position = round(start * length)
        removed = round(share * (length - position) * 0.3)
        self.units[2 * position : 2 * (position + removed)] = units(inserted)
        self.history.append(self.text)
        return Edit(position, removed, inserted, len(self.units) // 2)


EDITS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), LETTERS), max_size=30)


def written(folder: Path, text: str, edits: list[tuple[float, float, str]], count: int = 8) -> Model:
    model = Model(text)
    journal = Journal(folder, "j", count=count, size=400)
    journal.begin(About("/x/a.md"), text)
    for each in edits:
        journal.add([model.edit(*each)])
        if journal.overgrown:
            journal.compact()
    journal.sync()
    journal.close()
    return model


def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal")


@given(LETTERS, EDITS)
@settings(deadline=None, max_examples=150)
def test_every_edit_comes_back(tmp_path_factory, text, edits):
    folder = folder_of(tmp_path_factory)
    model = written(folder, text, edits)
    found = read_journal(folder, "j")
    assert (found.text, found.gap, found.about.path) == (model.text, False, "/x/a.md")
    assert len(journal_files(folder, "j")) <= 2


@given(LETTERS, EDITS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=150)
def test_a_torn_end_costs_the_last_records_alone(tmp_path_factory, text, edits, choice):
    """Cut at any byte: what is left is the text as it was when the last whole record was written."""
    folder = folder_of(tmp_path_factory)
    model = Model(text)
    journal = Journal(folder, "j")
    journal.begin(About(), text)
    ends = [journal_files(folder, "j")[0].stat().st_size]
    for each in edits:
        journal.add([model.edit(*each)])
        ends.append(journal_files(folder, "j")[0].stat().st_size)
    journal.close()
    data = journal_files(folder, "j")[0].read_bytes()
    cut = choice.randint(ends[0], len(data))
    found = replay([data[:cut]])
    assert found.text == model.history[max(n for n, end in enumerate(ends) if end <= cut)]
    assert not found.gap


@given(LETTERS, EDITS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=300)
def test_flipped_bits_never_make_up_a_text(tmp_path_factory, text, edits, choice):
    """Whatever is damaged, the result is a text that once was there, or none."""
    folder = folder_of(tmp_path_factory)
    model = written(folder, text, edits)
    files = [bytearray(path.read_bytes()) for path in journal_files(folder, "j")]
    for _ in range(choice.randint(1, 3)):
        data = choice.choice(files)
        data[choice.randrange(len(data))] ^= 1 << choice.randrange(8)
    found = replay(bytes(data) for data in files)
    assert found.text is None or found.text in model.history


def test_one_damaged_place_never_costs_what_was_before_it(tmp_path):
    model = written(tmp_path, "one two three", [(0.5, 0.1, "x")] * 20, count=100)
    data = journal_files(tmp_path, "j")[0].read_bytes()
    for _ in range(200):
        at = random.randrange(len(data) // 2, len(data))
        found = replay([data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]])
        assert found.text in model.history[1:], "the first half was whole"


def test_a_damaged_beginning_is_replaced_by_the_file_before(tmp_path):
    """The whole text at the head of a file only says again what the file before leads to."""
    model = written(tmp_path, "one two three", [(0.5, 0.1, "xy")] * 12, count=5)
    before, newest = journal_files(tmp_path, "j")
    for at in range(newest.stat().st_size):
        data = bytearray(newest.read_bytes())
        data[at] ^= 0xFF
        found = replay([before.read_bytes(), bytes(data)])
        assert found.text in model.history[5:]
    assert replay([before.read_bytes(), newest.read_bytes()]).text == model.text


def test_only_the_owner_may_read_it(tmp_path):
    before = os.umask(0)
    try:
        written(tmp_path, "secret", [(0, 0, "x")] * 20)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_text_of_megabytes(tmp_path):
    text = "All happy families are alike. 春😀\n" * 150_000
    model = written(tmp_path, text, [(0.4, 0, "abc")] * 5, count=100)
    assert read_journal(tmp_path, "j").text == model.text


def test_it_ends_without_a_trace(tmp_path):
    journal = Journal(tmp_path, "j")
    journal.begin(About(), "x")
    journal.end()
    assert list(tmp_path.iterdir()) == []
    journal.begin(About(), "y")
    journal.add([Edit(1, 0, "z", 2)])
    journal.close()
    assert read_journal(tmp_path, "j").text == "yz"


@pytest.fixture
def fail_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], list[str]]:
    """Return what makes the nth call that changes the disk fail; half of a write gets through then."""
    real = {name: getattr(os, name) for name in ("open", "write", "fsync", "ftruncate", "unlink", "close")}

    def arm(number: int, code: int) -> list[str]:
        calls: list[str] = []

        def wrap(name: str) -> Callable[..., object]:
            def call(*arguments: object, **more: object) -> object:
                if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
                    return real[name](*arguments, **more)
                calls.append(name)
                if len(calls) == number:
                    if name == "write":
                        real["write"](arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                    raise OSError(code, os.strerror(code))
                return real[name](*arguments, **more)

            return call

        for name in ("open", "write", "fsync", "ftruncate"):
            monkeypatch.setattr(os, name, wrap(name))
        return calls

    return arm


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_every_fault_of_the_disk_at_every_call(code, tmp_path, fail_at, monkeypatch):
    """What failed is tried again with the same records; at no moment is what was written before lost."""
    failed = 0
    for number in range(1, 200):
        folder = tmp_path / f"{code}-{number}"
        folder.mkdir()
        model = Model("one two")
        journal = Journal(folder, "j", count=4)
        calls = fail_at(number, code)

        def work(act: Callable[[], None], known: set[str], folder=folder) -> int:
            try:
                act()
            except OSError as error:
                assert error.errno == code
                if known:
                    assert read_journal(folder, "j").text in known
                act()  # again
                return 1
            return 0

        failed_here = work(lambda j=journal: j.begin(About(), "one two"), set())
        for each in range(9):
            before = model.text
            edits = [model.edit(each / 9, 0.2, "é😀"), model.edit(1, 0, "z")]
            failed_here += work(lambda j=journal, e=edits: j.add(e), {before, *model.history[-3:]})
            failed_here += work(journal.sync, {model.text})
            if journal.overgrown:
                failed_here += work(journal.compact, {model.text})
        monkeypatch.undo()
        journal.close()
        assert read_journal(folder, "j").text == model.text
        failed += failed_here
        if len(calls) < number:
            break
    else:
        pytest.fail("there was no end to the calls")
    assert failed > 15


def test_a_run_of_typing_is_one_change():
    edits = [
        Edit(3, 0, "a", 11),
        Edit(4, 0, "b", 12),
        Edit(4, 1, "", 11),
        Edit(4, 0, "c", 12),
        Edit(9, 1, "", 11),
    ]
    run = edits[0]
    for edit in edits[1:4]:
        one = joined(run, edit)
        assert one is not None
        run = one
    assert run == Edit(3, 0, "ac", 12)
    assert joined(run, edits[4]) is None


@given(LETTERS, EDITS)
@settings(deadline=None, max_examples=200)
def test_joined_changes_mean_the_same(tmp_path_factory, text, edits):
    model = Model(text)
    run: list[Edit] = []
    for each in edits:
        edit = model.edit(*each)
        one = joined(run[-1], edit) if run else None
        run[-1:] = [one] if one is not None else [*run[-1:], edit]
    folder = folder_of(tmp_path_factory)
    journal = Journal(folder, "j")
    journal.begin(About(), text)
    journal.add(run)
    journal.close()
    assert read_journal(folder, "j").text == model.text
