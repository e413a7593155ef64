"""One document's journal: every change goes to the thread that writes it, at once and without waiting."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject

from penwright.storage.journal.records import Edit, about_file
from penwright.storage.journal.writer import JournalWriter
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.offsets import text_between
from penwright.ui.filing import Filing


class Journalling(QObject):
    """Keeps the journal of one window's document: from the first change on until its file has it.

    A journal begins with what the file holds, which is known from opening or saving it, so that the first key
    copies nothing. Should what the document tells ever not add up, the text is written whole.
    """

    def __init__(self, area: WritingArea, filing: Filing, writer: JournalWriter) -> None:
        super().__init__(area)
        self._area = area
        self._filing = filing
        self._writer = writer
        self._name = os.urandom(16).hex()
        self._wanted = True
        self._begun = False
        self._known: str | None = ""  # what the file holds, where the journal can begin with that
        self._length = 0  # of the text, in code units
        self._since: list[Edit] | None = None  # what was changed since a save began that is under way
        self._unknown_since = False  # it is not known as edits
        area.spliced.connect(self._follow)
        area.loaded.connect(self._rest)
        filing.settled.connect(self._settle)
        filing.saving.connect(self._save)
        filing.changed.connect(self._tell)

    @property
    def begun(self) -> bool:
        """Whether there is a journal on the disk now, or soon."""
        return self._begun

    def set_wanted(self, wanted: bool) -> None:
        """Keep a journal from now on, or none; one that is there goes."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if not wanted:
            self._end()
        elif self._area.document().isModified():
            self._begin_whole()

    def forget(self) -> None:
        """Delete the journal now; the next change begins another."""
        self._end()
        if self._area.document().isModified():
            self._known = None

    def close(self) -> None:
        """End the journal: the text is safe in its file, or not wanted."""
        self._end()
        self._wanted = False

    def _rest(self) -> None:
        """Another text lies here; what its file holds is told soon."""
        self._end()
        self._known, self._length = None, self._units()

    def _settle(self) -> None:
        """Begin anew with what the file holds now; changes since a save began stay in the journal."""
        file, since = self._filing.file, self._since
        self._since = None
        text = file.text if file is not None else ""
        if since is None:  # opened, not saved
            self._length = self._units()
            self._known = text if (file.units if file is not None else 0) == self._length else None
            self._end()
            return
        self._known = text
        if self._unknown_since and self._wanted:
            self._begin_whole()
        elif not since:
            self._end()
        elif self._wanted:
            self._begun = True
            self._writer.begin(self._name, about_file(file), text)
            for edit in since:
                self._writer.add(self._name, edit)

    def _tell(self) -> None:
        if self._begun:
            self._writer.tell(self._name, about_file(self._filing.file))

    def _save(self, begins: bool) -> None:
        self._since = [] if begins else None
        self._unknown_since = False

    def _follow(self, position: int, removed: int, added: int) -> None:
        length = self._units()
        # Qt counts the end of the last paragraph, where it was replaced together with the text.
        over = max(0, position + added - length)
        added, removed = added - over, max(0, removed - over)
        fits = self._length - removed + added == length and position + added <= length
        self._length = length
        if not self._wanted:
            return
        if not fits:
            self._begin_whole()
            return
        inserted = text_between(self._area.document(), position, position + added)
        edit = Edit(position, removed, inserted, length)
        if self._since is not None:
            self._since.append(edit)
        if not self._begun:
            if self._known is None:
                self._begin_whole()
                return
            self._begun = True
            self._writer.begin(self._name, about_file(self._filing.file), self._known)
        self._writer.add(self._name, edit)

    def _begin_whole(self) -> None:
        """Begin with the text as it is now."""
        self._length = self._units()
        self._begun = True
        self._unknown_since = self._since is not None
        self._writer.begin(self._name, about_file(self._filing.file), self._area.text())

    def _end(self) -> None:
        if self._begun:
            self._begun = False
            self._writer.end(self._name)

    def _units(self) -> int:
        return self._area.document().characterCount() - 1  # Qt counts the end of the last paragraph
