"""The engine as the rest of the program sees it, whoever stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from penwright.base.errors import Value
from penwright.engine.messages import Asked, Chunk, Counted, Done, Failed, Load, Ready


class Phase(Enum):
    """What the engine is doing."""

    STOPPED = "stopped"  # no model asked for, or closed
    STARTING = "starting"  # the process starts; no model yet
    LOADING = "loading"
    IDLE = "idle"
    PROMPT = "prompt"  # evaluating a prompt
    GENERATING = "generating"
    RESTARTING = "restarting"  # the worker ended by itself; a new one comes after a pause
    REFUSED = "refused"  # the model can't be loaded; the engine waits for another
    ASIDE = "aside"  # the model ended the worker twice and is not tried again


@dataclass(frozen=True)
class Status:
    """A change of phase. `key` and `values` name a sentence for a person where there is one to say."""

    phase: Phase
    pid: int = 0
    key: str = ""
    values: dict[str, Value] = field(default_factory=dict)


Event = Status | Ready | Counted | Chunk | Done | Failed
Listener = Callable[[Event], None]


class Engine(Protocol):
    """Loads a model and goes on after a text. No method waits; what comes back goes to the listener.

    The listener is called on a thread of the engine's own.
    """

    @property
    def model(self) -> Ready | None:
        """What is known of its model since it was first loaded; None before. Any thread may read it."""

    def load(self, load: Load) -> None:
        """Load a model, in place of any other."""

    def ask(self, request: Asked) -> None:
        """Ask for a continuation (Request), a whole text (Compose) or a prompt's length (Count).

        A Request supersedes every Request before it; a spare one only another spare one, so two can be alive.
        A Compose stops the Request that is running, and no other Compose: those are written in order, and a
        Request that comes meanwhile waits. Each ends exactly once, as Done, Counted or Failed.
        """

    def cancel(self, request: int) -> None:
        """Stop a request."""

    def close(self) -> None:
        """End the engine and everything it started; returns when that is so."""
