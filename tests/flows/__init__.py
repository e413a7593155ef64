"""A flow brought to where its tests begin: asking, or showing with nothing more to ask."""

from __future__ import annotations

from dataclasses import replace

from penwright.core.actions import Ask
from penwright.core.answer import Answer
from penwright.core.flow import Flow
from penwright.core.snapshot import Edit, Snapshot

THE = Snapshot("one", 1, "out of the")
WINDOW = Answer(" window and", (7, 11), (-0.3, -0.01))
NEXT = Answer(" then she", (5, 9), (-0.01, -0.01))


def typed(snapshot: Snapshot, letters: str) -> Snapshot:
    return replace(snapshot, before=snapshot.before + letters, revision=snapshot.revision + 1)


def asking() -> Flow:
    flow = Flow()
    assert flow.edited(THE, Edit.TYPED, 0.0) == [Ask(1, THE)]
    return flow


def showing() -> Flow:
    """Show " window and" with nothing more to ask: what follows is known, and the candidates are."""
    flow = asking()
    flow.answered(1, [WINDOW], 0.1)
    flow.answered(2, [NEXT], 0.2)
    assert flow.answered(3, [WINDOW], 0.3) == []
    return flow
