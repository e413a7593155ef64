"""Colours with names: two themes in files, and the one that fits the system."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette, QStyleHints
from PySide6.QtWidgets import QWidget

from penwright.base.errors import SettingsError

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Theme:
    """The tokens of a theme, each a colour as #rrggbb.

    paper: the sheet. ink: the writer's text. ghost: suggested text, clearly not ink and still to be read.
    accent: the caret, and the thing to do next. line: rules between parts of the window.
    """

    paper: str
    ink: str
    ghost: str
    accent: str
    insert: str
    delete: str
    warn: str
    line: str
    selection: str

    @property
    def quiet(self) -> str:
        """Ink that steps back, for the status line and for marks: two thirds of the way from paper."""
        return mixed(self.paper, self.ink, 0.66)

    def palette(self) -> QPalette:
        """Return the colours as Qt's own widgets take them."""
        role = QPalette.ColorRole
        palette = QPalette()
        for where, colour in (
            (role.Window, self.paper),
            (role.Base, self.paper),
            (role.AlternateBase, mixed(self.paper, self.ink, 0.04)),
            (role.Button, mixed(self.paper, self.ink, 0.06)),
            (role.ToolTipBase, self.paper),
            (role.WindowText, self.ink),
            (role.Text, self.ink),
            (role.ButtonText, self.ink),
            (role.ToolTipText, self.ink),
            (role.PlaceholderText, self.quiet),
            (role.Highlight, self.selection),
            (role.HighlightedText, self.ink),
            (role.Link, self.accent),
            (role.Accent, self.accent),
            (role.Mid, self.line),
        ):
            palette.setColor(where, QColor(colour))
        for where in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(mixed(self.paper, self.ink, 0.42)))
        return palette

    def dress(self, window: QWidget, more: str = "") -> None:
        """Give a window these colours; more: rules of its own, beside the style sheet's."""
        window.setStyleSheet(self.style_sheet() + more)
        window.setPalette(self.palette())  # afterwards: another style sheet brings back the palette before

    def style_sheet(self) -> str:
        """Return the few rules that a palette can't express."""
        hover = mixed(self.paper, self.ink, 0.07)
        return f"""
            QMenuBar {{ background: {self.paper}; color: {self.quiet}; border: none; padding: 2px 6px; }}
            QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
            QMenuBar::item:selected {{ background: {hover}; color: {self.ink}; }}
            QMenu {{
                background: {self.paper}; color: {self.ink}; border: 1px solid {self.line}; padding: 4px;
            }}
            QMenu::item {{ padding: 5px 24px 5px 24px; border-radius: 4px; }}
            QMenu::item:selected {{ background: {self.selection}; }}
            QMenu::item:disabled {{ color: {mixed(self.paper, self.ink, 0.42)}; }}
            QMenu::separator {{ height: 1px; background: {self.line}; margin: 4px 8px; }}
            QScrollBar:vertical {{ background: {self.paper}; width: 10px; margin: 0; border: none; }}
            QScrollBar::handle:vertical {{
                background: {mixed(self.paper, self.ink, 0.16)}; border-radius: 3px; min-height: 32px;
                margin: 2px;
            }}
            QScrollBar::handle:vertical:hover {{ background: {mixed(self.paper, self.ink, 0.32)}; }}
            QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
            QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: none; }}
            #status, #notice, #offer, #find {{
                background: {self.paper}; border: none; border-top: 1px solid {self.line};
            }}
            #variants, #review, #review QPlainTextEdit {{
                background: {self.paper}; color: {self.ink}; border: none;
            }}
            QSplitter::handle {{ background: {self.line}; }}
            #status QLabel {{ color: {self.quiet}; }}
            #panel {{ background: {mixed(self.paper, self.ink, 0.04)}; border: none; }}
            #panel QLabel, #panel QToolButton {{ color: {self.quiet}; }}
            #variants QLabel {{ color: {self.quiet}; }}
            #variants QPlainTextEdit {{
                background: {self.paper}; color: {self.ink}; border: 1px solid {self.line};
                border-radius: 4px;
            }}
            #variants QPlainTextEdit:focus {{ border-color: {self.accent}; }}
            #panel QLabel#field, #panel QCheckBox {{ color: {self.ink}; }}
            #panel QLabel#formTitle {{ color: {self.ink}; font-weight: bold; }}
            #panel QLabel#warning {{ color: {self.warn}; }}
            #panel QScrollArea, #panel #formPage {{ background: transparent; }}
            #panel QLineEdit, #panel QPlainTextEdit, #panel QComboBox, #panel QSpinBox {{
                background: {self.paper}; color: {self.ink}; border: 1px solid {self.line};
                border-radius: 4px; padding: 4px 6px;
            }}
            #panel QLineEdit:focus, #panel QPlainTextEdit:focus, #panel QComboBox:focus,
            #panel QSpinBox:focus {{ border-color: {self.accent}; }}
            #panel QComboBox QAbstractItemView {{
                background: {self.paper}; color: {self.ink}; selection-background-color: {self.selection};
                selection-color: {self.ink};
            }}
            #panel QPushButton, #variants QPushButton {{
                background: transparent; color: {self.accent}; border: 1px solid {self.line};
                border-radius: 4px; padding: 4px 10px;
            }}
            #panel QPushButton:hover, #panel QPushButton:focus,
            #variants QPushButton:hover, #variants QPushButton:focus {{
                background: {hover}; border-color: {self.accent};
            }}
            #panel QPushButton:disabled, #variants QPushButton:disabled {{
                color: {mixed(self.paper, self.ink, 0.42)};
            }}
            #panel QTreeView {{
                background: transparent; color: {self.ink}; border: none; outline: none;
                selection-background-color: transparent; show-decoration-selected: 0;
            }}
            #panel QTreeView::branch {{ background: transparent; }}
            #panel QTreeView::item {{ padding: 4px 4px; }}
            #panel QTreeView::item:hover {{ background: {hover}; }}
            #panel QTreeView::item:selected {{ background: {self.selection}; color: {self.ink}; }}
            #palette {{ background: {self.paper}; border: 1px solid {self.line}; border-radius: 6px; }}
            #palette QLineEdit {{
                background: {self.paper}; color: {self.ink}; border: none;
                border-bottom: 1px solid {self.line}; padding: 6px;
            }}
            #palette QTreeView {{ background: {self.paper}; color: {self.ink}; border: none; outline: none; }}
            #palette QTreeView::item {{ padding: 4px 6px; }}
            #palette QTreeView::item:selected {{ background: {self.selection}; color: {self.ink}; }}
            #notice QLabel {{ color: {self.ink}; }}
            #offer QLabel, #notice QLabel#quiet, #find QLabel {{ color: {self.quiet}; }}
            #find QLineEdit {{
                background: {self.paper}; color: {self.ink}; border: 1px solid {self.line};
                border-radius: 4px; padding: 4px 8px;
            }}
            #find QLineEdit:focus {{ border-color: {self.accent}; }}
            #notice QPushButton, #offer QPushButton, #find QPushButton {{
                background: transparent; color: {self.accent}; border: 1px solid {self.line};
                border-radius: 4px; padding: 4px 12px;
            }}
            #notice QPushButton:hover, #notice QPushButton:focus,
            #offer QPushButton:hover, #offer QPushButton:focus,
            #find QPushButton:hover, #find QPushButton:focus {{
                background: {hover}; border-color: {self.accent};
            }}
            #find QPushButton {{ padding: 4px 8px; }}
            #find QPushButton:checked {{ background: {self.selection}; color: {self.ink}; }}
        """


def page_style_sheet(theme: Theme) -> str:
    """Return the rules of a page beside the sheet: lists, tabs, buttons and fields in the theme's colours.

    A palette doesn't reach widgets below one that has a style sheet, so they are named here.
    """
    hover = mixed(theme.paper, theme.ink, 0.07)
    faint = mixed(theme.paper, theme.ink, 0.42)
    return f"""
        QDialog, QTabWidget, QTabWidget QWidget {{ background: {theme.paper}; color: {theme.ink}; }}
        QTabWidget::pane {{ border: none; border-top: 1px solid {theme.line}; }}
        QTabBar::tab {{
            background: {theme.paper}; color: {theme.quiet}; padding: 6px 12px;
            border: none; border-bottom: 2px solid transparent;
        }}
        QTabBar::tab:selected {{ color: {theme.ink}; border-bottom: 2px solid {theme.accent}; }}
        QTabBar::tab:focus {{ background: {hover}; }}
        QTreeView {{ border: none; outline: none; }}
        QTreeView::item {{ padding: 4px 2px; }}
        QTreeView::item:selected {{ background: {theme.selection}; color: {theme.ink}; }}
        QHeaderView::section {{
            background: {theme.paper}; color: {theme.quiet}; padding: 4px; border: none;
            border-bottom: 1px solid {theme.line};
        }}
        QLabel {{ color: {theme.ink}; }}
        QLabel#quiet {{ color: {theme.quiet}; }}
        QLabel#head {{ color: {theme.ink}; font-weight: bold; padding-bottom: 8px; }}
        QWidget#fields, QCheckBox, QSpinBox, QComboBox {{ background: {theme.paper}; color: {theme.ink}; }}
        QCheckBox::indicator:unchecked {{
            width: 12px; height: 12px; border: 1px solid {theme.quiet}; border-radius: 2px;
        }}
        QListWidget {{ background: {theme.paper}; color: {theme.ink}; border: none; outline: none; }}
        QListWidget::item {{ padding: 5px 8px; border-radius: 4px; }}
        QListWidget::item:selected {{ background: {theme.selection}; color: {theme.ink}; }}
        QLineEdit, QPlainTextEdit {{
            background: {theme.paper}; color: {theme.ink}; border: 1px solid {theme.line};
            border-radius: 4px; padding: 5px 8px;
        }}
        QPushButton {{
            background: transparent; color: {theme.accent}; border: 1px solid {theme.line};
            border-radius: 4px; padding: 5px 12px;
        }}
        QPushButton:hover, QPushButton:focus, QLineEdit:focus, QPlainTextEdit:focus {{
            background: {hover}; border-color: {theme.accent};
        }}
        QPushButton:disabled {{ color: {faint}; }}
    """


def load_theme(path: Path) -> Theme:
    """Read a theme. Raises SettingsError with key theme.bad when it is not whole and right."""
    try:
        table = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _bad(path, str(error)) from error
    if not isinstance(table, dict):
        raise _bad(path, "it is no table")
    wanted = {field.name for field in fields(Theme)}
    if unknown := sorted(table.keys() - wanted):
        raise _bad(path, f"unknown: {', '.join(unknown)}")
    if missing := sorted(wanted - table.keys()):
        raise _bad(path, f"missing: {', '.join(missing)}")
    colours: dict[str, str] = {}
    for name, value in table.items():
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise _bad(path, f"{name} = {value!r}")
        colours[name] = value.lower()
    return Theme(**colours)


def _bad(path: Path, why: str) -> SettingsError:
    return SettingsError("theme.bad", file=path.name, why=why)


def mixed(ground: str, colour: str, share: float) -> str:
    """Return `colour` laid over `ground`, `share` (0 to 1) of it."""
    pairs = ((int(ground[i : i + 2], 16), int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 reckons it: 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Themes(QObject):
    """The light and the dark theme, and which of them is `current`.

    It follows the system while the program runs; `changed` carries the new Theme.
    hints: the application's QStyleHints, or None to stay light.
    """

    changed = Signal(object)

    def __init__(self, light: Theme, dark: Theme, hints: QStyleHints | None = None) -> None:
        super().__init__()
        self._light, self._dark = light, dark
        self.current = light
        if hints is not None:
            self.current = self._for(hints.colorScheme())
            hints.colorSchemeChanged.connect(self._follow)

    @classmethod
    def from_folder(cls, folder: Path, hints: QStyleHints | None = None) -> Themes:
        """Read light.json and dark.json. Raises SettingsError."""
        return cls(load_theme(folder / "light.json"), load_theme(folder / "dark.json"), hints)

    def _for(self, scheme: Qt.ColorScheme) -> Theme:
        return self._dark if scheme == Qt.ColorScheme.Dark else self._light

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        theme = self._for(scheme)
        if theme is not self.current:
            self.current = theme
            self.changed.emit(theme)
