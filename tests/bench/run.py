"""Measurements of the window with the real engine: `python3 packaging/dev.py bench [--keys N] [--json]`.

What is printed: milliseconds from a key's event to the paint of the ghost that answers it, beside the time
that the same requests take the engine alone (ratio = window / engine); and how often a minute the event loop
does not turn for more than 16 ms while someone types, beside the same with an engine whose answers are
written beforehand; and what share of a writer's keys is answered without a request, with and without the
recall of answers and the spare requests, and what these cost in tokens.
`penwright bench` measures the engine itself, `dev.py bench downloads` downloads beside curl,
`dev.py bench desk` the window with a long text.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT / "tests" / "bench" / "passage.txt"


def main() -> int:
    """Run the measurements and print them."""
    if sys.argv[1:2] == ["downloads"]:
        sys.path.insert(0, str(ROOT / "tests" / "bench"))
        import downloads

        return downloads.main(sys.argv[2:])
    if sys.argv[1:2] == ["desk"]:
        sys.path.insert(0, str(ROOT / "tests" / "bench"))
        import large

        return large.main(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=100, help="answered keys to measure")
    parser.add_argument("--seconds", type=float, default=60, help="typed with each engine, to count gaps")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT / "tests" / "bench"))
    import asked
    import gaps
    import keystrokes
    from report import report

    from penwright.app.starting import make_application

    application = make_application()
    text = TEXT.read_text("utf-8")
    figures = keystrokes.measure(application, text, options.keys)
    figures |= gaps.compare(application, text, options.seconds)
    figures |= asked.measure(text)
    report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
