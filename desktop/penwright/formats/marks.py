"""Marks put together anew: programs mark each run of letters by itself, and people whole phrases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from penwright.formats.joining import joined
from penwright.formats.model import Emphasis, Inline, Inlines, Link, Strong, Struck, Text

Mark = type[Emphasis] | type[Strong] | type[Struck]
_MAKERS: Mapping[Mark, Callable[[Inlines], Inline]] = {Emphasis: Emphasis, Strong: Strong, Struck: Struck}


@dataclass(frozen=True)
class _Run:
    """What is set in one way. The link is the piece that it lies in, of which target and title are used."""

    piece: Inline
    marks: frozenset[Mark] = frozenset()
    link: Link | None = None


def regrouped(inside: Inlines) -> Inlines:
    """Return the same running text with each mark around as much as it can hold, the widest outermost."""
    return _grouped(_bridged(_runs(inside, _Run(Text("")))))


def _runs(inside: Inlines, manner: _Run) -> list[_Run]:
    runs: list[_Run] = []
    for piece in inside:
        match piece:
            case Emphasis(within) | Strong(within) | Struck(within):
                runs += _runs(within, replace(manner, marks=manner.marks | {type(piece)}))
            case Link(inside=within):
                runs += _runs(within, replace(manner, link=piece))
            case _:
                runs.append(replace(manner, piece=piece))
    return runs


def _bridged(runs: Sequence[_Run]) -> list[_Run]:
    """Return the runs with each space between two marked ones marked as both are."""
    bridged = list(runs)
    for at in range(1, len(runs) - 1):
        before, run, after = runs[at - 1], runs[at], runs[at + 1]
        if isinstance(run.piece, Text) and not run.piece.text.strip(" \n"):
            marks = run.marks | (before.marks & after.marks)
            same = before.link is after.link or _place(before.link) == _place(after.link)
            bridged[at] = replace(run, marks=marks, link=before.link if same else run.link)
    return bridged


def _place(link: Link | None) -> tuple[str, str] | None:
    return (link.target, link.title) if link is not None else None


def _grouped(runs: Sequence[_Run]) -> Inlines:
    pieces: list[Inline] = []
    at = 0
    while at < len(runs):
        run = runs[at]
        if run.link is not None:
            end = _reach(runs, at, _leads(_place(run.link)))
            within = _grouped([replace(one, link=None) for one in runs[at:end]])
            pieces.append(replace(run.link, inside=within))
        elif run.marks:
            reaches = {mark: _reach(runs, at, _has(mark)) for mark in _MAKERS if mark in run.marks}
            mark = max(reaches, key=lambda one: reaches[one])
            end = reaches[mark]
            within = _grouped([replace(one, marks=one.marks - {mark}) for one in runs[at:end]])
            pieces.append(_MAKERS[mark](within))
        else:
            end = at + 1
            pieces.append(run.piece)
        at = end
    return joined(pieces)


def _has(mark: Mark) -> Callable[[_Run], bool]:
    return lambda run: mark in run.marks


def _leads(place: tuple[str, str] | None) -> Callable[[_Run], bool]:
    return lambda run: _place(run.link) == place


def _reach(runs: Sequence[_Run], start: int, fits: Callable[[_Run], bool]) -> int:
    return next((at for at in range(start, len(runs)) if not fits(runs[at])), len(runs))
