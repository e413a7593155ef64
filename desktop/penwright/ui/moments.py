"""Moments, said as the writer's language says them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale


def said_when(when: datetime) -> str:
    """Return day and time of day of a moment, to the second, where the writer is."""
    there = QDateTime.fromSecsSinceEpoch(int(when.timestamp()))
    day = QLocale().toString(there.date(), QLocale.FormatType.ShortFormat)
    return f"{day}  {there.time().toString('HH:mm:ss')}"
