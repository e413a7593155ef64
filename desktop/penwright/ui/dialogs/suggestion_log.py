"""The dialog with the log of suggestions, the switch that keeps it and the button that erases it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

_MOST_SHOWN = 500  # entries; the file holds more

Entry = Mapping[str, object]


class LogDialog(QDialog):
    """Entries, the newest first, beside which the writer can go on writing.

    keeping_chosen(bool): the switch. reading_asked(), erasing_asked(): what comes of it is given to `take`.
    """

    keeping_chosen = Signal(bool)
    reading_asked = Signal()
    erasing_asked = Signal()

    def __init__(self, *, keeping: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Suggestion Log"))
        about = QLabel(
            self.tr(
                "What was suggested, or why nothing was, and what became of it. It holds words of your "
                "texts, stays on this machine, and only you may read it. The oldest entries make way for "
                "new ones."
            )
        )
        about.setWordWrap(True)
        self.keep = QCheckBox(self.tr("&Keep a log of suggestions"))
        self.keep.setChecked(keeping)
        self.keep.toggled.connect(self.keeping_chosen)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Entries, newest first"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.refresh = self.buttons.addButton(self.tr("&Refresh"), role)
        self.erase = self.buttons.addButton(self.tr("&Erase"), QDialogButtonBox.ButtonRole.DestructiveRole)
        self.refresh.clicked.connect(self.reading_asked)
        self.erase.clicked.connect(self.erasing_asked)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(self.keep)
        column.addWidget(self.text, 1)
        column.addWidget(self.buttons)
        self.resize(640, 480)

    def take(self, entries: Sequence[Entry]) -> None:
        """Show these entries."""
        shown = entries[:_MOST_SHOWN]
        words = [self._words(entry) for entry in shown]
        if len(entries) > len(shown):
            words.append(self.tr("… and {0} earlier ones.").format(len(entries) - len(shown)))
        self.text.setPlainText("\n\n".join(words) if words else self.tr("No entries."))
        self.erase.setEnabled(bool(entries))

    def _words(self, entry: Entry) -> str:
        """Return an entry for people; whatever a damaged one lacks is left out."""
        before, after = str(entry.get("before", "")), str(entry.get("after", ""))
        lines = [f"{entry.get('time', '')}  {self._fate(entry)}", f"…{before}|{after}".replace("\n", "¶")]
        candidates = entry.get("answers")
        for answer in candidates if isinstance(candidates, list) else ():
            if isinstance(answer, dict):
                lines.append(
                    self.tr("    “{0}”  first word {1}, mean {2}, margin {3}, end {4}").format(
                        answer.get("text", ""),
                        answer.get("first_word", ""),
                        answer.get("mean_logprob", ""),
                        answer.get("margin", ""),
                        answer.get("end_mass", ""),
                    )
                )
        return "\n".join(lines)

    def _fate(self, entry: Entry) -> str:
        likely = entry.get("likely", "")
        if entry.get("fate") == "withheld":
            return self.tr("not shown: {0} ({1})").format(self._reason(str(entry.get("reason", ""))), likely)
        words = {
            "unseen": self.tr("typed over before it showed"),
            "typed": self.tr("typed to its end"),
            "taken": self.tr("taken"),
            "left": self.tr("left"),
            "dismissed": self.tr("sent away"),
        }
        fate = words.get(str(entry.get("fate")), str(entry.get("fate")))
        return self.tr("“{0}” ({1}): {2}; {3} letters taken, {4} typed").format(
            entry.get("shown", ""), likely, fate, entry.get("taken", 0), entry.get("typed", 0)
        )

    def _reason(self, name: str) -> str:
        reasons = {
            "empty": self.tr("the model wrote nothing"),
            "copies": self.tr("it only says what follows"),
            "inside": self.tr("the caret is within a word"),
            "garbled": self.tr("broken letters"),
            "markup": self.tr("markup of a prompt"),
            "marks": self.tr("a run of marks"),
            "banned": self.tr("a phrase of your list"),
            "script": self.tr("Latin letters after Chinese or Japanese"),
            "glued": self.tr("a capital within a word"),
            "repeats": self.tr("it was just said"),
            "unsure": self.tr("not sure enough"),
            "slight": self.tr("too short to be worth a key"),
        }
        return reasons.get(name, name)
