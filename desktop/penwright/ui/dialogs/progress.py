"""The words of the last days, and the goals."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QMessageBox,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from penwright.core.progress import recent, streak
from penwright.ui.progress import Progress
from penwright.ui.theme import Theme, Themes, mixed, page_style_sheet

_SHOWN_DAYS = 30
_MOST = 100_000  # words of a goal


class DaysChart(QWidget):
    """A bar for each day and a line where the goal is; what it shows is also said in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._days: list[tuple[date, int]] = []
        self._goal = 0
        self._bar = self._missed = self._line = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Words of the last days"))

    def sizeHint(self) -> QSize:
        """Return what lets thirty bars be told apart."""
        return QSize(360, 120)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._bar, self._line = QColor(theme.accent), QColor(theme.quiet)
        self._missed = QColor(mixed(theme.paper, theme.ink, 0.28))
        self.update()

    def show_days(self, days: list[tuple[date, int]], goal: int) -> None:
        """Show these days, the oldest first; goal: 0 for none."""
        self._days, self._goal = days, goal
        locale = self.locale()
        self.setAccessibleDescription(
            "; ".join(f"{_name(locale, day)}: {locale.toString(words)}" for day, words in days if words)
        )
        self.setToolTip("")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars."""
        if not self._days:
            return
        most = max(1, self._goal, *(words for _, words in self._days))
        painter = QPainter(self)
        step, height = self.width() / len(self._days), self.height() - 2
        for number, (_, words) in enumerate(self._days):
            tall = max(0, words) / most * height
            met = words >= max(1, self._goal)
            bar = QRectF(number * step + step * 0.15, height - tall, step * 0.7, tall)
            painter.fillRect(bar, self._bar if met else self._missed)
        painter.setPen(QPen(self._line, 1))
        painter.drawLine(0, height + 1, self.width(), height + 1)
        if self._goal:
            painter.setPen(QPen(self._line, 1, Qt.PenStyle.DashLine))
            level = int(height - self._goal / most * height)
            painter.drawLine(0, level, self.width(), level)
        painter.end()


class ProgressDialog(QDialog):
    """Shows the days beside which one can go on writing.

    session_chosen(int), daily_chosen(int): another goal, in words; 0 for none.
    """

    session_chosen = Signal(int)
    daily_chosen = Signal(int)

    def __init__(
        self, progress: Progress, themes: Themes, session: int, daily: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Goals and Progress"))
        self._progress = progress
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.chart = DaysChart()
        self.session = self._field(session, self.tr("Goal for a sitting"))
        self.daily = self._field(daily, self.tr("Goal for a day"))
        self.session.valueChanged.connect(self.session_chosen)
        self.daily.valueChanged.connect(self.daily_chosen)
        self.daily.valueChanged.connect(self._show)
        form = QFormLayout()
        form.addRow(self.session.accessibleName(), self.session)
        form.addRow(self.daily.accessibleName(), self.daily)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.forget = self.buttons.addButton(
            self.tr("Forget the Days…"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.forget.clicked.connect(self._forget)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.told)
        column.addWidget(self.chart, 1)
        column.addLayout(form)
        column.addWidget(self.buttons)
        progress.changed.connect(self._show)
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)
        self._show()

    def _field(self, words: int, name: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(0, _MOST)
        field.setSingleStep(50)
        field.setGroupSeparatorShown(True)
        field.setSpecialValueText(self.tr("none"))
        field.setSuffix(self.tr(" words"))
        field.setKeyboardTracking(False)
        field.setAccessibleName(name)
        field.setValue(words)
        return field

    def _set_theme(self, theme: Theme) -> None:
        theme.dress(self, page_style_sheet(theme))
        self.chart.set_theme(theme)

    def _show(self) -> None:
        progress, number = self._progress, self.locale().toString
        goal = self.daily.value()
        self.chart.show_days(recent(progress.days, progress.day, _SHOWN_DAYS), goal)
        parts = [
            self.tr("Today: {0} words. This sitting: {1}.").format(
                number(progress.today), number(progress.session)
            )
        ]
        length = streak(progress.days, progress.day, goal)
        if length > 1 and goal:
            parts.append(self.tr("Your goal was met {0} days in a row.").format(number(length)))
        elif length > 1:
            parts.append(self.tr("You wrote {0} days in a row.").format(number(length)))
        self.told.setText(" ".join(parts))

    def _forget(self) -> None:
        """Ask, beside the text, and forget every day."""
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setModal(False)
        box.setText(self.tr("Forget how much you wrote on which day?"))
        box.setInformativeText(self.tr("Your texts stay as they are."))
        forget = box.addButton(self.tr("Forget"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        forget.clicked.connect(self._progress.erase)
        box.show()


def _name(locale: QLocale, day: date) -> str:
    return locale.toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
