"""`penwright evaluate`: with the real engine, and what it says of bad input."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.cli import evaluate
from penwright.cli.main import main

Run = Callable[..., subprocess.CompletedProcess[bytes]]
CASES = Path(__file__).parents[1] / "evaluation" / "cases.jsonl"
FIGURES = {
    "carets",
    "coverage",
    "precision",
    "precision3",
    "wrong_show",
    "keystrokes_saved",
    "p50_ms",
    "p95_ms",
    "p99_ms",
}
TEXT = (
    "She closed the door and looked out of the window. There was nobody in the street, and the rain had not "
    "stopped since the day before.\nHe took off his hat and sat down by the fire. They said nothing for a "
    "long time, and then the old man began to speak of the house as it had been when he was a boy.\n"
)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "text.md"
    file.write_text(TEXT, "utf-8")
    return file


def figures(penwright: Run, *arguments: str) -> dict[str, Any]:
    done = penwright("evaluate", "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def without_times(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: without_times(value) if isinstance(value, dict) else value
        for name, value in found.items()
        if not name.endswith("_ms") and name != "load_average"
    }


def test_a_text(penwright: Run, text: Path, tmp_path: Path) -> None:
    rows_file = tmp_path / "rows.jsonl"
    given = ("--text", str(text), "--carets", "60", "--letters", "120", "--eagerness", "eager")
    found = figures(penwright, *given, "--rows", str(rows_file))
    assert found.keys() >= FIGURES
    assert found["carets"] == sum(kind["carets"] for kind in found["kinds"].values())
    assert found["shown"] == sum(kind["shown"] for kind in found["kinds"].values())
    for kind in found["kinds"].values():
        assert kind.keys() >= FIGURES
    assert 0 < found["p50_ms"] <= found["p95_ms"] <= found["p99_ms"]
    rows = [json.loads(line) for line in rows_file.read_text("utf-8").splitlines()]
    assert len(rows) == found["carets"]
    assert sum(bool(row["shown"]) for row in rows) == found["shown"]
    assert sum(row["right"] is True for row in rows) == round(found["shown"] * found["precision"])
    for row in rows:
        assert bool(row["shown"]) != bool(row["reason"])
    again = figures(penwright, *given)
    assert without_times(again) == without_times(found), "the same seed gives the same figures"
    other = figures(penwright, *given[:-4], "--seed", "2", "--letters", "120")
    assert without_times(other) != without_times(found)


def test_the_baseline_shows_whatever_comes(penwright: Run, text: Path) -> None:
    found = figures(penwright, "--text", str(text), "--carets", "40", "--letters", "60", "--baseline")
    assert found["suggestions"] == "baseline"
    assert found["coverage"] > 0.9
    plain = figures(
        penwright, "--text", str(text), "--carets", "40", "--letters", "60", "--eagerness", "quiet"
    )
    assert plain["coverage"] < found["coverage"]
    assert plain["wrong_show"] < found["wrong_show"]


def test_it_asks_for_nothing_that_the_writer_has_not_typed(
    monkeypatch: pytest.MonkeyPatch, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is passed to the engine ends at the caret, but for the carets in the middle of a line."""
    asked: list[tuple[str, str]] = []
    honest = evaluate.Asker.ask

    def listen(self: Any, before: str, after: str = "", document: str = "evaluation") -> Any:
        asked.append((before, after))
        return honest(self, before, after, document)

    monkeypatch.setattr(evaluate.Asker, "ask", listen)
    assert main(["evaluate", "--text", str(text), "--carets", "40", "--letters", "60"]) == 0
    assert "all" in capsys.readouterr().out
    assert asked
    for before, after in asked:
        assert TEXT.startswith(before)
        assert not after or (TEXT.endswith(after) and len(before) + len(after) < len(TEXT))
    assert 0 < sum(bool(after) for _, after in asked) <= 4


def test_cases(penwright: Run, tmp_path: Path) -> None:
    rows_file = tmp_path / "rows.jsonl"
    found = figures(penwright, "--cases", str(CASES), "--rows", str(rows_file))
    rows = [json.loads(line) for line in rows_file.read_text("utf-8").splitlines()]
    assert found["cases"] == len(rows) == 14
    outcomes = [row["outcome"] for row in rows]
    for name in (
        "right_insert",
        "right_suppression",
        "acceptable_suppression",
        "wrong_shown",
        "wrong_suppression",
    ):
        assert found[name] == outcomes.count(name)
    assert found["right_insert"] >= 2
    assert found["wrong_shown"] <= 2
    by_id = {row["id"]: row for row in rows}
    for name in ("inside-a-word", "number", "chinese", "token", "empty"):
        assert by_id[name]["outcome"] == "right_suppression", by_id[name]
    assert found["tags"]["mid-word"]["cases"] == 4
    plain = penwright("evaluate", "--cases", str(CASES))
    assert b"mid-word" in plain.stdout
    assert b"right_insert" in plain.stdout


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["evaluate", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no engine be started: bad input has to be told before."""

    def refuse() -> None:
        raise AssertionError("an engine was started for bad input")

    monkeypatch.setattr(evaluate, "start_engine", refuse)


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        ([], "--text"),
        (["--text", "TEXT", "--cases", "TEXT"], "not allowed"),
        (["--text", "missing.md"], "missing.md"),
        (["--text", "TEXT", "--carets", "0"], "--carets"),
        (["--text", "TEXT", "--letters", "-1"], "--letters"),
        (["--text", "TEXT", "--threads", "0"], "--threads"),
        (["--text", "TEXT", "--seed", "one"], "--seed"),
        (["--text", "TEXT", "--eagerness", "loud"], "loud"),
        (["--text", "TEXT", "--rows", "missing/rows.jsonl"], "missing"),
        (["--text", "TEXT", "--rows", "a\x00b"], "name"),
        (["--text", "TEXT", "--model", "missing.gguf"], "missing.gguf"),
        (["--text", "EMPTY"], "EMPTY"),
        (["--cases", "EMPTY"], "EMPTY"),
        (["--cases", "TEXT"], "Line 1 of TEXT"),
        (["--cases", "missing.jsonl"], "missing.jsonl"),
    ],
)
def test_bad_input(
    arguments: list[str],
    fragment: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "TEXT").write_text(TEXT, "utf-8")
    (tmp_path / "EMPTY").write_text("\n\n", "utf-8")
    assert fragment in complaint(capsys, *arguments)


@pytest.mark.usefixtures("no_engine")
def test_a_bad_case_is_told_with_its_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.jsonl"
    file.write_bytes(CASES.read_bytes() + b'{"id": 1, "before": "a", "expect": "perhaps"}\n')
    said = complaint(capsys, "--cases", str(file))
    assert "line 15 of" in said
    assert "theirs.jsonl" in said


def test_line_separators_within_a_case_end_no_line(penwright: Run, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(
        '{"id": 1, "before": "One.\u2028Two", "expect": "suppress"}\n'
        '{"id": 2, "before": "A\x85b \U0001f600", "expect": "suppress"}\n',
        "utf-8",
    )
    assert figures(penwright, "--cases", str(file))["cases"] == 2
