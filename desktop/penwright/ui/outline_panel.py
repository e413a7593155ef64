"""The outline at the left: every heading, to go to and to move sections by."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from penwright.core.markdown.structure import Heading
from penwright.core.outline import Move, fitted, heading_at, levels, move_before, neighbour
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.halves import Halves
from penwright.ui.palette import Entry, Palette
from penwright.ui.sides import Side, Sides

_STEPS = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}
_Drop = QAbstractItemView.DropIndicatorPosition


class OutlineTree(QTreeWidget):
    """Shows headings below one another, each by its number from 0 on.

    chosen(int, bool): go to this heading; and whether the keys stay here.
    dropped(int, int | None): this heading's section is to stand before that one, or at the end.
    stepped(int, int, int): move this section so many places down, and so many levels deeper.
    """

    chosen = Signal(int, bool)
    dropped = Signal(int, object)
    stepped = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIndentation(14)
        self._items: list[QTreeWidgetItem] = []
        self._shown: list[tuple[int, str]] = []
        self.itemClicked.connect(lambda item, _column: self._choose(item, stay=True))
        self.itemActivated.connect(lambda item, _column: self._choose(item, stay=False))

    def fill(self, headings: Iterable[Heading]) -> None:
        """Show these headings; where only words have changed, what is marked and folded stays."""
        wanted = [(heading.level, heading.title) for heading in headings]
        if [level for level, _ in wanted] == [level for level, _ in self._shown]:
            for item, old, new in zip(self._items, self._shown, wanted, strict=True):
                if old != new:
                    self._name(item, new[1])
        else:
            self._build(wanted)
        self._shown = wanted

    def number(self, item: QTreeWidgetItem | None) -> int | None:
        """Return which heading an item shows."""
        return None if item is None else int(item.data(0, Qt.ItemDataRole.UserRole))

    def mark(self, number: int | None) -> None:
        """Mark a heading as the one that is meant, and bring it into view."""
        if number is None:
            self.setCurrentIndex(QModelIndex())
        elif number < len(self._items):
            self.setCurrentItem(self._items[number])

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell where the dragged heading goes; the tree is filled anew from the text, not changed here."""
        dragged = self.number(self.currentItem())
        before = self.target(self.itemAt(event.position().toPoint()), self.dropIndicatorPosition())
        event.setDropAction(Qt.DropAction.IgnoreAction)  # else Qt would take the item away
        event.accept()
        if dragged is not None:
            self.dropped.emit(dragged, before)

    def target(self, item: QTreeWidgetItem | None, where: _Drop) -> int | None:
        """Return before which heading something dropped there goes; None for the end.

        On a heading means behind all of its section, below it means behind its own words.
        """
        number = self.number(item)
        if number is None or where is _Drop.OnViewport:
            return None
        if where is _Drop.AboveItem:
            return number
        after = number + 1
        if where is _Drop.OnItem:
            level = self._shown[number][0]
            while after < len(self._shown) and self._shown[after][0] > level:
                after += 1
        return after if after < len(self._shown) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to a heading with Enter; Alt and an arrow moves its section."""
        number = self.number(self.currentItem())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if number is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(number, False)
        elif number is not None and held == Qt.KeyboardModifier.AltModifier and event.key() in _STEPS:
            self.stepped.emit(number, *_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _choose(self, item: QTreeWidgetItem, *, stay: bool) -> None:
        number = self.number(item)
        if number is not None:
            self.chosen.emit(number, stay)

    def _build(self, wanted: list[tuple[int, str]]) -> None:
        self.clear()
        self._items = []
        above: list[tuple[int, QTreeWidgetItem]] = []
        for level, title in wanted:
            while above and above[-1][0] >= level:
                above.pop()
            item = QTreeWidgetItem(above[-1][1]) if above else QTreeWidgetItem(self)
            item.setData(0, Qt.ItemDataRole.UserRole, len(self._items))
            self._name(item, title)
            above.append((level, item))
            self._items.append(item)
        self.expandAll()

    def _name(self, item: QTreeWidgetItem, title: str) -> None:
        item.setText(0, title or self.tr("(no words)"))
        item.setToolTip(0, title)


class Outline(QWidget):
    """The panel's content; keeps it filled, goes to headings and moves sections, in the half in hand."""

    def __init__(self, halves: Halves, sides: Sides, commands: Commands, palette: Palette) -> None:
        super().__init__(sides)
        self.hide()
        self.setWindowTitle(self.tr("Outline"))
        self._halves, self._sides, self._palette = halves, sides, palette
        self.tree = OutlineTree(self)
        self.tree.setAccessibleName(self.tr("Outline"))
        self._hint = QLabel(self.tr("No headings yet. A line that begins with # and a space is one."))
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._hint)
        column.addWidget(self.tree, 1)
        self.setFocusProxy(self.tree)
        self.tree.chosen.connect(lambda number, stay: self.go_to(number, stay=stay))
        self.tree.dropped.connect(self.move_section)
        self.tree.stepped.connect(self._move)
        halves.first.passages.headings_changed.connect(self._fill)
        halves.each(lambda area: area.cursorPositionChanged.connect(self._mark))
        halves.turned.connect(self._mark)
        sides.changed.connect(self._open)
        self._add_commands(commands)

    @property
    def _area(self) -> WritingArea:
        return self._halves.in_hand

    def go_to(self, number: int, *, stay: bool = False) -> None:
        """Put the caret at a heading's end. stay: the keys stay with the panel."""
        headings = self._area.passages.headings
        if number >= len(headings):
            return
        cursor = QTextCursor(self._area.document().findBlockByNumber(headings[number].line))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        self._area.go_to(cursor)
        if not stay:
            self._halves.take_keys()

    def move_section(self, number: int, before: int | None) -> None:
        """Move a section, with those below it, before another heading, or to the end."""
        headings = self._area.passages.headings
        if number < len(headings) and (before is None or before < len(headings)):
            self._make(move_before(headings, number, before, self._area.blockCount()))

    def _move(self, number: int, down: int, deeper: int) -> None:
        """Have a section change places with its neighbour, or its headings their level."""
        headings = self._area.passages.headings
        if number >= len(headings):
            return
        if deeper:
            self._set_levels(number, deeper)
        else:
            self._make(neighbour(headings, number, down, self._area.blockCount()))

    def _make(self, move: Move | None) -> None:
        """Make a move, as one step to undo; the caret stays in its words."""
        area = self._area
        if move is None or area.isReadOnly():
            return
        document = area.document()
        caret, count, end = area.textCursor(), document.blockCount(), document.characterCount() - 1
        block = document.findBlockByNumber(move.first)
        start, words = block.position(), []
        within = caret.position() - start if move.first <= caret.blockNumber() < move.last else None
        for _ in range(move.last - move.first):
            words.append(block.text())
            block = block.next()
        at_end = move.to >= count
        text = "\n".join(fitted(words, document.lastBlock().text() if at_end else None))
        # Behind the last section no line end goes with it, so the one before does.
        gone = (start, block.position()) if move.last < count else (start - 1, end)
        if at_end:
            area.replace([(*gone, ""), (end, end, "\n" + text)])
            landed = end - (gone[1] - gone[0]) + 1 + (1 if text.startswith("\n") else 0)
        else:
            landed = document.findBlockByNumber(move.to).position()
            pieces = [(*gone, ""), (landed, landed, text + "\n")]
            area.replace(sorted(pieces))
            landed -= gone[1] - gone[0] if move.to > move.first else 0
        if within is not None:
            caret.setPosition(min(landed + within, document.characterCount() - 1))
            area.go_to(caret)
        self._fill()
        self.tree.mark(heading_at(area.passages.headings, document.findBlock(landed).blockNumber()))

    def _set_levels(self, number: int, deeper: int) -> None:
        """Raise or lower a section's headings by one level, where all of them can go."""
        changed = levels(self._area.passages.headings, number, deeper)
        if not changed or self._area.isReadOnly():
            return
        pieces = []
        for line in changed:
            block = self._area.document().findBlockByNumber(line)
            at = block.position() + block.text().index("#")
            pieces.append((at, at, "#") if deeper > 0 else (at, at + 1, ""))
        self._area.replace(pieces)
        self._fill()
        self.tree.mark(number)

    def _step(self, step: int) -> None:
        headings = self._area.passages.headings
        line = self._area.textCursor().blockNumber()
        ahead = [at for at, one in enumerate(headings) if (one.line > line if step > 0 else one.line < line)]
        if ahead:
            self.go_to(ahead[0] if step > 0 else ahead[-1])

    def _move_here(self, down: int, deeper: int) -> None:
        here = heading_at(self._area.passages.headings, self._area.textCursor().blockNumber())
        if here is not None:
            self._move(here, down, deeper)

    def _ask(self) -> None:
        """Have a heading chosen by some letters of it."""
        headings = self._area.passages.headings
        indents = ("    " * (heading.level - 1) for heading in headings)
        self._palette.ask(
            self.tr("Which heading?"),
            [
                Entry(indent + (heading.title or self.tr("(no words)")), "", partial(self.go_to, number))
                for number, (heading, indent) in enumerate(zip(headings, indents, strict=True))
            ],
        )

    def _open(self, side: Side) -> None:
        if side is Side.LEFT and self._sides.shown(side) is self:
            self._fill()
            self._mark(always=True)

    def _fill(self) -> None:
        if self._sides.shown(Side.LEFT) is not self:
            return
        headings = self._area.passages.headings
        self.tree.fill(headings)
        self.tree.setVisible(bool(headings))
        self._hint.setVisible(not headings)
        self._mark()

    def _mark(self, *, always: bool = False) -> None:
        if self._sides.shown(Side.LEFT) is self and (always or not self.tree.hasFocus()):
            self.tree.mark(heading_at(self._area.passages.headings, self._area.textCursor().blockNumber()))

    def _add_commands(self, commands: Commands) -> None:
        def add(name: str, words: str, keys: str, *step: int) -> None:
            commands.add(Place.GO, name, words, partial(self._move_here, *step), keys)

        def toggle() -> None:
            self._sides.toggle_panel(Side.LEFT, self)

        commands.add(Place.GO, "outline", self.tr("&Outline"), toggle, "Ctrl+Shift+O")
        commands.add(Place.GO, "heading", self.tr("Go to &Heading…"), self._ask, "Ctrl+J")
        commands.add(
            Place.GO, "next_heading", self.tr("&Next Heading"), partial(self._step, 1), "Ctrl+Alt+Down"
        )
        commands.add(
            Place.GO, "previous_heading", self.tr("&Previous Heading"), partial(self._step, -1), "Ctrl+Alt+Up"
        )
        commands.separate(Place.GO)
        add("section_up", self.tr("Move Section &Up"), "Ctrl+Shift+Up", -1, 0)
        add("section_down", self.tr("Move Section &Down"), "Ctrl+Shift+Down", 1, 0)
        add("raise", self.tr("&Raise Section"), "Ctrl+Alt+Left", 0, -1)
        add("lower", self.tr("&Lower Section"), "Ctrl+Alt+Right", 0, 1)
