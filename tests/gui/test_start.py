"""What the page opens without, and that what it gets later comes in small portions."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LATER = {
    *("charset_normalizer", "docx", "http.client", "jinja2", "lxml", "mammoth", "markdown_it", "numpy"),
    *("psutil", "pypdf", "penwright.modelstore.store", "penwright.formats.markdown_in"),
}
# What is wanted soon, and not before the first page can be written in.
SOON = {
    *("asyncio", "filelock", "hashlib", "logging.handlers", "regex", "subprocess", "tomllib"),
    *("PySide6.QtNetwork", "penwright.app.engines", "penwright.app.rooms", "penwright.app.seat"),
    *("penwright.core.checking", "penwright.core.counting", "penwright.core.flow", "penwright.ui.review"),
}
# A terminal is answered without any of it.
NOT_OF_A_TERMINAL = {*LATER, *SOON, "PySide6", "penwright.ui", "penwright.engine.client"} - {
    *("tomllib", "hashlib", "subprocess", "psutil")
}
AT_ONCE = 8  # modules of ours in one step


def printed(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout


def test_the_page_opens_without_what_is_needed_later() -> None:
    code = f"import sys, penwright.app.starting; print(*sorted({LATER | SOON!r} & set(sys.modules)))"
    assert printed(code).split() == [], "import it where it is used, or let app.inventory bring it in"


def test_what_comes_after_the_first_paint_comes_in_small_steps() -> None:
    code = """
import json, sys, penwright.app.starting
from penwright.app.inventory import ENGINES, ROOMS
from penwright.ui.furnishing import bring_in
steps, names = [], iter((*ENGINES, *ROOMS))
while True:
    before = set(sys.modules)
    name = next(names, None)
    if name is None:
        break
    list(bring_in([name]))
    steps.append((name, sorted(each for each in set(sys.modules) - before if each.startswith("penwright"))))
print(json.dumps(steps))
"""
    steps = json.loads(printed(code))
    large = {name: new for name, new in steps if len(new) > AT_ONCE}
    assert not large, "name some of these before it in app.inventory"
    assert steps[-1][0] == "penwright.app.rooms"
    assert LATER & {each for _name, new in steps for each in new} == set()


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_a_terminal_is_answered_without_the_window(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["penwright", *{arguments!r}]
from penwright.__main__ import main
try:
    main()
except SystemExit:
    pass
print()
print("loaded", *sorted({NOT_OF_A_TERMINAL!r} & set(sys.modules)))
"""
    assert printed(code).splitlines()[-1] == "loaded"
