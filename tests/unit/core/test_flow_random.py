"""The flow under random events: a writer, a clock and an engine that answers late, wrongly, or never."""

from __future__ import annotations

import itertools

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from penwright.core.actions import Action, Ask, Cancel, Hide, Insert, Show, Wake
from penwright.core.answer import Answer
from penwright.core.fate import Told
from penwright.core.flow import Flow
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Edit, Snapshot
from penwright.core.take import Take

LETTERS = st.text("ab 你\n", min_size=1, max_size=3)
TEXTS = st.lists(st.text("ab 你", max_size=8), max_size=3, unique_by=lambda text: text[:1])


class Desk(RuleBasedStateMachine):
    """Draws what the flow says on a sheet of one line, as a window would, and holds it to its promises."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Told] = []
        self.flow = Flow(Eagerness.EAGER, itertools.count(1).__next__, self.told.append)
        self.now = 0.0
        self.before, self.after = "", ""
        self.revision = 0
        self.document = 1
        self.ghost: str | None = None
        self.wake: float | None = None
        self.asked: dict[int, Ask] = {}  # what the engine has and has not ended
        self.over: set[int] = set()  # superseded or cancelled: the engine need not answer
        self.since_key = 0  # requests since the writer last did anything

    # What the flow sees and what it says

    def snapshot(self) -> Snapshot:
        return Snapshot(str(self.document), self.revision, self.before, self.after)

    def act(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Show(suggestion):
                    assert suggestion.text, "an empty ghost would take keys"
                    self.ghost = suggestion.text
                case Hide():
                    assert self.ghost is not None, "nothing to hide"
                    self.ghost = None
                case Insert(text):
                    assert text, "a key that accepts nothing"
                    self.before += text
                    self.revision += 1
                    self.act(self.flow.accepted(self.snapshot(), self.now))
                case Wake(at):
                    assert at >= self.now - 1e-9 or at == self.wake
                    self.wake = at
                case Ask(request, snapshot, _, spare):
                    assert request not in self.asked, "a number twice"
                    assert snapshot.before.strip()
                    self.since_key += 1
                    # A visible one supersedes all, a spare one only a spare one.
                    self.over |= {each for each, was in self.asked.items() if was.spare or not spare}
                    self.asked[request] = action
                case Cancel(request):
                    assert request in self.asked, "cancelled, but never asked or ended already"
                    self.over.add(request)

    def writer(self, actions: list[Action]) -> None:
        self.act(actions)

    # What the writer does

    @rule(letters=LETTERS, pause=st.sampled_from([0.03, 0.1, 0.4, 3.0]))
    def types(self, letters: str, pause: float) -> None:
        self.now += pause
        for letter in letters:
            self.change(self.before + letter, Edit.TYPED)

    @precondition(lambda self: self.ghost)
    @rule(count=st.integers(1, 4))
    def types_through(self, count: int) -> None:
        for letter in (self.ghost or "")[:count]:
            self.now += 0.05
            asked, ghost = self.since_key, self.ghost
            self.change(self.before + letter, Edit.TYPED)
            if ghost is not None and len(ghost) > 1:
                assert self.ghost == ghost[1:], "it flickers while it is typed through"
                assert self.since_key == 0 or asked == self.since_key

    @rule()
    def deletes(self) -> None:
        if self.before:
            self.now += 0.1
            self.change(self.before[:-1], Edit.DELETED)

    @rule(letters=LETTERS)
    def pastes(self, letters: str) -> None:
        self.now += 0.5
        self.change(self.before + letters, Edit.OTHER)
        assert self.since_key == 0, "a paste asks nothing"
        assert self.ghost is None

    def change(self, before: str, edit: Edit) -> None:
        self.before = before
        self.revision += 1
        self.since_key = 0
        if self.ghost is not None and self.flow.shown is None:
            raise AssertionError("the sheet shows what the flow does not know of")
        self.act(self.flow.edited(self.snapshot(), edit, self.now))

    @rule(steps=st.integers(-3, 3))
    def moves(self, steps: int) -> None:
        whole = self.before + self.after
        place = min(max(0, len(self.before) + steps), len(whole))
        self.before, self.after = whole[:place], whole[place:]
        self.since_key = 0
        self.act(self.flow.moved(self.snapshot()))
        assert self.since_key == 0, "a caret that moves asks nothing"

    @rule()
    def strays(self) -> None:
        self.since_key = 0
        self.act(self.flow.strayed())
        assert self.ghost is None
        assert self.since_key == 0

    @precondition(lambda self: self.ghost)
    @rule()
    def dismisses(self) -> None:
        self.since_key = 0
        self.act(self.flow.dismissed())
        assert self.ghost is None
        assert self.since_key == 0

    @precondition(lambda self: self.ghost)
    @rule(how=st.sampled_from(Take))
    def takes(self, how: Take) -> None:
        self.now += 0.3
        self.since_key = 0
        whole = self.before + (self.ghost or "")
        self.act(self.flow.took(how))
        assert whole.startswith(self.before)

    @rule()
    def asks(self) -> None:
        self.since_key = 0
        self.act(self.flow.asked(self.snapshot(), self.now))

    @rule(step=st.sampled_from([1, -1]))
    def turns(self, step: int) -> None:
        self.since_key = 0
        self.act(self.flow.turned(step, self.snapshot(), self.now))

    @rule()
    def opens_another_text(self) -> None:
        self.document += 1
        self.revision = 0
        self.before, self.after = "", ""
        self.since_key = 0
        self.act(self.flow.strayed())
        self.act(self.flow.moved(self.snapshot()))

    @rule(on_battery=st.booleans(), enabled=st.booleans())
    def changes_its_mind(self, on_battery: bool, enabled: bool) -> None:
        self.flow.on_battery, self.flow.enabled = on_battery, enabled
        if not enabled:
            self.strays()

    # What the engine and the clock do

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), texts=TEXTS, logprob=st.sampled_from([-0.05, -1.0, -3.0]))
    def answers(self, data: st.DataObject, texts: list[str], logprob: float) -> None:
        request = data.draw(st.sampled_from(sorted(self.asked)))
        candidates = self.asked[request].candidates
        made = [
            Answer(text, tuple(range(1, len(text) + 1)), (logprob,) * len(text)) for text in texts if text
        ]
        self.ends(request)
        ghost = self.ghost
        before, chosen = self.since_key, self.flow._choice
        self.act(self.flow.answered(request, made[:candidates], self.now))
        if ghost is not None and self.flow._choice is chosen:
            assert self.ghost == ghost, "changed under the writer's eyes"
        assert self.since_key - before <= 1

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def fails(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(sorted(self.asked)))
        self.ends(request)
        before = self.since_key
        self.act(self.flow.failed(request))
        assert self.since_key == before, "a failure asks nothing"

    def ends(self, request: int) -> None:
        del self.asked[request]
        self.over.discard(request)

    @rule()
    def loads(self) -> None:
        self.act(self.flow.ready(self.now))

    @rule(late=st.sampled_from([0.0, 0.01, 5.0]))
    def waits(self, late: float) -> None:
        if self.wake is not None:
            self.now = max(self.now, self.wake + late)
            self.wake = None
        else:
            self.now += late
        self.act(self.flow.tick(self.now))

    # What always holds

    @invariant()
    def two_at_most_are_alive(self) -> None:
        alive = [ask for request, ask in self.asked.items() if request not in self.over]
        assert len([ask for ask in alive if ask.spare]) <= 1
        assert len([ask for ask in alive if not ask.spare]) <= 1

    @invariant()
    def it_knows_what_is_under_way(self) -> None:
        alive = {request for request in self.asked if request not in self.over}
        known = {each for each in (self.flow.pending, self.flow.spare) if each is not None}
        assert known == alive

    @invariant()
    def the_sheet_shows_what_the_flow_says(self) -> None:
        assert self.ghost == (self.flow.shown.text if self.flow.shown else None)

    @invariant()
    def what_shows_fits_the_text(self) -> None:
        if self.flow.shown is not None:
            assert self.flow._now == self.snapshot()

    @invariant()
    def little_is_asked_for_one_key(self) -> None:
        # What shows, what follows, the others; and once more for what was lost with the engine.
        assert self.since_key <= 4


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=150, stateful_step_count=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
