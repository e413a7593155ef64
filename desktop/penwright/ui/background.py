"""Work that may take long, away from the window's thread; its result or its error comes back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread
from shiboken6 import isValid

Result = TypeVar("Result")


class _Worker(QThread):
    def __init__(self, work: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        self._work()


class BackgroundWork(Generic[Result]):
    """One piece of work: `BackgroundWork(parent, work).success(done).failure(failed).start()`.

    Each has a thread of its own, which ends with it: disks may hang, and one that does must not hold up
    another. `done` and `failed` are called on the parent's thread. The parent must stay until then; what
    it waits for is `wait()`. An error that nobody takes is raised on that thread.
    """

    def __init__(self, parent: QObject, work: Callable[[], Result]) -> None:
        self._work = work
        self._success: Callable[[Result], None] | None = None
        self._failure: Callable[[Exception], None] | None = None
        self._outcome: tuple[Result] | Exception = RuntimeError("not done yet")
        self._finished = False
        self._thread = _Worker(self._run, parent)
        self._thread.finished.connect(self._finish)  # queued: the thread object lives on the parent's thread

    def success(self, call: Callable[[Result], None]) -> BackgroundWork[Result]:
        """Call this with the result."""
        self._success = call
        return self

    def failure(self, call: Callable[[Exception], None]) -> BackgroundWork[Result]:
        """Call this with the error."""
        self._failure = call
        return self

    def start(self) -> BackgroundWork[Result]:
        """Start the work."""
        self._thread.start()
        return self

    @property
    def running(self) -> bool:
        """Whether the result or the error hasn't come back yet."""
        return not self._finished

    def wait(self) -> None:
        """Block until the work itself has ended; what follows it is called later."""
        if not self._finished:  # else the thread object may be gone
            self._thread.wait()

    def _run(self) -> None:
        try:
            self._outcome = (self._work(),)
        except Exception as error:  # whatever it is, the parent's thread is told
            self._outcome = error

    def _finish(self) -> None:
        self._finished = True
        self._thread.deleteLater()
        if not isinstance(self._outcome, Exception):
            if self._success is not None:
                self._success(self._outcome[0])
        elif self._failure is not None:
            self._failure(self._outcome)
        else:
            raise self._outcome


class Errands(QObject):
    """Pieces of work for objects that may be gone before they are done, such as a dialog that is closed.

    Lives as long as the program. Each piece of work has a thread of its own.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: set[BackgroundWork[Any]] = set()

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return bool(self._running)

    def do(
        self,
        owner: QObject,
        work: Callable[[], Result],
        done: Callable[[Result], object] = lambda _result: None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Have `work` done; `done` or `failed` follows on the window's thread, if `owner` is there still."""
        errand = BackgroundWork(self, work)

        def succeed(result: Result) -> None:
            self._running.discard(errand)
            if isValid(owner):
                done(result)

        def fail(error: Exception) -> None:
            self._running.discard(errand)
            if failed is None:
                raise error
            if isValid(owner):
                failed(error)

        self._running.add(errand)
        errand.success(succeed).failure(fail).start()

    def wait(self) -> None:
        """Block until what was begun so far is done, on any thread; what follows it is called later."""
        for errand in list(self._running):
            errand.wait()

    def close(self) -> None:
        """Wait until nothing is being done; what would follow is not called any more."""
        self.wait()
