"""How many threads an answer gets."""

from __future__ import annotations

import os

import psutil


def default_threads() -> int:
    """Return how many threads an inline answer gets: one on two cores, else all physical ones but one.

    One thread beats two on a busy two-core machine (p50 5.5 to 8 ms a token against 16 to 21): whoever
    waits for the slower thread waits for the other program.
    """
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return max(1, cores - 1)
