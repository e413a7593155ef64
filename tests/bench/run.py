"""Measurements of the window with the real engine: `python3 packaging/dev.py bench [--keys N] [--json]`.

What is printed: milliseconds from a key's event to the paint of the ghost that answers it, beside the time
that the same requests take the engine alone (ratio = window / engine); and the longest gap in the event loop
meanwhile, beside that of the same typing with an engine that answers nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT / "tests" / "bench" / "passage.txt"


def main() -> int:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=100, help="answered keys to measure")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT / "tests" / "bench"))
    import keystrokes

    figures = keystrokes.measure(TEXT.read_text("utf-8"), options.keys)
    figures["load_average"] = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    figures["measured"] = time.strftime("%Y-%m-%d")
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:<34} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
