"""Make the modules of dev.py importable by their own folder, so that the library packaging stays in sight."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "packaging"))
