"""Take the pictures of the README and of software shops anew.

    .venv/bin/python packaging/linux/screenshots.py

The real window, on an X server of its own (Xvfb), with folders of its own. In "writing" it is the starter
model that suggests. No model that rewrites comes along, so in "review" the rewriting is written below, and
all the rest is what the program makes of it. Noto Serif and Noto Sans are taken, or the system's own faces.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase

from penwright.app.desk import Desk
from penwright.app.starting import Application, make_application
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.engine.messages import Ready
from penwright.engine.scripted import ScriptedEngine
from penwright.storage.settings import Settings
from penwright.storage.settings_file import SettingsFile
from penwright.ui.demo import Demo, Outcome
from penwright.ui.window import DeskWindow

SIZE = (1200, 675)  # pixels, 16:9 as software shops show pictures
_PATIENCE = 60.0  # seconds

STORY = "\n\n".join(
    (
        "# The Landing",
        "## Evening",
        "The ferry had gone at six, and nobody on the quay had expected it to go so early. "
        "Only the dog saw it off.",
        "Mr. Hale came up from the water with his coat over his arm. He had walked the whole length of the "
        "*long mole* to be sure of it, and he was sure of it now: there would be no boat before the morning.",
        "## The Inn",
        "The room was low and warm, and smelled of bread. ",
    )
)
TYPED = "He took off his hat and sat"
PASSAGE = (
    "He had walked the whole entire length of the mole in order to be certain of it, and he were certain of "
    "it now: there would not be any boat at all before the morning."
)
REWRITTEN = (
    "He had walked the whole length of the mole to be certain of it, and he was certain of it now: "
    "there would be no boat before the morning."
)
CHINESE = """# 渡口

## 傍晚

清晨六点，老渡船离开了码头。岸上没有人料到它走得这么早，只有那只狗目送它远去。

海尔先生把外套搭在臂弯里，从水边走上来。他走完了**整条长堤**，就是为了确认这件事；现在他确认了：天亮之前不会再有船。

## 客栈

屋子低矮而暖和，有面包的香味。他摘下帽子，在窗边坐下，听着雨声，"""


def main() -> int:
    """Take all pictures, or those that are named."""
    shots: dict[str, Callable[[Studio], None]] = {
        "writing": writing,
        "review": review,
        "dark": dark,
        "chinese": chinese,
    }
    parser = argparse.ArgumentParser(description="Take the pictures of the window anew.")
    parser.add_argument("--only", action="append", choices=list(shots), help="this one; may be told again")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("screenshots"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with display():
        application = make_application()
        if "Noto Sans" in QFontDatabase.families():
            application.setFont(QFont("Noto Sans", 10))
        for name in options.only or shots:
            with tempfile.TemporaryDirectory(prefix="penwright-shots-") as folder:
                studio = Studio(application, Path(folder), scripted=name == "review")
                shots[name](studio)
                studio.take(options.out / f"{name}.png")
        application.shutdown()
    return 0


@contextmanager
def display() -> Iterator[None]:
    """Have an X server for as long as this lasts, of a desktop that can be asked to be dark."""
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(theirs,), stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        with os.fdopen(ours) as told:
            os.environ["DISPLAY"] = f":{told.readline().strip()}"
        os.environ |= {"QT_QPA_PLATFORM": "xcb", "XDG_CURRENT_DESKTOP": "GNOME"}
        os.environ["QT_LOGGING_RULES"] = "qt.qpa.theme.*=false"  # no bus is needed
        try:
            yield
        finally:
            server.terminate()


class Studio:
    """A window of the right size, and time passing in it."""

    def __init__(self, application: Application, folder: Path, *, scripted: bool) -> None:
        self.application = application
        self.engines: list[ScriptedEngine] = []
        folders = Folders.under(folder)
        font = "Noto Serif" if "Noto Serif" in QFontDatabase.families() else None
        SettingsFile(folders.config).save(Settings(seen_tab_hint=True, font=font))
        start = self._start if scripted else None
        self.desk = Desk(application, folders, Catalogue(resources() / "i18n"), start, lambda: False)
        self.window: DeskWindow = self.desk.open_window()
        self.window.resize(*SIZE)
        self.window.activateWindow()
        self.area = self.window.area
        self.area.setFocus()
        self.desk.furnish()
        self.desk.rooms.engines.load()
        self.until(lambda: self.desk.rooms.engines.ready is not None)

    def _start(self, listener: Callable[..., None]) -> ScriptedEngine:
        chat = "{% for m in messages %}{{ m.content }}\n{% endfor %}"
        model = Ready(1, "Writing model", "", 1, 1, 9999, 9999, 1, 1, 1.0, "", "", chat_template=chat)
        self.engines.append(ScriptedEngine(listener, at_once=False, model=model, room=100_000))
        return self.engines[-1]

    def load(self, text: str, after: str = "") -> None:
        """Show a text with the caret at its end, or before what comes `after`."""
        self.area.load_text(text + after)
        cursor = self.area.textCursor()
        cursor.setPosition(len(text))  # nothing here is beyond the basic plane
        self.area.setTextCursor(cursor)

    def until(self, true: Callable[[], object]) -> None:
        """Let the window live until this holds. Raises TimeoutError."""
        last = time.monotonic() + _PATIENCE
        while not true():
            if time.monotonic() > last:
                raise TimeoutError("The window did not come to what is to be seen.")
            self.application.processEvents()
            time.sleep(0.005)

    def rest(self, seconds: float = 0.5) -> None:
        """Let what moves or fades come to rest."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)

    def take(self, picture: Path) -> None:
        """Save the picture and close the window."""
        self.rest()
        assert self.window.grab().save(str(picture))
        print(f"{picture} ({picture.stat().st_size / 1000:.0f} kB)")
        self.desk.close()
        self.application.styleHints().unsetColorScheme()
        self.rest(0.1)


def writing(studio: Studio) -> None:
    """Show a sentence typed by key events, and what the starter model suggests."""
    studio.load(STORY)
    seen: list[Outcome] = []
    demo = Demo(studio.area, TYPED)
    demo.finished.connect(seen.append)
    demo.start()
    studio.until(lambda: seen)


def review(studio: Studio) -> None:
    """Show a paragraph's rewriting, change by change."""
    seat = studio.desk.seats[studio.window]
    studio.load(STORY[: STORY.index("He had walked")] + PASSAGE)
    seat.styles.room.look()
    studio.until(lambda: seat.styles.room.read)
    seat.styles.run("shorten")
    studio.until(lambda: any(engine.composes for engine in studio.engines))
    engine = next(engine for engine in studio.engines if engine.composes)
    paragraph = studio.area.text().splitlines()[-1]
    engine.stream(paragraph.replace(PASSAGE, REWRITTEN))
    engine.finish()
    studio.until(lambda: seat.review.active)


def dark(studio: Studio) -> None:
    """Show the desk at night, with its outline."""
    studio.application.styleHints().setColorScheme(Qt.ColorScheme.Dark)
    studio.load(STORY + TYPED + " down by the window to wait for it.", "\n\n## Morning\n\n## The Boat")
    studio.window.commands["go.outline"].trigger()


def chinese(studio: Studio) -> None:
    """Show a Chinese text."""
    studio.load(CHINESE)


if __name__ == "__main__":
    raise SystemExit(main())
