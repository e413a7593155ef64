"""What the window opens without: libraries that take long to load, and that nobody needs yet."""

from __future__ import annotations

import subprocess
import sys

LATER = {
    *(
        "charset_normalizer",
        "docx",
        "http.client",
        "jinja2",
        "lxml",
        "mammoth",
        "markdown_it",
        "numpy",
        "psutil",
    ),
    *("pypdf", "penwright.modelstore.store", "penwright.formats.markdown_in"),
}


def test_the_window_is_built_without_what_is_needed_later() -> None:
    code = f"import sys, penwright.app.starting; print(*sorted(set({LATER!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [], "import it where it is used"
