"""The writing thread: little behind the keys, patient with disks, and alone with its files."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from penwright.storage.journal.journal import read_journal
from penwright.storage.journal.records import About, Edit
from penwright.storage.journal.sittings import Sitting, living
from penwright.storage.journal.writer import JournalWriter

WAIT = 20.0  # seconds, on a machine that is busy with other things


def until(true) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def troubles() -> list[OSError | None]:
    return []


@pytest.fixture
def writer(tmp_path: Path, troubles: list[OSError | None]) -> Iterator[JournalWriter]:
    writer = JournalWriter(tmp_path, troubles.append)
    yield writer
    writer.close()


def typed(text: str, at: int = 0) -> list[Edit]:
    return [Edit(at + number, 0, letter, at + number + 1) for number, letter in enumerate(text)]


def test_what_is_typed_gets_there_by_itself(tmp_path, writer):
    writer.begin("a", About("/a.md"), "")
    writer.begin("b", About(), "other")
    for edit in typed("Hello"):
        writer.add("a", edit)
    until(lambda: read_journal(tmp_path, "a").text == "Hello")
    assert read_journal(tmp_path, "a").edits == 1, "a run of typing is one record"
    assert read_journal(tmp_path, "b").text == "other"


def test_flush_waits_and_end_deletes(tmp_path, writer):
    writer.begin("a", About(), "")
    writer.add("a", Edit(0, 0, "x", 1))
    assert writer.flush()
    assert read_journal(tmp_path, "a").text == "x"
    writer.tell("a", About("/new.md"))
    writer.end("a")
    assert writer.flush()
    assert list(tmp_path.iterdir()) == []
    writer.begin("a", About(), "again")
    writer.add("a", Edit(0, 5, "", 0))
    assert writer.flush()
    assert read_journal(tmp_path, "a").text == ""


def test_a_disk_that_refuses_is_tried_again(tmp_path, writer, troubles, monkeypatch):
    writer.begin("a", About(), "")
    assert writer.flush()
    real, full = os.write, threading.Event()
    full.set()

    def write(descriptor, data):
        if full.is_set() and threading.current_thread().name == "journal":
            real(descriptor, bytes(data)[:7])
            raise OSError(28, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    for edit in typed("abc"):
        writer.add("a", edit)
    assert not writer.flush()
    assert [error.errno for error in troubles if error] == [28]
    for edit in typed("def", at=3):
        writer.add("a", edit)
    assert not writer.flush()
    assert len(troubles) == 1, "told once"
    full.clear()
    until(lambda: read_journal(tmp_path, "a").text == "abcdef")
    until(lambda: troubles[-1] is None)


@pytest.mark.expects_errors
def test_a_mistake_of_ours_costs_no_other_journal(tmp_path, writer, troubles):
    writer.begin("a", About(), "")
    writer.begin("b", About(), "")
    writer.add("a", Edit(-1, 0, "x", 1))
    writer.add("b", Edit(0, 0, "x", 1))
    assert not writer.flush()
    assert read_journal(tmp_path, "b").text == "x"
    writer.end("a")
    assert writer.flush()


def test_a_sitting_that_lives_is_not_offered(tmp_path):
    mine = Sitting(tmp_path)
    assert mine.left() == []
    mine.begin()
    writer = JournalWriter(mine.folder)
    writer.begin("a", About("/x.md"), "kept")
    writer.flush()
    other = Sitting(tmp_path)
    other.begin()
    assert other.left() == []
    assert [left.name for left in living(tmp_path)] == ["a"]
    writer.close()
    mine.close()  # with its journal still there, as when the process is killed
    (found,) = other.left()
    assert (found.name, found.read().text, found.read().about.path) == ("a", "kept", "/x.md")
    third = Sitting(tmp_path)
    assert third.left() == [], "the other has taken it over"
    found.delete()
    other.close()
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


CHILD = """
import sys, time
from pathlib import Path
from penwright.storage.journal.sittings import Sitting
from penwright.storage.journal.writer import JournalWriter
from penwright.storage.journal.records import About
sitting = Sitting(Path(sys.argv[1]))
sitting.begin()
writer = JournalWriter(sitting.folder)
writer.begin("a", About(), "kept")
writer.flush()
print("there", flush=True)
time.sleep(60)
"""


def test_a_killed_process_leaves_its_journal(tmp_path):
    with subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        sitting = Sitting(tmp_path)
        assert sitting.left() == []
        process.kill()
        process.wait()
    (found,) = sitting.left()
    assert found.read().text == "kept"
    sitting.close()
    assert found.read().text == "kept", "decided later"
