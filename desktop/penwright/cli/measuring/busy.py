"""Processes that keep every core busy, as another program would, and what a process has used."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from penwright.base.own_process import own_command

_SPIN_FLAG = "--spin"  # that of penwright.__main__
_WARMING = 1.0  # seconds until the processes have started and the system has got used to them


def spin() -> None:
    """Use up a core until the input ends."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
    while True:
        pass


@contextmanager
def every_core_busy() -> Iterator[int]:
    """Have one spinning process for each core, at normal priority; give how many."""
    count = os.cpu_count() or 1
    command = own_command(_SPIN_FLAG)
    started = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(count)]
    try:
        time.sleep(_WARMING)
        yield count
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.communicate()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def resident_bytes(pid: int) -> int:
    """Return the memory of a process that is not swapped out, mapped files included."""
    return int(psutil.Process(pid).memory_info().rss)


def load_average() -> float | None:
    """Return the mean number of running processes over the last minute; None where nobody counts."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None
