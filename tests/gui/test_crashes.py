"""The program is killed while someone types and saves: a second of typing is lost at most, no file broken.

A few kills run with every test run, two hundred in `dev.py soak`, where the table is printed (`-s` shows it).
"""

from __future__ import annotations

import random
import signal
import statistics
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from penwright.storage.documents import Documents
from penwright.storage.journal.recovering import recovered
from penwright.storage.journal.sittings import Sitting

SCRIBE = Path(__file__).with_name("crash_scribe.py")
MOMENTS = ("typing", "typing", "saving", "saving", "starting")
MOST_LOST = 1.0  # seconds
MOST_LOST_WHEN_BUSY = 10.0  # where other tests run beside it


def checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


@dataclass
class History:
    """What one text said, and when."""

    states: list[tuple[float, int]] = field(default_factory=list)
    pending: bool = False  # a key was on its way

    def latest(self, found: set[int]) -> int:
        """Return the place of the latest state among these, or -1."""
        return max((at for at, (_, state) in enumerate(self.states) if state in found), default=-1)


@dataclass
class Figures:
    lost: dict[str, list[float]] = field(default_factory=lambda: {moment: [] for moment in MOMENTS})
    broken: int = 0
    leftovers: int = 0

    def table(self) -> str:
        rows = ["", "moment      kills   typing lost p50 / max       broken files   recovered"]
        for moment, lost in self.lost.items():
            texts = [seconds for seconds in lost if seconds >= 0]
            rows.append(
                f"{moment:<11} {len(lost) // 2:>5}   {statistics.median(texts):.2f} s / {max(texts):.2f} s"
                f"{'':14}{self.broken:>5}   {len(texts)} of {len(lost)} texts"
            )
        return "\n".join(rows)


class Chain:
    """Kills one program after the other; each takes back what the one before it left."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.choice = random.Random(seed)
        self.file = folder / "texts" / "book.md"
        self.file.parent.mkdir()
        self.file.write_text("# Book\n\nBegun.\n", "utf-8")
        self.log = folder / "log"
        self.histories = {"a": History(), "b": History([(0.0, checksum(""))])}
        self.histories["a"].states.append((0.0, checksum(self.file.read_text("utf-8"))))
        self.figures = Figures()
        self.read = 0

    def kill(self, moment: str, number: int) -> None:
        with self._scribe(number) as scribe:
            assert scribe.stdout is not None
            if moment == "starting":
                time.sleep(self.choice.uniform(0.3, 2.0))
            else:
                for line in scribe.stdout:
                    if line == b"ready\n":
                        ready = time.monotonic()
                    if line == (b"ready\n" if moment == "typing" else b"saving\n"):
                        break
                else:
                    pytest.fail("the program ended by itself")
                time.sleep(
                    self.choice.uniform(0.2, 3.0) if moment == "typing" else self.choice.uniform(0, 0.03)
                )
                assert time.monotonic() > ready
            scribe.send_signal(signal.SIGKILL)
            killed = time.monotonic()
        self._judge(moment, killed)

    @contextmanager
    def _scribe(self, number: int) -> Iterator[subprocess.Popen[bytes]]:
        arguments = [str(self.folder / "home"), str(self.log), str(self.file), str(number)]
        with subprocess.Popen([sys.executable, str(SCRIBE), *arguments], stdout=subprocess.PIPE) as scribe:
            try:
                yield scribe
            finally:
                scribe.kill()
                scribe.wait()

    def _judge(self, moment: str, killed: float) -> None:
        self._read_log()
        written = self.file.read_bytes()
        texts = {"a": {checksum(written.decode("utf-8", "replace"))}, "b": set[int]()}
        if self.histories["a"].latest(texts["a"]) < 0:
            self.figures.broken += 1
        self.figures.leftovers += len(list(self.file.parent.glob(".penwright-*")))
        sitting = Sitting(self.folder / "home" / "data" / "recovery")
        for one in recovered(sitting, Documents()):
            assert one.text is not None and not one.gap
            texts["a" if one.path else "b"].add(checksum(one.text))
        sitting.close()
        texts["b"] = texts["b"] or {checksum("")}
        for name, history in self.histories.items():
            unknown = [text for text in texts[name] if history.latest({text}) < 0]
            if unknown and history.pending:  # the key that was on its way had got there
                history.states.append((killed, unknown[0]))
            at = history.latest(texts[name])
            gone = history.states[at + 1 :]
            lost = max(0.0, killed - gone[0][0]) if gone else 0.0
            self.figures.lost[moment].append(-1.0 if at < 0 else lost)
            del history.states[at + 1 :]  # the next run goes on from what was found
            history.pending = False

    def _read_log(self) -> None:
        if not self.log.exists():
            return
        with self.log.open("rb") as log:
            log.seek(self.read)
            data = log.read()
        self.read += len(data)
        for line in data.decode("ascii").splitlines():
            when, name, what = line.split(" ")
            if name in self.histories:
                history = self.histories[name]
                history.pending = what == "?"
                if what != "?":
                    history.states.append((float(when), int(what)))


def run(folder: Path, kills: int, seed: int, most_lost: float) -> None:
    chain = Chain(folder, seed)
    moments = [MOMENTS[number % len(MOMENTS)] for number in range(kills)]
    chain.choice.shuffle(moments)
    for number, moment in enumerate(moments):
        chain.kill(moment, 1000 * seed + number)
    figures = chain.figures
    print(figures.table(), file=sys.stderr)
    assert figures.broken == 0
    assert all(0 <= lost <= most_lost for each in figures.lost.values() for lost in each), figures.lost


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX; Windows ends processes otherwise")
def test_five_kills_break_nothing(tmp_path: Path) -> None:
    run(tmp_path, 5, seed=5, most_lost=MOST_LOST_WHEN_BUSY)


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX; Windows ends processes otherwise")
def test_two_hundred_kills_lose_less_than_a_second(tmp_path: Path) -> None:
    run(tmp_path, 200, seed=200, most_lost=MOST_LOST)
