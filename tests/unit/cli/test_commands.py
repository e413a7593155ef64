"""The commands with the real engine, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.cli.main import main

Run = Callable[..., subprocess.CompletedProcess[bytes]]
START = "She closed the door and looked out of the"
FIGURES = {
    "text",
    "tokens",
    "prompt_tokens",
    "reused_tokens",
    "prompt_ms",
    "total_ms",
    "mean_logprob",
    "stop",
}


def lines(*requests: object) -> bytes:
    return b"".join(
        (request if isinstance(request, bytes) else json.dumps(request).encode()) + b"\n"
        for request in requests
    )


def test_complete(penwright: Run, tmp_path: Path) -> None:
    plain = penwright("complete", "--before", START, "--max-tokens", "8")
    assert (plain.returncode, plain.stderr) == (0, b"")
    file = tmp_path / "text.txt"
    file.write_text(START, "utf-8")
    done = penwright("complete", "--before-file", str(file), "--max-tokens", "8", "--json", "--after", " x")
    answer = json.loads(done.stdout)
    assert answer.keys() == FIGURES
    assert plain.stdout.decode() == answer["text"] + "\n"
    assert answer["text"].strip()
    assert answer["mean_logprob"] < 0
    assert 0 < answer["tokens"] <= 8
    assert answer["stop"] in {"sentence", "newline", "limit", "end"}


def test_text_from_standard_input_in_another_encoding(penwright: Run) -> None:
    done = penwright(
        "complete", "--before-file", "-", "--max-tokens", "2", stdin="Café, naïve résumé".encode("cp1252")
    )
    assert done.returncode == 0
    assert done.stderr.count(b"\n") <= 1, "a word about the encoding, no more"
    assert b"Traceback" not in done.stderr


def test_an_empty_text_is_answered(penwright: Run) -> None:
    done = penwright("complete", "--before", "", "--max-tokens", "2", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout).keys() == FIGURES


def test_serve(penwright: Run) -> None:
    done = penwright(
        "complete",
        "--serve",
        stdin=lines(
            {"id": 7, "before": START, "max_tokens": 8},
            {"id": "next", "before": START + " window", "max_tokens": 8},
            b"",
            {"id": 9, "before": START, "gate": True, "max_tokens": 3, "after": " garden"},
            {"id": 10, "before": "no no no", "gate": True},
            {"id": 11, "before": "so \ud83d half", "max_tokens": 2},
            {"before": "nothing asked"},
        ),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == [7, "next", 9, 10, 11, None]
    assert replies[1]["reused_tokens"] > 5
    for reply in replies:
        assert reply.keys() >= FIGURES | {"id"}
        assert ("reason" in reply) == (reply["stop"] == "withheld")
        assert not (reply["stop"] == "withheld" and reply["text"])
    assert "withheld" in {reply["stop"] for reply in replies}


def test_each_bad_line_gets_its_error_and_the_rest_go_on(penwright: Run) -> None:
    bad = [
        b"not json",
        b"[1]",
        b"3",
        b"[" * 100_000,
        b'{"id": 1, "before": 5}',
        b'{"id": 2, "nonsense": 1}',
        b'{"id": 3, "max_tokens": 0}',
        b'{"id": 4, "max_tokens": true}',
        b'{"id": 5, "max_tokens": 1.5}',
        b'{"id": [6], "before": "a"}',
        b'{"id": 7, "gate": "yes"}',
        b'{"id": ' + b"9" * 5_000 + b"}",
    ]
    done = penwright(
        "complete", "--serve", stdin=lines(*bad, {"id": "good", "before": START, "max_tokens": 2})
    )
    assert (done.returncode, done.stderr) == (0, b"")
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(replies) == len(bad) + 1
    assert all(reply["error"] and "text" not in reply for reply in replies[:-1])
    assert [reply["id"] for reply in replies[4:9]] == [1, 2, 3, 4, 5], "an error tells whose it is"
    assert replies[-1]["id"] == "good"
    assert "error" not in replies[-1]


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8:strict",
        "ascii:strict",
        "utf-8:surrogateescape",
    ],
)
def test_bytes_that_are_no_utf8_among_the_lines(penwright: Run, encoding: str) -> None:
    good = json.dumps({"id": 1, "before": "Café", "max_tokens": 2}, ensure_ascii=False).encode()
    done = penwright(
        "complete", "--serve", stdin=lines(b'{"id": 0, "before": "\xff"}', good), PYTHONIOENCODING=encoding
    )
    assert b"Traceback" not in done.stderr
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(replies) == 2
    assert replies[1]["id"] == 1
    assert "error" not in replies[1]


def test_doctor(penwright: Run, own_folders: Path, starter: Path) -> None:
    done = penwright("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    report: dict[str, Any] = json.loads(done.stdout)
    assert report.keys() >= {"versions", "folders", "machine", "engine", "model"}
    assert report["model"]["loads"] is True
    assert report["model"]["path"] == str(starter)
    assert report["engine"]["devices"]
    assert "cpu" in report["engine"]["backends"], "which of the engine's libraries for processors is in use"
    assert report["versions"]["installer"] == "none", "this is a checkout"
    assert report["machine"]["memory_mb"] > 0
    assert all(
        report["folders"][name].startswith(str(own_folders)) for name in ("data", "config", "cache", "log")
    )
    assert list(own_folders.rglob("*")) == [], "looking makes nothing"


def test_where_the_model_runs(penwright: Run) -> None:
    done = penwright("doctor", "--gpu", "off")
    assert (done.returncode, done.stderr) == (0, b"")
    told = done.stdout.decode()
    assert "because graphics cards are switched off" in told
    assert "processor, " in told.partition("\n  devices ")[2].splitlines()[0]
    report = json.loads(penwright("doctor", "--json").stdout)["engine"]
    assert {device["kind"] for device in report["devices"]} >= {"cpu"}
    assert 0 <= report["gpu_layers"] <= report["layers"]
    assert report["placement"].endswith(".")
    done = penwright("complete", "--before", START, "--max-tokens", "2", "--gpu", "off")
    assert (done.returncode, done.stderr) == (0, b"")
    wrong = penwright("complete", "--before", START, "--gpu", "maybe")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count(b"\n")) == (2, b"", 1)


def test_doctor_says_what_is_wrong(
    penwright: Run, broken_models: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    done = penwright("doctor", "--json", "--model", str(broken_models["unknown architecture"]))
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert "xxama" in json.loads(done.stdout)["model"]["problem"]
    # What its header shows already needs no engine.
    assert main(["doctor", "--json", "--model", str(broken_models["empty"])]) == 2
    assert json.loads(capsys.readouterr().out)["model"]["problem"]
    assert main(["doctor", "--model", str(broken_models["empty"])]) == 2
    assert "empty" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["complete", "--before", "a", "--max-tokens", "1"], ["doctor", "--json"]]
)
def test_no_qt_and_no_llama_in_the_command_lines_process(command: list[str]) -> None:
    script = (
        "import sys\nfrom penwright.cli.main import main\n"
        f"code = main({command!r})\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print(code, sorted(loaded & {'llama_cpp', 'PySide6', 'shiboken6'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == b"0 []"


def test_whoever_reads_goes_away(starter: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "penwright", "complete", "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        program.stdin.write(lines({"before": "a", "max_tokens": 1}))
        program.stdin.close()
        assert program.wait(20) == 0
        assert program.stderr.read() == b""
