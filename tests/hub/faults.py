"""The switchboard: what the loopback hub does wrong, where, and how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

# Where a fault strikes: the question about a file, its redirect, its bytes on the second origin, the lists.
PLACES = ("head", "resolve", "blob", "api", "any")

KINDS = {
    "drop": "close the connection after VALUE (0..1) of the body",
    "reset": "reset the connection after VALUE (0..1) of the body",
    "stall": "send nothing more after VALUE (0..1) of the body",
    "slow": "send VALUE bytes a second",
    "status": "answer with the HTTP status VALUE",
    "short": "say and send a body that is VALUE bytes shorter",
    "flip": "change one byte of the body, at VALUE (0..1)",
    "no_range": "send the whole file whatever was asked",
    "loop": "redirect to itself",
    "elsewhere": "redirect to the address VALUE",
    "html": "answer with a web page",
    "cut_json": "send half of the JSON",
    "no_hash": "leave the sha256 out",
    "plain": "answer like a server that is no hub: no commit, no hash",
}


@dataclass
class Fault:
    """One fault. times: how often it strikes before it is over; None for always."""

    kind: str
    value: float | str = 0.0
    where: str = "blob"
    times: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.where not in PLACES:
            raise ValueError(f"no such fault: {self.kind} at {self.where}")


class Switchboard:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def set(self, *faults: Fault) -> None:
        with self._lock:
            self._faults = list(faults)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def strike(self, where: str) -> dict[str, Fault]:
        """Return the faults that strike this request, by kind, and count them."""
        with self._lock:
            found = {}
            for fault in self._faults:
                if fault.where not in (where, "any") or fault.times == 0 or fault.kind in found:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                found[fault.kind] = fault
            return found
