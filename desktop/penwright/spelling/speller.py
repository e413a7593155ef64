"""The conversation with the process that holds the dictionaries, on a thread of its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from penwright.base.own_process import own_command
from penwright.spelling.dictionaries import Dictionary

WORKER_FLAG = "--spelling-worker"
_PATIENCE = 20.0  # seconds for one answer; the slowest suggestion seen took 0.2
_DEATHS = 3  # of the process, with no dictionary to blame, after which it is left alone


@dataclass(frozen=True)
class Checked:
    """The answer to `check`: of `words`, those that are wrong."""

    words: tuple[str, ...]
    wrong: frozenset[str]


@dataclass(frozen=True)
class Suggested:
    """The answer to `suggest`."""

    word: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Trouble:
    """Something to tell: a key of the catalogue and its values."""

    key: str
    values: dict[str, str]


Event = Checked | Suggested | Trouble


class SpellingEndedError(Exception):
    """The process ended before it answered."""


class Speller:
    """Asks the process; `post` is called with each event, on the thread of this object.

    The process starts with the first question and is started again when it ends; a dictionary that ends it
    is left out from then on.
    """

    def __init__(
        self,
        post: Callable[[Event], None],
        command: Sequence[str] | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        self._post = post
        self._command = list(command or own_command(WORKER_FLAG))
        self._patience = patience
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._wanted: tuple[Dictionary, ...] = ()
        self._bad: set[Dictionary] = set()
        self._loaded: dict[str, Dictionary] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spelling", daemon=True)
        self._thread.start()

    def use(self, dictionaries: Sequence[Dictionary]) -> None:
        """Judge words by these from now on."""
        wanted = tuple(dictionaries)
        self._tasks.put(lambda: self._want(wanted))

    def check(self, words: Sequence[str]) -> None:
        """Ask which of the words are wrong."""
        asked = tuple(words)
        self._tasks.put(lambda: self._check(asked))

    def suggest(self, word: str) -> None:
        """Ask what may have been meant."""
        self._tasks.put(lambda: self._suggest(word))

    def close(self) -> None:
        """End the process and the thread; what was asked is not answered."""
        self._closed.set()
        self._tasks.put(None)
        process = self._process
        if process is not None:
            process.kill()
        self._thread.join(5)

    # On the thread

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            if self._closed.is_set():
                continue
            try:
                task()
            except SpellingEndedError:
                self._end()
                self._count_death()
        self._end()

    def _count_death(self) -> None:
        self._deaths += 1
        if self._deaths == _DEATHS and not self._closed.is_set():
            self._post(Trouble("spelling.stopped", {}))

    def _want(self, wanted: tuple[Dictionary, ...]) -> None:
        self._wanted = wanted
        self._deaths = 0

    def _check(self, words: tuple[str, ...]) -> None:
        wrong = self._ask({"check": list(words)})["wrong"]
        self._post(Checked(words, frozenset(cast("list[str]", wrong))))

    def _suggest(self, word: str) -> None:
        options: tuple[str, ...] = ()
        try:
            options = tuple(cast("list[str]", self._ask({"suggest": word})["words"]))
        finally:
            if not self._closed.is_set():
                self._post(Suggested(word, options))

    def _ask(self, question: dict[str, Any]) -> dict[str, object]:
        if self._deaths >= _DEATHS:
            raise SpellingEndedError
        self._furnish()
        answer = self._exchange(question)
        self._deaths = 0
        return answer

    def _furnish(self) -> None:
        """Have the process hold the dictionaries that are wanted, as far as they can be read."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        for code, held in list(self._loaded.items()):
            if held not in self._wanted:
                self._exchange({"drop": code})
                del self._loaded[code]
        for each in self._wanted:
            if each in self._bad or each.code in self._loaded:
                continue
            try:
                loaded = self._exchange({"load": [each.code, str(each.folder)]})["loaded"]
            except SpellingEndedError:
                self._leave_out(each)
                self._end()
                self._furnish()  # in a new process, and with one dictionary less
                return
            if loaded:
                self._loaded[each.code] = each
            else:
                self._leave_out(each)

    def _leave_out(self, dictionary: Dictionary) -> None:
        self._bad.add(dictionary)
        if not self._closed.is_set():
            self._post(Trouble("spelling.bad_dictionary", {"code": dictionary.code}))

    def _start(self) -> None:
        if self._closed.is_set():
            raise SpellingEndedError
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONUTF8": "1"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise SpellingEndedError from error
        if self._closed.is_set():
            self._process.kill()

    def _exchange(self, question: dict[str, Any]) -> dict[str, object]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        watch = threading.Timer(self._patience, process.kill)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line.endswith(b"\n"):
                raise SpellingEndedError
            return cast("dict[str, object]", json.loads(line))
        except (OSError, ValueError) as error:
            raise SpellingEndedError from error
        finally:
            watch.cancel()

    def _end(self) -> None:
        process, self._process = self._process, None
        self._loaded = {}
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()
