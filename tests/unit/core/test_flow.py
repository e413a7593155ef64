"""The suggestion state machine as a table: what each event calls for in each state (flow_table.toml)."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from penwright.core.actions import Action, Ask, Cancel, Hide, Insert, Show, Wake
from penwright.core.answer import Answer
from penwright.core.flow import Flow
from penwright.core.snapshot import Edit, Snapshot
from penwright.core.take import Take

THE = Snapshot("one", 1, "out of the")


def answer(text: str, first: float = -0.5, others: float = -0.01) -> Answer:
    """Return an answer of one token for each word, with the log-probabilities of the first and the others."""
    ends = tuple(at for at in range(1, len(text) + 1) if at == len(text) or text[at] == " ")
    return Answer(text, ends, (first,) + (others,) * (len(ends) - 1))


WINDOW = answer(" window and")
DOOR = answer(" door", -1.7)  # nothing to show by itself
SKY = answer(" sky", -2.5)
NEXT = answer(" then she")


def typed(snapshot: Snapshot, letters: str) -> Snapshot:
    """Return what stands there once `letters` are typed."""
    return replace(snapshot, before=snapshot.before + letters, revision=snapshot.revision + 1)


def short(actions: Iterable[Action]) -> str:
    """Return actions in short words, such as "hide; ask 2 'out of the w'"."""
    said = []
    for action in actions:
        match action:
            case Ask(request, snapshot, candidates, spare, writing):
                single, several = ("next", "others") if spare else ("write" if writing else "ask", "choose")
                kind = several if candidates > 1 else single
                said.append(f"{kind} {request} {snapshot.before.removeprefix('out of ')!r}")
            case Cancel(request):
                said.append(f"cancel {request}")
            case Show(suggestion, number, of):
                said.append(f"show {suggestion.text!r}" + (f" {number}/{of}" if of else ""))
            case Hide():
                said.append("hide")
            case Insert(text):
                said.append(f"insert {text!r}")
            case Wake(at):
                said.append(f"wake {at:.3f}")
    return "; ".join(said)


class Driven:
    """A flow, the snapshot that it was last told, and numbers for its requests."""

    def __init__(self) -> None:
        self.flow = Flow(next_id=itertools.count(1).__next__)
        self.now = THE

    def type(self, letters: str, now: float, edit: Edit = Edit.TYPED) -> list[Action]:
        self.now = typed(self.now, letters)
        return self.flow.edited(self.now, edit, now)

    def delete(self, now: float) -> list[Action]:
        self.now = replace(self.now, before=self.now.before[:-1], revision=self.now.revision + 1)
        return self.flow.edited(self.now, Edit.DELETED, now)

    def take(self, how: Take, now: float) -> list[Action]:
        """Take, and insert what there is to insert."""
        actions = self.flow.took(how)
        for action in list(actions):
            if isinstance(action, Insert):
                self.now = typed(self.now, action.text)
                actions += self.flow.accepted(self.now, now)
        return actions


def idle() -> Driven:
    return Driven()


def asking() -> Driven:
    """Request 1 is under way for THE, since 0.0 s."""
    made = Driven()
    made.flow.edited(THE, Edit.TYPED, 0.0)
    return made


def holding() -> Driven:
    """Its answer is there, and waits for the writer's pause until 0.015 s."""
    made = asking()
    made.flow.answered(1, [WINDOW], 0.001)
    return made


def showing() -> Driven:
    """It shows since 0.1 s; spare request 2 asks what follows it."""
    made = asking()
    made.flow.answered(1, [WINDOW], 0.1)
    return made


def beside() -> Driven:
    """What follows is known; spare request 3 asks for the other candidates."""
    made = showing()
    made.flow.answered(2, [NEXT], 0.2)
    return made


def settled() -> Driven:
    """Everything is known, and nothing is under way."""
    made = beside()
    made.flow.answered(3, [WINDOW, DOOR, SKY], 0.3)
    return made


def halved() -> Driven:
    """One word of it is taken."""
    made = settled()
    made.take(Take.WORD, 0.4)
    return made


def choosing() -> Driven:
    """It shows, and request 3 asks for candidates for the writer to choose from."""
    made = showing()
    made.flow.turned(1, THE, 0.2)
    return made


def chosen() -> Driven:
    """The second of three candidates shows; spare request 4 asks what follows it."""
    made = settled()
    made.flow.turned(1, THE, 0.4)
    return made


def withheld() -> Driven:
    """Request 1 was answered with nothing worth showing."""
    made = asking()
    made.flow.answered(1, [DOOR], 0.1)
    return made


def resting() -> Driven:
    """On battery: the engine will be asked at 0.25 s."""
    made = Driven()
    made.flow.on_battery = True
    made.flow.edited(THE, Edit.TYPED, 0.0)
    return made


def lost() -> Driven:
    """Request 1 ended with the engine."""
    made = asking()
    made.flow.failed(1)
    return made


STATES: dict[str, Callable[[], Driven]] = {
    state.__name__: state
    for state in (
        idle, asking, holding, showing, beside, settled, halved, choosing, chosen, withheld, resting, lost,
    )
}  # fmt: skip

EVENTS: dict[str, Callable[[Driven], list[Action]]] = {
    "its letters": lambda made: made.type(" w", 1.0),
    "others' letters": lambda made: made.type(" d", 1.0),
    "wrong letters": lambda made: made.type("x", 1.0),
    "a deletion": lambda made: made.delete(1.0),
    "a paste": lambda made: made.type(" window", 1.0, Edit.OTHER),
    "asked": lambda made: made.flow.asked(made.now, 1.0),
    "continued": lambda made: made.flow.continued(made.now, 1.0),
    "turned": lambda made: made.flow.turned(1, made.now, 1.0),
    "turned back": lambda made: made.flow.turned(-1, made.now, 1.0),
    "moved away": lambda made: made.flow.moved(replace(made.now, before="out", after=" of the")),
    "moved here": lambda made: made.flow.moved(made.now),
    "strayed": lambda made: made.flow.strayed(),
    "dismissed": lambda made: made.flow.dismissed(),
    "took all": lambda made: made.take(Take.ALL, 1.0),
    "took a word": lambda made: made.take(Take.WORD, 1.0),
    "an answer": lambda made: made.flow.answered(made.flow.pending or 0, [WINDOW, DOOR, SKY], 1.0),
    "an unsure answer": lambda made: made.flow.answered(made.flow.pending or 0, [DOOR], 1.0),
    "a spare answer": lambda made: made.flow.answered(made.flow.spare or 0, [NEXT], 1.0),
    "a failure": lambda made: made.flow.failed(made.flow.pending or 0),
    "a spare failure": lambda made: made.flow.failed(made.flow.spare or 0),
    "ready": lambda made: made.flow.ready(1.0),
    "other rules": lambda made: made.flow.forget(),
    "tick too early": lambda made: made.flow.tick(0.002),
    "tick": lambda made: made.flow.tick(1.0),
}

TABLE: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("flow_table.toml").read_text("utf-8")
)


def test_the_table_is_whole() -> None:
    assert list(TABLE) == list(STATES)
    assert all(list(row) == list(EVENTS) for row in TABLE.values())


@pytest.mark.parametrize(("state", "event"), list(itertools.product(STATES, EVENTS)))
def test_flow(state: str, event: str) -> None:
    made = STATES[state]()
    actions = EVENTS[event](made)
    assert short(actions) == TABLE[state][event]
    asked = [action for action in actions if isinstance(action, Ask)]
    assert all(action.request in (made.flow.pending, made.flow.spare) for action in asked)
    shown = [action.suggestion for action in actions if isinstance(action, Show)]
    assert not shown or made.flow.shown == shown[-1]
