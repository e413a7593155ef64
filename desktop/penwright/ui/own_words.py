"""The writer's own words, for all windows: read and kept away from the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.base.errors import PenwrightError
from penwright.spelling.personal import PersonalWords
from penwright.ui.background import Errands


class OwnWords(QObject):
    """Counts a word from the moment it is added; the disk follows.

    failed(PenwrightError): a word could not be kept.
    """

    failed = Signal(object)

    def __init__(self, files: PersonalWords, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = files
        self._errands = Errands(self)
        self._added: dict[str, frozenset[str]] = {}  # by language
        self._to_come: dict[Path, frozenset[str]] = {}  # of documents, while they are being kept

    @property
    def busy(self) -> bool:
        """Whether something is being read or kept."""
        return self._errands.busy

    def read(self, codes: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the words of these languages; it waits for the disk."""
        return {code: self._files.of_language(code) for code in codes}

    def added(self, code: str) -> frozenset[str]:
        """Return what was added to a language since the program began."""
        return self._added.get(code, frozenset())

    def add(self, code: str, word: str) -> None:
        """Keep a word of a language."""
        self._added[code] = self.added(code) | {word}
        self._keep(lambda: self._files.add(code, word))

    def of_document(self, path: Path, owner: QObject, done: Callable[[frozenset[str]], object]) -> None:
        """Have `done` called with the words of a document, if `owner` is there still."""
        coming = self._to_come.get(path, frozenset())
        self._errands.do(owner, lambda: self._files.of_document(path), lambda found: done(found | coming))

    def add_to_document(self, path: Path, words: frozenset[str]) -> None:
        """Keep words of a document."""
        self._to_come[path] = self._to_come.get(path, frozenset()) | words
        self._keep(lambda: self._files.add_to_document(path, sorted(words)), path)

    def forget_document(self, path: Path) -> None:
        """Delete what is kept of a document; it waits for the disk. Raises OSError."""
        self._errands.wait()  # else what is being kept would come after
        self._to_come.pop(path, None)
        self._files.forget_document(path)

    def close(self) -> None:
        """Return when all is kept."""
        self._errands.close()

    def _keep(self, work: Callable[[], None], path: Path | None = None) -> None:
        def done(_none: None) -> None:
            if path is not None and not self._errands.busy:
                self._to_come.pop(path, None)

        def failed(error: Exception) -> None:
            if not isinstance(error, PenwrightError):
                raise error
            self.failed.emit(error)

        self._errands.do(self, work, done, failed)
