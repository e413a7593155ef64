"""Whatever the command line is given wrongly: code 2, one sentence, no traceback."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from penwright.cli import complete
from penwright.cli.main import main
from penwright.modelstore import library

Run = Callable[..., subprocess.CompletedProcess[bytes]]


class Bytes:
    """Standard input that holds these bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no engine be started: bad input has to be told before."""

    def refuse() -> None:
        raise AssertionError("an engine was started for bad input")

    monkeypatch.setattr(complete, "start_engine", refuse)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command line on bad input and return its one sentence."""
    code = main(arguments)
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    assert err.count("\n") == 1, err
    assert len(err) < 400 + len("".join(arguments))
    return err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--before-file", "-", "--after-file", "-"],
        ["--before", "a", "--before-file", "b"],
        ["--before", "a", "--after", "a", "--after-file", "b"],
        ["--serve", "--before", "a"],
        ["--before", "a", "--nonsense"],
        ["--bef", "a"],
        ["--before"],
        ["--before", "a", "--max-tokens", "0"],
        ["--before", "a", "--max-tokens", "-1"],
        ["--before", "a", "--max-tokens", "abc"],
        ["--before", "a", "--max-tokens", "1.5"],
        ["--before", "a", "--max-tokens", "9" * 5_000],
        ["--before", "a", "--max-tokens", ""],
        ["--before", "a", "--model", ""],
        ["--before", "a", "--model", "a\x00b"],
        ["--before", "a", "--model", "~nobody-of-that-name/x"],
        ["--before-file", ""],
        ["--before-file", "a\x00b"],
        ["--before-file", "half \udc80 letter"],
        ["--before-file", "n" * 5_000],
        ["--before-file", "/dev/zero"],
        ["a.txt"],
    ],
    ids=lambda arguments: " ".join(arguments).encode("ascii", "backslashreplace").decode()[:50] or "nothing",
)
def test_arguments_of_complete(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    complaint(capsys, "complete", *arguments)


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--model"], ["doctor", "x"], ["demo", "--nonsense"]])
def test_arguments_of_the_others(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    complaint(capsys, *arguments)


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"text with \x00 inside", "not a plain text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "not a plain text"),
        (b"a" * 60_000_000, "MB"),
    ],
    ids=["NUL", "a picture", "60 MB"],
)
@pytest.mark.parametrize("way", ["before", "after", "stdin"])
def test_texts(
    content: bytes,
    fragment: str,
    way: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(content)
    if way == "stdin":
        monkeypatch.setattr(sys, "stdin", Bytes(content))
        assert fragment in complaint(capsys, "complete", "--before-file", "-")
    elif way == "before":
        assert fragment in complaint(capsys, "complete", "--before-file", str(file))
    else:
        assert fragment in complaint(capsys, "complete", "--before", "a", "--after-file", str(file))


@pytest.mark.parametrize("way", ["--before-file", "--after-file"])
def test_a_missing_file_and_a_folder(way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = ["complete"] if way == "--before-file" else ["complete", "--before", "a"]
    assert "missing.txt" in complaint(capsys, *start, way, str(tmp_path / "missing.txt"))
    assert "folder" in complaint(capsys, *start, way, str(tmp_path))


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "truncated", "not GGUF"])
def test_models(kind: str, broken_models: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = broken_models[kind]
    said = complaint(capsys, "complete", "--before", "a", "--model", str(path))
    assert path.name in said
    assert path.name in complaint(capsys, "complete", "--serve", "--model", str(path))


def test_no_starter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    chosen = library.choose
    monkeypatch.setattr("penwright.cli.engine.choose", lambda given, _: chosen(given, tmp_path / "none.gguf"))
    assert "missing" in complaint(capsys, "complete", "--before", "a")


def test_an_unknown_architecture(penwright: Run, broken_models: dict[str, Path]) -> None:
    done = penwright("complete", "--before", "a", "--model", str(broken_models["unknown architecture"]))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"xxama" in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, word in (
        (["--help"], "complete"),
        (["complete", "--help"], "--serve"),
        (["--version"], "penwright"),
    ):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 0
        out, err = capsys.readouterr()
        assert word in out
        assert err == ""


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(complete, "start_engine", interrupt)
    assert main(["complete", "--before", "a"]) == 130
