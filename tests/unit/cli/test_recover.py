"""`penwright recover`: what a crash left is listed and brought back, and nothing of it lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from penwright.base.paths import Folders
from penwright.cli.main import main
from penwright.storage.journal.journal import Journal, journal_names
from penwright.storage.journal.records import About
from penwright.storage.journal.sittings import Sitting


@pytest.fixture
def root(own_folders: Path) -> Path:
    return Folders.of_user().data / "recovery"


@pytest.fixture
def sitting(root: Path) -> Iterator[Sitting]:
    """A run of the program; closed, it is one that has crashed."""
    sitting = Sitting(root)
    sitting.begin()
    yield sitting
    sitting.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "book.md"
    path.write_text("One two three.\n", "utf-8")
    return path


def leave(sitting: Sitting, name: str, text: str, about: About) -> None:
    journal = Journal(sitting.folder, name)
    journal.begin(about, text)
    journal.close()


def about(path: Path, **more: object) -> About:
    status = path.stat()
    return About(str(path), size=status.st_size, mtime_ns=status.st_mtime_ns, **more)


def left(root: Path) -> list[str]:
    return sorted(name for folder in root.iterdir() if folder.is_dir() for name in journal_names(folder))


def test_nothing_is_said_to_be_nothing(root: Path, capsys) -> None:
    assert main(["recover", "--list"]) == 0
    assert capsys.readouterr() == ("", "There is nothing to recover.\n")
    assert not root.exists(), "looking leaves no trace"
    assert main(["recover", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_list_tells_what_there_is(root: Path, sitting: Sitting, path: Path, capsys) -> None:
    leave(sitting, "aaaaaaaa1", "One 2 three.\n", about(path))
    leave(sitting, "bbbbbbbb2", "春天来了", About())
    leave(sitting, "cccccccc3", "x", About(str(path.with_name("gone.md")), size=3))
    leave(sitting, "dddddddd4", "One two three.\n", about(path))
    (sitting.folder / "eeeeeeee5-000001.journal").write_bytes(b"damaged")
    sitting.close()
    assert main(["recover", "--list"]) == 0
    out = capsys.readouterr().out
    assert "aaaaaaaa" in out and "differs from its file" in out and str(path) in out
    assert "dddddddd" not in out, "it is safe in its file"
    assert main(["recover", "--list", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert {name: row["state"] for name, row in rows.items()} == {
        "aaaaaaaa": "differs from its file",
        "bbbbbbbb": "never saved",
        "cccccccc": "its file is gone",
        "eeeeeeee": "can't be read",
    }
    assert rows["bbbbbbbb"]["words"] == 4
    assert left(root) == ["aaaaaaaa1", "bbbbbbbb2", "cccccccc3", "eeeeeeee5"]


def test_the_difference_is_shown_word_by_word(sitting: Sitting, path: Path, capsys) -> None:
    leave(sitting, "aaaaaaaa1", "One 2 three.\n", about(path))
    sitting.close()
    assert main(["recover", "--diff"]) == 0
    assert capsys.readouterr().out == f"--- {path}\n+++ aaaaaaaa\n@@ 1 @@\nOne [-two-]{{+2+}} three.\n"


def test_texts_are_brought_back_beside_what_is_there(
    root: Path, sitting: Sitting, path: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    leave(sitting, "aaaaaaaa1", "Ein\nzwei\n", about(path, encoding="utf-16-le", bom=True, newline="\r\n"))
    leave(sitting, "bbbbbbbb2", "never saved", About())
    (sitting.folder / "eeeeeeee5-000001.journal").write_bytes(b"damaged")
    sitting.close()
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "book (recovered).md").write_text("of another time", "utf-8")
    monkeypatch.chdir(folder)
    assert main(["recover"]) == 0
    said = capsys.readouterr()
    assert sorted(said.out.split("\n")) == ["", "Untitled (recovered).md", "book (recovered 2).md"]
    assert "eeeeeeee" in said.err
    assert (folder / "book (recovered).md").read_text("utf-8") == "of another time"
    assert (folder / "book (recovered 2).md").read_bytes() == "\ufeffEin\r\nzwei\r\n".encode("utf-16-le")
    assert (folder / "Untitled (recovered).md").read_text("utf-8") == "never saved"
    assert path.read_text("utf-8") == "One two three.\n", "the file itself is not touched"
    assert left(root) == ["eeeeeeee5"], "what can't be read is not thrown away"


def test_only_what_is_named_is_thrown_away(root: Path, sitting: Sitting, capsys) -> None:
    for name in ("aaaaaaaa1", "bbbbbbbb2"):
        leave(sitting, name, name, About())
    sitting.close()
    assert main(["recover", "--drop"]) == 2
    assert main(["recover", "--drop", "zzz"]) == 2
    assert main(["recover", "--drop", "bbbbbbbb"]) == 0
    assert left(root) == ["aaaaaaaa1"]


def test_what_a_running_program_writes_is_left_alone(root: Path, sitting: Sitting, capsys) -> None:
    leave(sitting, "aaaaaaaa1", "x", About())
    assert main(["recover"]) == 0
    assert "1 more are guarded" in capsys.readouterr().err
    assert left(root) == ["aaaaaaaa1"]


def test_a_folder_that_cannot_be_written_in_loses_nothing(
    root: Path, sitting: Sitting, tmp_path: Path, capsys
) -> None:
    leave(sitting, "aaaaaaaa1", "x", About())
    sitting.close()
    assert main(["recover", "--to", str(tmp_path / "nowhere")]) == 2
    said = capsys.readouterr().err
    assert "is not there" in said and "Traceback" not in said
    assert left(root) == ["aaaaaaaa1"]


def test_a_recovery_folder_that_cannot_be_used_is_said(root: Path, capsys) -> None:
    root.parent.mkdir(parents=True)
    root.mkdir()
    (root / "lock").mkdir()
    assert main(["recover", "--list"]) == 2
    assert "can't be used" in capsys.readouterr().err
