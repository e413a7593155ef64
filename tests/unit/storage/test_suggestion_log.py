"""The log of suggestions on disk: private, bounded, erasable."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.storage.suggestion_log import SuggestionLog


@pytest.fixture
def log(tmp_path: Path) -> SuggestionLog:
    return SuggestionLog(tmp_path / "deep" / "suggestions", limit=2_000)


def test_entries_come_back_newest_first(log: SuggestionLog) -> None:
    assert log.read() == []
    assert not log.folder.exists(), "looking makes nothing"
    log.add([{"shown": "one"}, {"shown": "two"}])
    log.add([])
    log.add([{"shown": "Zoë \ud83d\n\u2028", "answers": [{"text": " x", "likely": 0.5}]}])
    assert [entry["shown"] for entry in log.read()] == ["Zoë \ud83d\n\u2028", "two", "one"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_only_the_owner_may_read_it(log: SuggestionLog) -> None:
    before = os.umask(0)
    try:
        for number in range(60):
            log.add([{"number": number, "text": "x" * 60}])
    finally:
        os.umask(before)
    assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700
    files = list(log.folder.iterdir())
    assert len(files) == 2
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_file_that_was_opened_to_others_is_closed_to_them(log: SuggestionLog) -> None:
    log.add([{"number": 1}])
    (file,) = log.folder.iterdir()
    file.chmod(0o644)
    log.add([{"number": 2}])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_never_grows_beyond_two_files_and_keeps_the_newest(log: SuggestionLog) -> None:
    for number in range(500):
        log.add([{"number": number}])
        assert sum(file.stat().st_size for file in log.folder.iterdir()) <= 4_000
    numbers = [entry["number"] for entry in log.read()]
    assert numbers == list(range(499, 499 - len(numbers), -1))
    assert len(numbers) > 60


def test_an_entry_longer_than_the_limit_does_no_harm(log: SuggestionLog) -> None:
    log.add([{"text": "x" * 5_000}])
    log.add([{"text": "after"}])
    assert [len(str(entry["text"])) for entry in log.read()] == [5, 5_000]


def test_damaged_lines_are_left_out(log: SuggestionLog) -> None:
    log.add([{"number": 1}])
    (file,) = log.folder.iterdir()
    file.write_bytes(file.read_bytes() + b'{"cut off\n[1]\n\xff\xfe\n' + b"[" * 100_000 + b"\n")
    log.add([{"number": 2}])
    assert [entry["number"] for entry in log.read()] == [2, 1]


def test_erasing(log: SuggestionLog) -> None:
    log.erase()
    for number in range(100):
        log.add([{"number": number}])
    log.erase()
    assert log.read() == []
    assert list(log.folder.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="no such flag")
def test_a_link_is_not_followed(log: SuggestionLog, tmp_path: Path, catalogue: Catalogue) -> None:
    elsewhere = tmp_path / "elsewhere"
    log.folder.mkdir(parents=True)
    (log.folder / "suggestions.jsonl").symlink_to(elsewhere)
    with pytest.raises(SettingsError) as caught:
        log.add([{"number": 1}])
    assert catalogue.sentence(caught.value)
    assert not elsewhere.exists()


def test_a_fault_is_told(log: SuggestionLog, tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "deep").write_text("a file where the folder should be")
    with pytest.raises(SettingsError) as caught:
        log.add([{"number": 1}])
    assert "\n" not in catalogue.sentence(caught.value)
    assert json.dumps(str(caught.value))
