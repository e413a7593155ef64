"""Moments, said as the writer's language says them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale


def said_when(when: datetime) -> str:
    """Return day and time of day of a moment, where the writer is."""
    there = QDateTime.fromSecsSinceEpoch(int(when.timestamp()))
    return QLocale().toString(there, QLocale.FormatType.ShortFormat)
