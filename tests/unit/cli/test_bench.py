"""`penwright bench` with the real engine, and what it refuses."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from penwright.base.errors import UsageError
from penwright.cli import bench
from penwright.cli.main import main
from penwright.cli.measuring import throughput
from penwright.engine.messages import Ready

Run = Callable[..., subprocess.CompletedProcess[bytes]]
READY = Ready(0, "model.gguf", "", 0, 0, 0, 0, 0, 1, 0.0, "", "")


def test_a_quick_run_on_the_starter(penwright: Run) -> None:
    done = penwright("bench", "--quick", "--json", "--seed", "3", "--context", "256")
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    told = json.loads(done.stdout)
    assert 0.05 < told["throughput_ratio"] < 3
    assert 0.8 < told["warm_reuse"] <= 1
    assert 0 < told["warm_ms"] <= told["warm_p95_ms"]
    assert 0 < told["cold_ms"] <= told["cold_max_ms"]
    assert told["cancels"] + told["cancels_too_late"] == 6
    assert told["cancels"] == 0 or 0 < told["cancel_p50_ms"] <= told["cancel_p95_ms"]
    assert told["stops"] + told["stops_too_late"] == 6
    assert told["stops"] == 0 or 0 < told["stop_p50_ms"] <= told["stop_p95_ms"] <= told["stop_max_ms"]
    assert told["draft_ratio"] > 0
    assert told["draft_same"].endswith(" of 2")
    assert told["busy_ratio"] > 0
    assert abs(told["memory_over_mb"] - (told["memory_mb"] - told["model_file_mb"] - told["cache_mb"])) < 0.2
    assert told["cache_mb"] > 0
    assert 0 <= told["idle_cpu_percent"] < 50
    assert told["context"] == 256
    assert told["document_tokens"] == 128
    assert told["machine"]["cores"] == os.cpu_count()
    assert "load_average" in told


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no engine be started: bad input has to be told before."""

    def refuse() -> None:
        raise AssertionError("an engine was started for bad input")

    monkeypatch.setattr(bench, "start_engine", refuse)


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["--threads", "-1"], "--threads"),
        (["--threads", "9999999"], "--threads"),
        (["--context", "-1"], "--context"),
        (["--seed", "x"], "--seed"),
        (["--peer-only"], "--peer"),
        (["--peer", "http://example.org:8080"], "example.org is another machine"),
        (["--peer", "http://10.0.0.1"], "another machine"),
        (["--peer", "http://127.0.0.1.example.org"], "another machine"),
        (["--peer", "https://127.0.0.1"], "no address"),
        (["--peer", "127.0.0.1:8080"], "no address"),
        (["--peer", "http://127.0.0.1:99999"], "no address"),
        (["--peer", "http://127.0.0.1:8080/completion"], "no address"),
        (["--peer", "http://[::1"], "no address"),
        (["--peer", ""], "no address"),
        (["--llama-bench", "nowhere/llama-bench"], "no such file"),
        (["--llama-bench", ""], "no such file"),
        (["--model", ""], "--model"),
        (["--model", "missing.gguf"], "missing.gguf"),
        (["extra"], "extra"),
    ],
    ids=str,
)
def test_bad_input_is_one_sentence(
    arguments: list[str], fragment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert fragment in err
    assert err.count("\n") == 1


def test_a_peer_that_is_not_there(penwright: Run) -> None:
    done = penwright("bench", "--quick", "--peer", "http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"does not answer" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_help_tells_how_each_figure_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bench", "--help"])
    told = capsys.readouterr().out
    for figure in (
        *("throughput_ratio", "warm_reuse", "warm_ms", "cold_ms", "cancel_p95_ms", "busy_ratio"),
        *("memory_over_mb", "idle_cpu_percent"),
    ):
        assert figure in told


@pytest.mark.skipif(os.name == "nt", reason="a program is made of a shell script")
def test_what_llama_bench_says(tmp_path: Path) -> None:
    program = tmp_path / "llama-bench"

    def says(script: str) -> str:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return str(program)

    assert throughput.llama_bench(says("echo '[{\"avg_ts\": 12.5}]'"), READY, 10) == 12.5
    for script in ("exit 3", "echo nonsense", "echo '[]'", 'echo \'[{"avg_ts": "fast"}]\''):
        with pytest.raises(UsageError) as caught:
            throughput.llama_bench(says(script), READY, 10)
        assert caught.value.key == "bench.llama_bench"
    program.chmod(0o600)
    with pytest.raises(UsageError):
        throughput.llama_bench(str(program), READY, 10)
