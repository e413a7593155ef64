"""The Qt binding keeps its references: PySide6 6.12.0 drops one of True at each signal, one of None at each
setPlainText, and on Python 3.11, where these are counted, the process ends after some thousands of keys.
"""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot


class _Sender(QObject):
    happened = Signal(object)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None, True and False are immortal from 3.12 on")
def test_signals_and_texts_drop_no_reference(qtbot: QtBot) -> None:
    sender, sheet = _Sender(), QPlainTextEdit()
    qtbot.addWidget(sheet)
    before = [sys.getrefcount(value) for value in (None, True, False)]
    for _ in range(300):
        sender.happened.emit("a")
        sheet.setPlainText("a")
        sheet.textCursor().insertText("b")
    after = [sys.getrefcount(value) for value in (None, True, False)]
    assert all(later > earlier - 100 for earlier, later in zip(before, after, strict=True))
