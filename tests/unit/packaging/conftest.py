"""Make dev.py's modules importable by packaging/ itself: its parent would shadow PyPI's packaging."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "packaging"))
