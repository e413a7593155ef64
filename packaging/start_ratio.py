"""How long an installed program takes to its window, beside the same from the virtual environment.

    python3 packaging/start_ratio.py /usr/bin/penwright        (or dist/tree/usr/bin/penwright)

Both are started in turn, each with folders of its own; the ratio of the medians is what counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from devtools.checkout import Checkout
from installed.map_events import map_events
from installed.proof import ProofError
from installed.screen import Screen

_LONG = 60  # seconds


def start_time(command: Sequence[str], screen: Screen, home: Path) -> float:
    """Start a program, wait for its window, end it; return the seconds until the window was there."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "DISPLAY": screen.name}
    with map_events(screen.name) as events:
        events.forget()
        began = time.monotonic()
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as program:
            try:
                took = events.wait(_LONG) - began
                time.sleep(2.0)  # the worker too is up then, and ends well
            finally:
                program.terminate()
                program.wait(_LONG)
    return took


def main(arguments: Sequence[str]) -> int:
    """Measure, print each pair and the ratio."""
    parser = argparse.ArgumentParser(description="Start to window: installed beside the virtual environment.")
    parser.add_argument("program", type=Path)
    parser.add_argument("--pairs", type=int, default=8)
    own = Checkout.here().python
    parser.add_argument("--python", type=Path, default=own, help="the environment's Python")
    options = parser.parse_args(arguments)
    rivals = {
        "installed": [str(options.program.resolve())],
        "environment": [str(options.python.absolute()), "-P", "-m", "penwright"],
    }
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    with tempfile.TemporaryDirectory() as folder:
        try:
            screen = Screen(Path(folder) / "screen")
        except ProofError as problem:
            print(problem, file=sys.stderr)
            return 2
        try:
            for turn in range(options.pairs + 1):
                for name, command in rivals.items():
                    home = Path(folder) / name
                    home.mkdir(exist_ok=True)
                    took = start_time(command, screen, home)
                    if turn:  # the first brings the files into memory
                        taken[name].append(took)
        except ProofError as problem:
            print(problem, file=sys.stderr)
            return 1
        finally:
            screen.close()
    for name, times in taken.items():
        told = " ".join(f"{each:.2f}" for each in times)
        print(f"{name:<12} median {statistics.median(times):.2f} s   ({told})")
    ratio = statistics.median(taken["installed"]) / statistics.median(taken["environment"])
    print(f"ratio {ratio:.2f}; load {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
