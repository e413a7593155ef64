"""`penwright export` in a process of its own: each format, and what is refused."""

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from penwright.cli.main import main

Run = Callable[..., subprocess.CompletedProcess[bytes]]
TEXT = """\
# The Lamp

She came *home*.[^1]

![no](nowhere.png)

## 第二章

春天来了，院子里。

[^1]: Late.
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "story.md"
    file.write_text(TEXT, "utf-8")
    return file


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["export", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    return err


@pytest.mark.parametrize("kind", ["docx", "html", "txt", "md"])
def test_each_format_is_written_and_losses_are_said(source, kind, capsys):
    target = source.with_suffix(f".out.{kind}")
    assert main(["export", str(source), str(target)]) == 0
    assert target.stat().st_size > 50
    out, err = capsys.readouterr()
    assert out == ""
    assert ("Pictures" in err) == (kind in {"docx", "html", "txt"})
    assert source.read_text("utf-8") == TEXT


def test_pdf_without_a_screen_in_a_process_of_its_own(penwright: Run, source: Path):
    target = source.with_suffix(".pdf")
    done = penwright("export", str(source), str(target), DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert done.stderr.decode().startswith("Pictures that are not on this machine")
    reader = PdfReader(target)
    assert "春天来了，院子里。" in "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert [entry.title for entry in reader.outline[0:1]] == ["The Lamp"]


def test_the_format_may_be_said(source: Path):
    target = source.with_name("story.anything")
    assert main(["export", str(source), str(target), "--to", "docx"]) == 0
    assert zipfile.is_zipfile(target)


def test_nothing_is_written_over_unless_asked(source: Path, capsys):
    target = source.with_suffix(".txt")
    target.write_text("precious", "utf-8")
    assert "is there already" in complaint(capsys, str(source), str(target))
    assert target.read_text("utf-8") == "precious"
    assert main(["export", str(source), str(target), "--replace"]) == 0
    assert "Lamp" in target.read_text("utf-8")
    capsys.readouterr()
    assert "is the file that is read" in complaint(capsys, str(source), str(source), "--replace")
    assert source.read_text("utf-8") == TEXT


def test_bad_input_is_one_sentence(source: Path, tmp_path: Path, capsys):
    assert "none of the formats" in complaint(capsys, str(source), str(tmp_path / "a.xyz"))
    assert "none of the formats" in complaint(capsys, str(source), str(tmp_path / "a.txt"), "--to", "doc")
    assert "There is no file" in complaint(capsys, str(tmp_path / "no.md"), str(tmp_path / "a.txt"))
    (tmp_path / "b.rtf").write_bytes(b"{\\rtf1 a}")
    assert "none of the formats" in complaint(capsys, str(tmp_path / "b.rtf"), str(tmp_path / "a.txt"))
    (tmp_path / "c.md").write_bytes(bytes(range(256)))
    assert "not a plain text" in complaint(capsys, str(tmp_path / "c.md"), str(tmp_path / "a.txt"))
    assert "folder" in complaint(capsys, str(source), str(tmp_path / "none" / "a.txt"))
    assert not (tmp_path / "a.txt").exists()
