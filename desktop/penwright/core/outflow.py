"""What of a model's writing is told: not its thoughts, not its stop marks, no white space at its end.

Marks may come in several tokens, so letters that could begin one are kept back until it shows.
"""

from __future__ import annotations

from collections.abc import Sequence


class Outflow:
    """Filters a text while it is written.

    ended: a stop mark came; nothing follows. thinking: what comes now are thoughts.
    """

    def __init__(
        self, stop: Sequence[str] = (), think: tuple[str, str] | None = None, *, thinking: bool = False
    ) -> None:
        """Take the stop marks, and what opens and closes thoughts. thinking: the prompt has opened them."""
        self._stop = tuple(mark for mark in stop if mark)
        self._open, self._close = think or ("", "")
        self.thinking = thinking and bool(self._close)
        self.ended = False
        self._kept = ""
        self._after_thought = False
        self._begun = False

    def feed(self, letters: str) -> str:
        """Take more of what the model writes; return what can be told now."""
        if self.ended:
            return ""
        self._kept += letters
        told = []
        while True:
            at, mark = self._first_mark()
            if not mark:
                break
            before, self._kept = self._kept[:at], self._kept[at + len(mark) :]
            if mark == self._close:
                # Thoughts end, or begin the text where nobody saw them open.
                self.thinking, self._after_thought = False, True
            elif mark == self._open:
                told.append(self._passed(before))
                self.thinking = True
            else:
                told.append(self._passed(before.rstrip()))
                self.ended, self._kept = True, ""
                break
        told.append(self._passed(self._taken()))
        return "".join(told)

    def finish(self) -> str:
        """Return what was kept back and is no mark after all, without white space at its end."""
        rest = "" if self.thinking or self.ended else self._passed(self._kept.rstrip())
        self._kept = ""
        return rest

    def _marks(self) -> tuple[str, ...]:
        if self.thinking:
            return (self._close,)
        opening = (self._open,) if self._open else ()
        # A close that nobody opened is a mark only where nothing stands before it.
        closing = (self._close,) if self._close and not self._begun else ()
        return (*self._stop, *opening, *closing)

    def _first_mark(self) -> tuple[int, str]:
        found = [
            (at, -len(mark), mark)
            for mark in self._marks()
            if (at := self._kept.find(mark)) >= 0
            and (self.thinking or mark != self._close or not self._kept[:at].strip())
        ]
        if not found:
            return -1, ""
        at, _, mark = min(found)
        return at, mark

    def _taken(self) -> str:
        """Take what can no longer become part of a mark, nor white space at the end."""
        if self.thinking:
            self._kept = self._kept[-(len(self._close) - 1) :] if len(self._close) > 1 else ""
            return ""
        keep = 0
        for mark in self._marks():
            for length in range(min(len(mark) - 1, len(self._kept)), keep, -1):
                if self._kept.endswith(mark[:length]):
                    keep = length
                    break
        sure = self._kept[: len(self._kept) - keep].rstrip()
        self._kept = self._kept[len(sure) :]
        return sure

    def _passed(self, text: str) -> str:
        if self._after_thought:
            text = text.lstrip()
        if text:
            self._after_thought = False
            self._begun = self._begun or not text.isspace()
        return text
