"""The questions that need a dialog: which file, and what to do with unsaved work."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6 import QtWidgets  # whose dialogs are made for Python, with all their names, when one is shown
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget


class Unsaved(Enum):
    """What becomes of unsaved work when its window closes."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Asking", text)


class Asking:
    """Asks with the platform's own dialogs; tests put another in its place. None means cancelled."""

    def open_path(self, parent: QWidget, folder: Path | None) -> Path | None:
        """Ask which text to open."""
        return _path(
            QtWidgets.QFileDialog.getOpenFileName(parent, _tr("Open"), str(folder or ""), _text_kinds())[0]
        )

    def save_path(self, parent: QWidget, suggested: Path) -> Path | None:
        """Ask where to save; the dialog asks before it returns a file that exists."""
        return _path(
            QtWidgets.QFileDialog.getSaveFileName(parent, _tr("Save As"), str(suggested), _text_kinds())[0]
        )

    def import_path(self, parent: QWidget, folder: Path | None) -> Path | None:
        """Ask which document of another program to bring in."""
        kinds = _tr("Documents (*.docx *.odt *.html *.htm *.txt)") + ";;" + _tr("All files (*)")
        return _path(
            QtWidgets.QFileDialog.getOpenFileName(parent, _tr("Import"), str(folder or ""), kinds)[0]
        )

    def export_path(self, parent: QWidget, suggested: Path) -> Path | None:
        """Ask where to export to; the dialog asks before it returns a file that exists."""
        kind = f"{suggested.suffix} (*{suggested.suffix})"
        return _path(QtWidgets.QFileDialog.getSaveFileName(parent, _tr("Export"), str(suggested), kind)[0])

    def model_path(self, parent: QWidget) -> Path | None:
        """Ask which model file to use."""
        kinds = _tr("Models (*.gguf)") + ";;" + _tr("All files (*)")
        return _path(QtWidgets.QFileDialog.getOpenFileName(parent, _tr("Use a Model File"), "", kinds)[0])

    def unsaved(self, parent: QWidget, name: str) -> Unsaved:
        """Ask what becomes of unsaved work. The window waits for the answer: only here it does."""
        box = QtWidgets.QMessageBox(parent)
        box.setIcon(QtWidgets.QMessageBox.Icon.Warning)
        box.setText(_tr("Save your changes to {0}?").format(name))
        box.setInformativeText(_tr("If you don't save, they are lost."))
        buttons = QtWidgets.QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.button(buttons.Discard).setText(_tr("&Don't Save"))
        box.setDefaultButton(buttons.Save)
        box.setEscapeButton(buttons.Cancel)
        answer = box.exec()
        box.deleteLater()
        if answer == buttons.Save:
            return Unsaved.SAVE
        return Unsaved.DISCARD if answer == buttons.Discard else Unsaved.CANCEL


def _text_kinds() -> str:
    return _tr("Texts (*.md *.markdown *.txt *.text *.docx *.odt)") + ";;" + _tr("All files (*)")


def _path(chosen: str) -> Path | None:
    return Path(chosen) if chosen else None
