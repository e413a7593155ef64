"""One sample of a measurement of the desk, in a process of its own: prints a JSON object."""

from __future__ import annotations

import gc
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SAID = (
    "the ferry had left and nobody told her so she stood on the landing with her bag at her feet and looked "
    "across the water where lamps of the other bank came on one after another it was not far it never had "
    "been far but that evening there was no boat and no money"
)
PERIOD = 280  # paragraphs after which their lengths and headings come again
KEY_MS = 25  # between two keys


def prose(size: int) -> str:
    """Return about `size` letters of prose with headings, emphasis and paragraphs of unlike lengths."""
    parts: list[str] = []
    number = length = 0
    words = itertools.cycle(SAID.split())
    while length < size:
        if number % 40 == 0:
            part = f"## Chapter {number // 40 + 1}"
        else:
            count = 30 + number * 37 % 140
            said = " ".join(next(words) for _ in range(count))
            part = said.capitalize() + (". *So it was.*" if number % 3 else " — **so** it was.")
        parts.append(part)
        length += len(part) + 2
        number += 1
    return "\n\n".join(parts)


def turn_until(done: Callable[[], bool], seconds: float = 60) -> None:
    """Have the event loop turn until something is so."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    end = time.perf_counter() + seconds
    while not done():
        assert time.perf_counter() < end, "it took too long"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)


def watch_paint(viewport) -> Callable[[], bool]:
    """Return what tells once whether the viewport was painted since it was last asked."""
    from PySide6.QtCore import QEvent, QObject

    class Watch(QObject):
        painted = False

        def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
            self.painted = self.painted or event.type() == QEvent.Type.Paint
            return False

    watch = Watch(viewport)
    viewport.installEventFilter(watch)

    def asked() -> bool:
        painted, watch.painted = watch.painted, False
        return painted

    return asked


def desk_window(folder: str, *, furnished: bool = True):
    """Return the running program, with an engine that answers nothing, and its first window, painted.

    furnished: with all that belongs to it, which comes once it can be written in.
    """
    gc.disable()  # as the command line does before it loads the window
    from penwright.app.desk import Desk
    from penwright.app.starting import make_application
    from penwright.base.catalogue import Catalogue
    from penwright.base.paths import Folders, resources

    def engine(listen):
        from penwright.engine.scripted import ScriptedEngine  # as the real one it is loaded when it is wanted

        return ScriptedEngine(listen, ())

    application = make_application()
    catalogue = Catalogue(resources() / "i18n")
    desk = Desk(application, Folders.under(Path(folder)), catalogue, engine)
    window = desk.open_window()
    window.activateWindow()
    window.area.setFocus()
    turn_until(watch_paint(window.area.viewport()))
    if furnished:
        desk.furnish()
    return desk, window


def keys(size: int, folder: str) -> dict[str, float]:
    """Type into the middle of a text of this size; milliseconds from each key's due time to its paint."""
    from penwright.ui.typist import press

    _desk, window = desk_window(folder)
    area = window.area
    area.load_text(prose(size))
    turn_until(lambda: area.tally.words > 0, 120)
    cursor = area.textCursor()
    # The same paragraphs come again after so many, so that it is the same one in a text of any size.
    paragraph = 5 + PERIOD * (area.blockCount() // 4 // PERIOD)
    block = area.document().findBlockByNumber(2 * paragraph)
    cursor.setPosition(block.position() + block.length() // 2)
    area.go_to(cursor)
    painted = watch_paint(area.viewport())
    turn_until(painted)
    found = []
    due = time.perf_counter() + 0.5
    text = itertools.cycle("and so the words went on, one after another. ")
    for number in range(600):
        turn_until(lambda due=due: time.perf_counter() >= due)
        painted()
        press(area, "\n" if number % 80 == 79 else next(text))
        turn_until(painted)
        if number >= 50:
            found.append((time.perf_counter() - due) * 1000)
        due = max(due + KEY_MS / 1000, time.perf_counter())
    found.sort()
    return {"p50_ms": found[len(found) // 2], "p99_ms": found[int(len(found) * 0.99)]}


def opened(size: int, folder: str) -> dict[str, float]:
    """Open a file of this size in the desk; milliseconds until it is painted and can be written on."""
    path = Path(folder) / "long.md"
    path.write_text(prose(size), "utf-8")
    _desk, window = desk_window(folder)
    painted = watch_paint(window.area.viewport())
    rest(0.5)
    gap = Gap()
    start, used = time.perf_counter(), time.process_time()
    window.open_path(path)
    turn_until(lambda: not window.filing.busy and window.area.document().characterCount() > 1000)
    painted()
    turn_until(painted)
    return {
        "ms": (time.perf_counter() - start) * 1000,
        "cpu_ms": (time.process_time() - used) * 1000,
        "gap_ms": gap.longest(),
    }


def plain(size: int, _folder: str) -> dict[str, float]:
    """The same for a QPlainTextEdit, which is given the text."""
    from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

    application = QApplication([])
    text = prose(size)
    window = QMainWindow()
    edit = QPlainTextEdit()
    window.setCentralWidget(edit)
    window.resize(960, 720)
    window.show()
    painted = watch_paint(edit.viewport())
    turn_until(painted)
    start, used = time.perf_counter(), time.process_time()
    edit.setPlainText(text)
    painted()
    turn_until(painted)
    taken = {"ms": (time.perf_counter() - start) * 1000, "cpu_ms": (time.process_time() - used) * 1000}
    del application
    return taken


def memory(size: int, folder: str) -> dict[str, float]:
    """Megabytes that an open text takes above the empty desk, once all of it was counted."""
    import psutil

    path = Path(folder) / "long.md"
    path.write_text(prose(size), "utf-8")
    _desk, window = desk_window(folder)
    rest(0.5)
    process = psutil.Process()
    before = process.memory_info().rss
    window.open_path(path)
    turn_until(lambda: not window.filing.busy and window.area.tally.words > 0, 120)
    rest(1.0)
    return {"mb": (process.memory_info().rss - before) / 1e6}


def search(size: int, folder: str) -> dict[str, float]:
    """Search a long text and save it; milliseconds, and the longest time that the window stood still."""
    path = Path(folder) / "long.md"
    path.write_text(prose(size), "utf-8")
    desk, window = desk_window(folder)
    window.open_path(path)
    turn_until(lambda: not window.filing.busy and window.area.tally.words > 0, 120)
    rest(0.5)
    bar = desk.seats[window].find_bar
    bar.open_bar()
    gap = Gap()
    start = time.perf_counter()
    bar.field.setText("landing")
    turn_until(lambda: not bar.finder.busy and len(bar.finder.hits) > 0)
    found = (time.perf_counter() - start) * 1000
    search_gap = gap.longest()
    window.area.insert_pasted("x")
    rest(1.0)
    gap = Gap()
    start = time.perf_counter()
    window.filing.save()
    turn_until(lambda: not window.filing.busy)
    return {
        "search_ms": found,
        "search_gap_ms": search_gap,
        "save_ms": (time.perf_counter() - start) * 1000,
        "save_gap_ms": gap.longest(),
    }


def start(_size: int, folder: str) -> dict[str, float]:
    """Start the desk until its window is painted and has the keys; the caller holds the clock."""
    desk_window(folder, furnished=False)
    return {"cpu_ms": time.process_time() * 1000}


def bare(_size: int, _folder: str) -> dict[str, float]:
    """The same for a window with a QPlainTextEdit and nothing else."""
    from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

    application = QApplication([])
    window = QMainWindow()
    edit = QPlainTextEdit()
    window.setCentralWidget(edit)
    window.resize(960, 720)
    window.show()
    window.activateWindow()
    edit.setFocus()
    turn_until(watch_paint(edit.viewport()))
    del application
    return {"cpu_ms": time.process_time() * 1000}


class Gap:
    """The longest time between two turns of the event loop."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._last = time.perf_counter()
        self._longest = 0.0
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now

    def longest(self) -> float:
        """Return it in milliseconds, and watch no longer."""
        self._look()
        self._timer.stop()
        return self._longest * 1000


def rest(seconds: float) -> None:
    """Have the event loop turn for so long."""
    end = time.perf_counter() + seconds
    turn_until(lambda: time.perf_counter() >= end)


SAMPLES = {sample.__name__: sample for sample in (keys, opened, plain, memory, search, start, bare)}

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as made:
        figures = SAMPLES[sys.argv[1]](int(sys.argv[2]), made)
        print(json.dumps(figures), flush=True)
    os._exit(0)  # what runs in the background is not waited for
