"""The suggestion state machine, event by event."""

from dataclasses import replace

import pytest

from penwright.core.answer import Answer
from penwright.core.flow import Action, Ask, Cancel, Flow, Hide, Insert, Show, Wake
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Edit, Snapshot
from penwright.core.suggestion import Suggestion, Take

THE = Snapshot("one", 1, "out of the")
WINDOW = Answer(" window and", (7, 11), (-0.01, -0.01))


def typed(snapshot: Snapshot, letters: str) -> Snapshot:
    return replace(snapshot, before=snapshot.before + letters, revision=snapshot.revision + 1)


def asking() -> Flow:
    """Return a flow whose request 1 is under way for THE."""
    flow = Flow()
    assert flow.edited(THE, Edit.TYPED, 0.0) == [Ask(1, THE)]
    return flow


def holding() -> Flow:
    """Return a flow that holds an answer until the writer has paused."""
    flow = asking()
    assert flow.answered(1, WINDOW, 0.001) == [Wake(0.015)]
    return flow


def showing() -> Flow:
    """Return a flow that shows " window and"."""
    flow = asking()
    assert flow.answered(1, WINDOW, 0.1) == [Show(Suggestion(1, WINDOW.text))]
    return flow


def idle() -> Flow:
    return Flow()


STATES = {"idle": idle, "asking": asking, "holding": holding, "showing": showing}
WRONG = typed(THE, "x")
RIGHT = typed(THE, " w")
BACK = replace(THE, before="out of th", revision=2)
PASTED = typed(THE, " window")


@pytest.mark.parametrize(
    ("state", "snapshot", "edit", "actions"),
    [
        ("idle", THE, Edit.TYPED, [Ask(1, THE)]),
        ("idle", THE, Edit.DELETED, [Ask(1, THE)]),
        ("idle", THE, Edit.OTHER, []),
        ("idle", replace(THE, before="  \n"), Edit.TYPED, []),
        ("asking", RIGHT, Edit.TYPED, [Ask(2, RIGHT)]),
        ("asking", BACK, Edit.DELETED, [Cancel(1), Ask(2, BACK)]),
        ("asking", PASTED, Edit.OTHER, [Cancel(1)]),
        ("holding", RIGHT, Edit.TYPED, []),
        ("holding", WRONG, Edit.TYPED, [Ask(2, WRONG)]),
        ("holding", BACK, Edit.DELETED, [Ask(2, BACK)]),
        ("holding", PASTED, Edit.OTHER, []),
        ("showing", RIGHT, Edit.TYPED, [Show(Suggestion(1, "indow and"))]),
        ("showing", WRONG, Edit.TYPED, [Hide(), Ask(2, WRONG)]),
        ("showing", BACK, Edit.DELETED, [Hide(), Ask(2, BACK)]),
        ("showing", PASTED, Edit.OTHER, [Hide()]),
        ("showing", typed(THE, WINDOW.text), Edit.TYPED, [Hide(), Ask(2, typed(THE, WINDOW.text))]),
        (
            "showing",
            replace(RIGHT, document="two"),
            Edit.TYPED,
            [Hide(), Ask(2, replace(RIGHT, document="two"))],
        ),
        ("showing", replace(RIGHT, after="!"), Edit.TYPED, [Hide(), Ask(2, replace(RIGHT, after="!"))]),
    ],
)
def test_edits(state: str, snapshot: Snapshot, edit: Edit, actions: list[Action]) -> None:
    assert STATES[state]().edited(snapshot, edit, 1.0) == actions


@pytest.mark.parametrize(
    ("state", "actions"), [("idle", []), ("asking", [Cancel(1)]), ("holding", []), ("showing", [Hide()])]
)
def test_straying_and_dismissing_clear_everything(state: str, actions: list[Action]) -> None:
    for event in (Flow.strayed, Flow.dismissed):
        flow = STATES[state]()
        assert event(flow) == actions
        assert flow.shown is None
        assert flow.pending is None
        assert flow.tick(9.0) == []
        assert flow.answered(1, WINDOW, 9.0) == []
        assert flow.ready(9.0) == []


@pytest.mark.parametrize("state", STATES)
def test_the_writer_asks(state: str) -> None:
    flow = STATES[state]()
    flow.enabled = False
    before = flow.pending
    actions = flow.asked(THE, 5.0)
    number = 1 if state == "idle" else 2
    assert actions[-1] == Ask(number, THE)
    assert (Cancel(1) in actions) == (before == 1)
    assert (Hide() in actions) == (state == "showing")
    unsure = Answer(" a", (2,), (-5.0,))
    assert flow.answered(number, unsure, 5.0) == [Show(Suggestion(number, " a"))], "at once, and ungated"


def test_switched_off_nothing_is_asked() -> None:
    flow = Flow()
    flow.enabled = False
    assert flow.edited(THE, Edit.TYPED, 0.0) == []
    assert flow.accepted(THE, 0.0) == []
    assert flow.ready(0.0) == []


def test_typing_through_asks_nothing_up_to_the_last_letter() -> None:
    flow, snapshot = showing(), THE
    for place, letter in enumerate(WINDOW.text[:-1], 1):
        snapshot = typed(snapshot, letter)
        assert flow.edited(snapshot, Edit.TYPED, 1.0) == [Show(Suggestion(1, WINDOW.text[place:]))]
    snapshot = typed(snapshot, WINDOW.text[-1])
    assert flow.edited(snapshot, Edit.TYPED, 1.0) == [Hide(), Ask(2, snapshot)]


def test_typing_through_while_the_snapshot_slides_along() -> None:
    start = Snapshot("one", 1, "😀abc of the", origin=500)
    flow = Flow()
    flow.edited(start, Edit.TYPED, 0.0)
    flow.answered(1, WINDOW, 1.0)
    slid = Snapshot("one", 2, "abc of the ", origin=502)
    assert flow.edited(slid, Edit.TYPED, 1.0) == [Show(Suggestion(1, "window and"))]


def test_it_waits_for_the_pause() -> None:
    flow = holding()
    assert flow.shown is None
    assert flow.tick(0.010) == [Wake(0.015)]
    assert flow.tick(0.015) == [Show(Suggestion(1, WINDOW.text))]
    assert flow.tick(1.0) == []


def test_what_is_held_can_be_typed_through_and_shows_the_rest() -> None:
    flow = holding()
    assert flow.edited(RIGHT, Edit.TYPED, 0.002) == []
    assert flow.tick(0.1) == [Show(Suggestion(1, "indow and"))]


@pytest.mark.parametrize(("latency", "pause"), [(0.07, 0.015), (0.1, 0.025), (0.3, 0.055)])
def test_the_pause_grows_with_the_answers_time(latency: float, pause: float) -> None:
    flow = asking()
    flow.answered(1, Answer("", (), ()), latency)
    flow.edited(RIGHT, Edit.TYPED, 10.0)
    assert flow.answered(2, WINDOW, 10.001) == [Wake(10.0 + pause)]


def test_accepting_a_word_shows_the_rest_and_asks_nothing() -> None:
    flow = showing()
    assert flow.took(Take.WORD) == [Hide(), Insert(" window")]
    assert flow.accepted(typed(THE, " window"), 1.0) == [Show(Suggestion(1, " and"))]
    assert flow.pending is None
    after = typed(typed(THE, " window"), " a")
    assert flow.edited(after, Edit.TYPED, 2.0) == [Show(Suggestion(1, "nd"))]


@pytest.mark.parametrize("how", [Take.ALL, Take.SENTENCE])
def test_accepting_all_asks_what_comes_next(how: Take) -> None:
    flow = showing()
    assert flow.took(how) == [Hide(), Insert(" window and")]
    after = typed(THE, " window and")
    assert flow.accepted(after, 1.0) == [Ask(2, after)]


def test_accepting_the_last_word_asks_what_comes_next() -> None:
    flow = showing()
    flow.took(Take.WORD)
    flow.accepted(typed(THE, " window"), 1.0)
    assert flow.took(Take.WORD) == [Hide(), Insert(" and")]
    after = typed(THE, " window and")
    assert flow.accepted(after, 1.0) == [Ask(2, after)]


@pytest.mark.parametrize("state", ["idle", "asking", "holding"])
@pytest.mark.parametrize("how", Take)
def test_nothing_is_taken_while_nothing_shows(state: str, how: Take) -> None:
    flow = STATES[state]()
    pending = flow.pending
    assert flow.took(how) == []
    assert flow.pending == pending


def test_stale_answer_with_a_wrong_id() -> None:
    flow = asking()
    assert flow.answered(99, WINDOW, 1.0) == []
    assert flow.pending == 1
    assert flow.answered(1, WINDOW, 1.0) == [Show(Suggestion(1, WINDOW.text))]
    assert flow.answered(1, WINDOW, 1.0) == [], "an answer counts once"


def test_stale_answer_to_the_request_before() -> None:
    flow = asking()
    flow.edited(WRONG, Edit.TYPED, 0.1)
    assert flow.answered(1, WINDOW, 1.0) == []
    assert flow.pending == 2


@pytest.mark.parametrize("edit", [Edit.OTHER, Edit.DELETED])
def test_stale_answer_after_an_edit(edit: Edit) -> None:
    flow = asking()
    flow.edited(BACK, edit, 0.1)
    assert flow.answered(1, WINDOW, 1.0) == []
    assert flow.shown is None


@pytest.mark.parametrize(
    "now",
    [
        replace(THE, document="two"),
        replace(THE, revision=0),
        replace(THE, before="out of a", revision=2),
        replace(THE, before="out of", revision=2),
        replace(THE, after="!", revision=2),
        replace(THE, before="of the", origin=3, revision=2),
        typed(THE, " door"),
        typed(THE, WINDOW.text),
        typed(THE, WINDOW.text + " more"),
    ],
)
def test_stale_answer_to_a_text_that_typing_cannot_explain(now: Snapshot) -> None:
    flow = asking()
    flow.edited(now, Edit.TYPED, 0.01)
    assert flow.answered(1, WINDOW, 1.0) == []
    assert flow.shown is None
    assert flow.tick(2.0) == []


@pytest.mark.parametrize(("letters", "rest"), [(" ", "window and"), (" win", "dow and")])
def test_late_answer_is_shortened_by_what_was_typed(letters: str, rest: str) -> None:
    flow = asking()
    assert flow.edited(typed(THE, letters), Edit.TYPED, 0.01) == [Ask(2, typed(THE, letters))]
    assert flow.answered(1, WINDOW, 1.0) == [Show(Suggestion(1, rest))]
    assert flow.answered(2, Answer(" another", (8,), (-0.1,)), 1.1) == [], (
        "it is not changed while it is read"
    )


def test_an_answer_two_letters_old_is_dropped() -> None:
    flow = asking()
    flow.edited(typed(THE, " "), Edit.TYPED, 0.01)
    flow.edited(typed(THE, " w"), Edit.TYPED, 0.02)
    assert flow.answered(1, WINDOW, 1.0) == []


def test_a_superseded_request_that_is_cancelled_changes_nothing() -> None:
    flow = asking()
    flow.edited(typed(THE, " "), Edit.TYPED, 0.01)
    assert flow.failed(1) == []
    assert flow.pending == 2
    assert flow.ready(1.0) == []


def test_an_answer_that_is_not_worth_showing() -> None:
    flow = asking()
    assert flow.answered(1, Answer(" window", (7,), (-3.0,)), 1.0) == []
    assert flow.pending is None
    assert flow.shown is None


def test_the_eagerness_is_that_of_the_asking() -> None:
    flow = Flow(Eagerness.QUIET)
    flow.edited(THE, Edit.TYPED, 0.0)
    flow.eagerness = Eagerness.EAGER
    assert flow.answered(1, Answer(" window", (7,), (-1.0,)), 1.0) == []


def test_a_lost_request_is_asked_again() -> None:
    flow = asking()
    assert flow.failed(1) == []
    assert flow.pending is None
    assert flow.ready(2.0) == [Ask(2, THE)]
    assert flow.ready(2.0) == []


def test_a_lost_request_is_forgotten_once_the_text_has_changed() -> None:
    flow = asking()
    flow.failed(1)
    flow.edited(RIGHT, Edit.TYPED, 1.0)
    assert flow.ready(2.0) == []
    assert flow.pending == 2


def test_the_end_of_another_request_loses_nothing() -> None:
    flow = asking()
    assert flow.failed(7) == []
    assert flow.pending == 1


def test_ready_asks_nothing_of_itself() -> None:
    assert Flow().ready(0.0) == []
    assert showing().ready(1.0) == []
