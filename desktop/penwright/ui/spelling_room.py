"""What all windows know of spelling: the languages in use, and which words are right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Qt, QTimer, Signal

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.base.paths import Folders
from penwright.spelling.dictionaries import Dictionary, find, folder_of_package, folders_of_system, take_in
from penwright.spelling.personal import PersonalWords
from penwright.spelling.speller import Checked, Event, Speller, Suggested, Trouble
from penwright.storage.settings import Settings
from penwright.ui.background import Errands
from penwright.ui.own_words import OwnWords

_GATHER_MS = 30  # in which unknown words are gathered, so that they are asked for together
_AT_ONCE = 400  # words of one question
_MOST_KNOWN = 200_000  # words; a novel has about 15,000 different ones
ENGLISH = "en_US"  # comes with the program

StartSpeller = Callable[[Callable[[Event], None]], Speller]


class SpellingRoom(QObject):
    """Judges words. The process that does so starts with the first word and not before.

    judged(): words that were asked for are known now. changed(): the languages, or the writer's own words,
    are others: every verdict may be another. suggested(str, tuple): what may have been meant by a word.
    trouble(str): a sentence.
    """

    judged = Signal()
    changed = Signal()
    suggested = Signal(str, object)
    trouble = Signal(str)
    _posted = Signal(object)

    def __init__(
        self,
        folders: Folders,
        catalogue: Catalogue,
        start: StartSpeller = Speller,
        languages: Callable[[], Sequence[str]] = lambda: QLocale.system().uiLanguages(),
        *,
        words: Callable[[Path], PersonalWords] = PersonalWords,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._own_folder = folders.data / "dictionaries"
        self.own = OwnWords(words(folders.data / "words"), self)
        self.own.failed.connect(self.tell)
        self._start_speller = start
        self._system_languages = languages
        self.dictionaries: tuple[Dictionary, ...] = ()
        self.active: tuple[Dictionary, ...] = ()
        self.on = False
        self._wished: tuple[str, ...] = ()
        self._speller: Speller | None = None
        self._looked = False
        self._right: set[str] = set()
        self._wrong: set[str] = set()
        self._read: dict[str, frozenset[str]] = {}  # the writer's own, by language, as they were kept
        self._own: frozenset[str] = frozenset()
        self._asked: set[str] = set()
        self._unknown: dict[str, None] = {}  # in their order
        self._timer = QTimer(self, interval=_GATHER_MS, singleShot=True)
        self._timer.timeout.connect(self._ask)
        self._errands = Errands(self)
        self._closed = False
        self._posted.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def follow(self, settings: Settings) -> None:
        """Do as the settings say from now on."""
        before = self.on, self._wished
        self.on, self._wished = settings.spelling, settings.spelling_languages
        if self.on and not self._looked:
            self._looked = True
            self.look()
        elif before != (self.on, self._wished):
            self._choose()

    def look(self) -> None:
        """See which dictionaries there are, in the background."""

        def found() -> tuple[tuple[Dictionary, ...], dict[str, frozenset[str]]]:
            package = folder_of_package()
            there = find((self._own_folder, *folders_of_system(), *((package,) if package else ())))
            return there, self.own.read(each.code for each in there)

        self._errands.do(self, found, self._take_found)

    @property
    def busy(self) -> bool:
        """Whether dictionaries are being looked for, or words read or kept."""
        return self._errands.busy or self.own.busy

    def verdict(self, word: str) -> bool | None:
        """Whether a word is right; None while that is not known: `judged` tells when it is."""
        if not self.active or word in self._right or word in self._own:
            return True
        if word in self._wrong:
            return False
        if word not in self._asked and word not in self._unknown:
            self._unknown[word] = None
            if not self._timer.isActive():
                self._timer.start()
        return None

    def suggest(self, word: str) -> None:
        """Ask what may have been meant; `suggested` tells."""
        self._furnish().suggest(word)

    def learn(self, code: str, word: str) -> None:
        """Count a word of a language as right from now on, and keep it."""
        self._own |= {word}
        self.own.add(code, word)
        self.changed.emit()

    def tell(self, error: PenwrightError) -> None:
        """Have a person told of an error."""
        self.trouble.emit(self._catalogue.sentence(error))

    def add_dictionary(self, path: Path, done: Callable[[tuple[str, ...]], object]) -> None:
        """Take a dictionary in, and have `done` called with the codes that came; a refusal is told."""

        def taken(codes: tuple[str, ...]) -> None:
            self.look()
            done(codes)

        def failed(error: Exception) -> None:
            if not isinstance(error, PenwrightError):
                raise error
            self.tell(error)

        self._errands.do(self, lambda: take_in(path, self._own_folder), taken, failed)

    def close(self) -> None:
        """End the process."""
        self._closed = True
        self._timer.stop()
        self.own.close()
        self._errands.close()
        if self._speller is not None:
            self._speller.close()

    def _take_found(self, found: tuple[tuple[Dictionary, ...], dict[str, frozenset[str]]]) -> None:
        if not self._closed:
            self.dictionaries, self._read = found
            self._choose()

    def _choose(self) -> None:
        there = {each.code: each for each in self.dictionaries}
        codes = [code for code in self._wished if code in there] or usual(self._system_languages(), there)
        active = tuple(there[code] for code in codes) if self.on else ()
        self._own = frozenset().union(
            *(self._read.get(each.code, frozenset()) | self.own.added(each.code) for each in active)
        )
        self._right.clear()
        self._wrong.clear()
        self._asked.clear()
        self._unknown.clear()
        self.active = active
        if self._speller is not None or active:
            self._furnish().use(active)
        self.changed.emit()

    def _furnish(self) -> Speller:
        if self._speller is None:
            self._speller = self._start_speller(self._posted.emit)
        return self._speller

    def _ask(self) -> None:
        words = tuple(self._unknown)[:_AT_ONCE]
        for word in words:
            del self._unknown[word]
        self._asked.update(words)
        if words and self.active:
            self._furnish().check(words)
        if self._unknown:
            self._timer.start()

    def _receive(self, event: Event) -> None:
        if self._closed:
            return
        match event:
            case Checked(words, wrong):
                self._keep(words, wrong)
            case Suggested(word, options):
                self.suggested.emit(word, options)
            case Trouble(key, values):
                self.trouble.emit(self._catalogue.say(key, **values))

    def _keep(self, words: Iterable[str], wrong: frozenset[str]) -> None:
        if len(self._right) + len(self._wrong) > _MOST_KNOWN:
            self._right.clear()
            self._wrong.clear()
        for word in words:
            if word in self._asked:  # else it was asked of other dictionaries
                self._asked.discard(word)
                (self._wrong if word in wrong else self._right).add(word)
        self.judged.emit()


def usual(languages: Iterable[str], codes: Iterable[str]) -> list[str]:
    """Return the dictionary for the first of the system's languages that has one, else English.

    languages: such as de-AT; codes: such as de_DE_frami.
    """
    there = sorted(codes)
    for language in languages:
        wanted = language.replace("-", "_")
        short = wanted.partition("_")[0]
        for code in (*(each for each in there if each.startswith(wanted)), *there):
            if code.partition("_")[0] == short:
                return [code]
    return [ENGLISH] if ENGLISH in there else []
