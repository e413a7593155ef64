"""Builds that take minutes: one at a time, watched while they run, and ended with whoever asked for them."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from devtools.console import Console, seconds

if sys.platform != "win32":
    import fcntl

_PROGRESS = re.compile(r"\[(\d+)/(\d+)\]")


@contextmanager
def only_one(lock: Path, console: Console) -> Iterator[None]:
    """Let one build of a kind run at a time; the system frees the lock if its holder dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w", encoding="utf-8") as held:
        if sys.platform != "win32":
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                console.say("Another build of the same kind is running; waiting for it.")
                fcntl.flock(held, fcntl.LOCK_EX)
        yield


def run_build(command: Sequence[str], environ: Mapping[str, str], log: Path, console: Console) -> int:
    """Run a build to its end, its output added to the log; return its exit status."""
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as build:
        try:
            _follow(build, log, console)
            return build.wait()
        except BaseException:
            _end(build)
            raise


def _end(build: subprocess.Popen[str]) -> None:
    """End a build and the compilers it started."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(build.pid, signal.SIGTERM)
    else:
        build.terminate()
    build.wait(30)


def _follow(build: subprocess.Popen[str], log: Path, console: Console) -> None:
    """Write a build's output to its log, and show now and then how far it is."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert build.stdout is not None
        for line in build.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    began = shown = time.monotonic()
    where = "fetching and unpacking its source"
    with log.open("a", encoding="utf-8") as output:
        while True:
            try:
                line = lines.get(timeout=1.0)
            except queue.Empty:
                line = ""
            if line is None:
                return
            output.write(line)
            found = _PROGRESS.search(line[:24])
            if found:
                where = f"file {found[1]} of {found[2]}"
            now = time.monotonic()
            if now - shown >= console.quiet_interval:
                console.alive(f"{where}, {seconds(now - began)}")
                shown = now
