"""One model after the other, closing at any moment, and what the worker's process is given."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from penwright.engine.api import Phase, Status
from penwright.engine.client import EngineClient
from penwright.engine.messages import Cancel, Done, Failed, Load, Request, encode
from penwright.engine.process import worker_command, worker_environment

PASSAGE = "She closed the door and looked out of the window at the quiet street. "
LONG = PASSAGE * 120  # its evaluation takes long enough to be caught in


def test_another_model_takes_the_place_of_the_first(writing: Any, starter: Path, tmp_path: Path) -> None:
    first = writing.phase(Phase.IDLE).pid
    other = tmp_path / "other.gguf"
    other.symlink_to(starter)
    mark = len(writing.events)
    writing.client.load(Load(str(other)))
    ready = writing.ready(start=mark)
    assert ready.path == str(other)
    assert ready.pid != first
    assert not psutil.pid_exists(first)
    assert Phase.RESTARTING not in writing.phases()


@pytest.mark.parametrize("pause", [0.0, 0.002, 0.004])
def test_two_models_at_once_the_second_is_loaded(
    talk: Callable[..., Any], starter: Path, tmp_path: Path, pause: float
) -> None:
    other = tmp_path / "other.gguf"
    other.symlink_to(starter)
    made = talk()
    made.client.load(Load(str(starter)))
    time.sleep(pause)  # so that the first worker is just being started
    made.client.load(Load(str(other)))
    made.wait(lambda event: getattr(event, "path", "") == str(other))
    made.ask(1, PASSAGE)
    assert isinstance(made.end_of(1), Done)


def test_a_request_after_a_load_is_for_the_new_model(writing: Any, starter: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.symlink_to(starter)
    for number, path in enumerate((other, starter, other), 1):
        writing.client.load(Load(str(path), n_threads=1))
        writing.ask(number, PASSAGE)  # the worker with the model before is still there, and being killed
        assert isinstance(writing.end_of(number), Done)


def test_the_refusal_of_a_model_before_is_not_taken_for_the_new_ones(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]], tmp_path: Path
) -> None:
    refusal = '{"kind":"Failed","id":0,"key":"engine.out_of_memory","values":{}}'
    ready = (
        '{"kind":"Ready","pid":1,"path":"good","description":"","parameters":1,"size":1,"n_ctx":1,'
        '"n_ctx_train":1,"n_vocab":1,"n_threads":1,"load_ms":1,"system_info":"","binding":""}'
    )
    go = tmp_path / "go"
    made = talk(
        fake_worker(
            f"if 'bad' in line:\n"
            f"    while not os.path.exists({str(go)!r}): time.sleep(0.001)\n"
            f"    print({refusal!r}, flush=True)\n"
            f"else:\n"
            f"    print({ready!r}, flush=True)\n"
            "sys.stdin.read()"
        )
    )
    made.client.load(Load("bad"))
    made.phase(Phase.LOADING)
    # Both are noted for the client's thread before the refusal can have come.
    made.client._post(go.touch)
    made.client._post(time.sleep, 0.2)
    made.client.load(Load("good"))
    made.ready()
    assert Phase.REFUSED not in made.phases()


def test_the_same_model_again(writing: Any, starter: Path) -> None:
    load = Load(str(starter), n_threads=1)
    for _ in range(2):
        mark = len(writing.events)
        writing.client.load(load)
        writing.ready(start=mark)
    assert Phase.RESTARTING not in writing.phases()


@pytest.mark.parametrize("pause", [0.0, 0.001, 0.02, 0.1])
def test_closed_while_it_starts(starter: Path, pause: float) -> None:
    events: list[object] = []
    client = EngineClient(events.append)
    client.load(Load(str(starter)))
    client.ask(Request(1, PASSAGE))
    time.sleep(pause)
    closer = threading.Thread(target=client.close)
    closer.start()
    closer.join(5)
    assert not closer.is_alive(), "close() hangs"
    assert events[-1] == Status(Phase.STOPPED)
    assert [type(event) for event in events].count(Failed) == 1
    client.close()
    client.ask(Request(2, PASSAGE))


def test_close_leaves_nothing(writing: Any) -> None:
    pid = writing.phase(Phase.IDLE).pid
    writing.ask(1, LONG)
    writing.phase(Phase.PROMPT)
    began = time.monotonic()
    writing.client.close()
    assert time.monotonic() - began < 2.5
    assert not psutil.pid_exists(pid)
    assert "engine-conversation" not in {thread.name for thread in threading.enumerate()}


def test_the_worker_ends_with_its_input(starter: Path) -> None:
    with subprocess.Popen(
        worker_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=worker_environment()
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(encode(Load(str(starter))))
        worker.stdin.flush()
        assert b'"Trying"' in worker.stdout.readline()
        assert b'"Ready"' in worker.stdout.readline()
        worker.stdin.write(encode(Request(1, LONG, max_tokens=500)))
        worker.stdin.write(encode(Cancel(9)))
        worker.stdin.close()
        assert worker.wait(2) == 0


def test_the_environment_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    environment = worker_environment()
    assert environment["OMP_WAIT_POLICY"] == "passive"
    assert environment["GGML_NO_BACKTRACE"] == "1"
    assert environment["HOME"] == os.environ["HOME"]


def test_the_worker_takes_no_module_from_the_current_folder(
    talk: Callable[..., Any], starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)", "utf-8")
    monkeypatch.chdir(tmp_path)
    made = talk()
    made.client.load(Load(str(starter)))
    made.ready()


def test_a_client_loads_neither_llama_nor_qt(starter: Path) -> None:
    script = (
        "import sys, threading\n"
        "from penwright.engine.client import EngineClient\n"
        "from penwright.engine.messages import Load, Ready\n"
        "ready = threading.Event()\n"
        "client = EngineClient(lambda event: isinstance(event, Ready) and ready.set())\n"
        f"client.load(Load({str(starter)!r}))\n"
        "assert ready.wait(20)\n"
        "client.close()\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'llama_cpp', 'PySide6', 'numpy'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


@pytest.mark.expects_errors
def test_a_listener_that_fails_stops_nothing(starter: Path) -> None:
    heard = threading.Event()

    def fail(event: object) -> None:
        if isinstance(event, Done):
            heard.set()
        raise RuntimeError("the listener's own fault")

    client = EngineClient(fail)
    client.load(Load(str(starter)))
    client.ask(Request(1, PASSAGE))
    assert heard.wait(20)
    client.close()
