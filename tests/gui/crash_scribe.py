"""A program to be killed: the real windows, into which keys are typed, and a log of what they said and when.

    python crash_scribe.py HOME LOG FILE SEED

It opens FILE and an untitled text, takes back what an earlier run left, and types into both until it is
killed; FILE is saved now and then. Each line of LOG: the time (monotonic, seconds), which text, and its
checksum after a key; "?" in place of that while a key is on its way.
"""

import os
import random
import sys
import time
import zlib
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from penwright.app.desk import Desk
from penwright.app.starting import make_application
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.engine.scripted import ScriptedEngine
from penwright.ui.typist import press, press_key
from penwright.ui.window import DeskWindow

WORDS = ["the", "harbour", "was", "still,", "nobody", "spoke;", "she", "waited", "春天来了", "été", "😀"]


def checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


class Scribe:
    def __init__(self, log: int, windows: dict[str, DeskWindow], choice: random.Random) -> None:
        self.log, self.windows, self.choice = log, windows, choice

    def say(self, name: str, what: object) -> None:
        os.write(self.log, f"{time.monotonic():.6f} {name} {what}\n".encode())

    def states(self) -> None:
        for name, window in self.windows.items():
            self.say(name, checksum(window.area.text()))

    def key(self, name: str) -> None:
        area = self.windows[name].area
        self.say(name, "?")
        chance = self.choice.random()
        if chance < 0.04:
            press_key(area, Qt.Key.Key_Return)
        elif chance < 0.12:
            press_key(area, Qt.Key.Key_Backspace)
        elif chance < 0.14:
            area.undo()
        elif chance < 0.15:
            cursor = area.textCursor()
            cursor.setPosition(self.choice.randrange(area.document().characterCount()))
            area.setTextCursor(cursor)
        elif chance < 0.16:
            area.insertPlainText(" ".join(self.choice.choices(WORDS, k=30)))
        else:
            press(area, self.choice.choice(self.choice.choice(WORDS) + " "))
        self.say(name, checksum(area.text()))

    def type(self) -> None:
        a = self.windows["a"]
        while True:
            self.key("a" if self.choice.random() < 0.6 else "b")
            QTest.qWait(self.choice.choice((1, 8, 30, 60)))
            if self.choice.random() < 0.04 and not a.filing.busy:
                self.say("-", "saving")
                print("saving", flush=True)
                a.filing.save()


def main(home: str, log: str, file: str, seed: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    application = make_application()
    folders = Folders.under(Path(home))
    catalogue = Catalogue(resources() / "i18n")
    desk = Desk(application, folders, catalogue, lambda listen: ScriptedEngine(listen, ()), lambda: False)
    a = desk.open_window(Path(file))
    b = desk.open_window()
    desk.furnish()
    looked: list[int] = []
    desk.rooms.returning.recovery.looked.connect(looked.append)
    desk.rooms.returning.recovery.look(a)
    while not looked or a.filing.busy:
        QTest.qWait(5)
    if desk.rooms.returning.recovery.dialog is not None:
        desk.rooms.returning.recovery.dialog.take_all.click()
    scribe = Scribe(descriptor, {"a": a, "b": b}, random.Random(int(seed)))
    scribe.states()
    print("ready", flush=True)
    scribe.type()


if __name__ == "__main__":
    main(*sys.argv[1:])
