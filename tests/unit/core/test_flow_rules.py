"""What the flow promises beyond single steps: what is never asked twice, and what is never shown."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from flows import NEXT, THE, WINDOW, asking, showing, typed
from penwright.core.actions import Ask, Cancel, Hide, Insert, Show, Wake
from penwright.core.answer import Answer
from penwright.core.flow import BATTERY_PAUSE, Flow
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Edit, Snapshot
from penwright.core.suggestion import Suggestion
from penwright.core.take import Take


def test_typing_through_asks_nothing_up_to_the_last_letter_and_then_shows_what_follows() -> None:
    flow, snapshot = showing(), THE
    for place, letter in enumerate(WINDOW.text[:-1], 1):
        snapshot = typed(snapshot, letter)
        assert flow.edited(snapshot, Edit.TYPED, 1.0) == [Show(Suggestion(1, WINDOW.text[place:]))]
    snapshot = typed(snapshot, WINDOW.text[-1])
    shown, ahead = flow.edited(snapshot, Edit.TYPED, 1.0 + place)
    assert shown == Show(Suggestion(2, NEXT.text)), "in place: nothing is hidden between"
    assert ahead == Ask(4, typed(snapshot, NEXT.text), spare=True)


def test_a_typo_taken_back_finds_its_suggestion_again() -> None:
    flow = showing()
    assert flow.edited(typed(THE, "x"), Edit.TYPED, 1.0) == [Hide(), Ask(4, typed(THE, "x"))]
    assert flow.edited(replace(THE, revision=3), Edit.DELETED, 2.0) == [Cancel(4), Wake(2.055)]
    assert flow.tick(2.055) == [Show(Suggestion(3, WINDOW.text))], "known, and what follows it too"


def test_a_detour_half_way_finds_the_rest_again() -> None:
    flow, snapshot = showing(), typed(THE, " win")
    flow.edited(snapshot, Edit.TYPED, 1.0)
    flow.edited(typed(snapshot, "x"), Edit.TYPED, 1.5)
    flow.edited(replace(snapshot, revision=9), Edit.DELETED, 2.0)
    assert flow.tick(3.0)[0] == Show(Suggestion(3, "dow and"))


def test_a_half_accepted_suggestion_outranks_the_recall() -> None:
    flow, after = Flow(), typed(THE, " window")
    flow.edited(after, Edit.TYPED, 0.0)
    assert flow.answered(1, [Answer(" frame", (6,), (-0.01,))], 0.1)[0] == Show(Suggestion(1, " frame"))
    flow.edited(THE, Edit.DELETED, 0.6)
    flow.answered(3, [WINDOW], 0.8)
    assert flow.took(Take.WORD) == [Hide(), Insert(" window")]
    assert flow.accepted(after, 1.0) == [Show(Suggestion(3, " and"))]
    assert flow.edited(typed(after, " a"), Edit.TYPED, 2.0) == [Show(Suggestion(3, "nd"))]


def test_the_caret_that_comes_back_finds_its_suggestion() -> None:
    flow = showing()
    aside = replace(THE, before="out of th", after="e")
    assert flow.moved(aside) == [Hide()]
    assert flow.moved(THE) == [Show(Suggestion(3, WINDOW.text))]
    flow.enabled = False
    flow.moved(aside)
    assert flow.moved(THE) == []


def test_undoing_shows_nothing() -> None:
    flow = showing()
    flow.edited(typed(THE, "x"), Edit.TYPED, 1.0)
    assert flow.edited(replace(THE, revision=3), Edit.OTHER, 2.0) == [Cancel(4)]
    assert flow.shown is None


@pytest.mark.parametrize("how", [Take.ALL, Take.SENTENCE])
def test_after_accepting_what_follows_is_there_at_once(how: Take) -> None:
    flow = showing()
    assert flow.took(how) == [Hide(), Insert(" window and")]
    after = typed(THE, " window and")
    assert flow.accepted(after, 1.0)[0] == Show(Suggestion(2, NEXT.text))


def test_what_follows_is_asked_anew_where_the_spare_answer_has_not_come() -> None:
    flow = asking()
    flow.answered(1, [WINDOW], 0.1)
    flow.took(Take.ALL)
    after = typed(THE, " window and")
    assert flow.accepted(after, 1.0) == [Ask(3, after)]
    # Should the spare one have been on its way, it does.
    assert flow.answered(2, [NEXT], 1.0)[0] == Show(Suggestion(2, NEXT.text))
    assert flow.answered(3, [NEXT], 1.1) == []


@pytest.mark.parametrize("letters", [" ", " w", " wind"])
def test_late_answer_is_shortened_by_what_was_typed(letters: str) -> None:
    flow, snapshot = asking(), THE
    for letter in letters:
        snapshot = typed(snapshot, letter)
        flow.edited(snapshot, Edit.TYPED, 0.01)
    shown = flow.answered(1, [WINDOW], 1.0)[0]
    assert shown == Show(Suggestion(1, WINDOW.text.removeprefix(letters)))
    pending = flow.pending
    assert pending is not None
    other = Answer("inter", (5,), (-0.01,))
    assert flow.answered(pending, [other], 1.1) == [], "it is not changed while it is read"


@pytest.mark.parametrize(
    "now",
    [
        replace(THE, document="two"),
        replace(THE, before="out of a", revision=2),
        replace(THE, before="out of", revision=2),
        replace(THE, after="!", revision=2),
        replace(THE, before="in front of the", revision=2),
        typed(THE, " door"),
        typed(THE, WINDOW.text),
        typed(THE, WINDOW.text + " more"),
        typed(THE, " window a"),
    ],
)
def test_stale_answer_to_a_text_that_typing_cannot_explain(now: Snapshot) -> None:
    flow = asking()
    flow.edited(now, Edit.TYPED, 0.01)
    assert flow.answered(1, [WINDOW], 1.0) == []
    assert flow.shown is None
    assert flow.tick(2.0) == []


def test_stale_answers_with_a_wrong_id_or_twice() -> None:
    flow = asking()
    assert flow.answered(99, [WINDOW], 1.0) == []
    assert flow.pending == 1
    assert flow.answered(1, [WINDOW], 1.0)[0] == Show(Suggestion(1, WINDOW.text))
    assert flow.answered(1, [WINDOW], 1.0) == []


def test_an_answer_after_a_paste_is_kept_and_not_shown() -> None:
    flow = asking()
    assert flow.edited(typed(THE, "!"), Edit.OTHER, 0.1) == [Cancel(1)]
    assert flow.answered(1, [WINDOW], 1.0) == []
    assert flow.edited(replace(THE, revision=3), Edit.DELETED, 2.0) == [Wake(2.055)], "known by now"


def test_once_it_waits_for_the_pause_it_can_be_typed_through() -> None:
    flow = asking()
    assert flow.answered(1, [WINDOW], 0.001) == [Wake(0.015)]
    assert flow.edited(typed(THE, " w"), Edit.TYPED, 0.002) == []
    assert flow.tick(0.010) == [Wake(0.015)]
    assert flow.tick(0.1)[0] == Show(Suggestion(1, "indow and"))


def test_who_types_fast_and_steadily_sees_nothing_between_two_keys() -> None:
    flow, snapshot, shown = Flow(), replace(THE, before="It"), 0
    for number in range(30):
        now = number / 12
        snapshot = typed(snapshot, "x")
        for action in flow.edited(snapshot, Edit.TYPED, now):
            if isinstance(action, Ask):
                flow.answered(action.request, [Answer(f" word{number}", (6,), (-0.01,))], now + 0.01)
        # The clock runs up to the next key.
        shown += any(isinstance(action, Show) for action in flow.tick(now + 1 / 12 - 0.001))
    assert shown <= 5, "only before the pace is known"
    assert isinstance(flow.tick(now + 0.2)[0], Show), "a pause shows it"


def test_while_backspace_repeats_nothing_flashes() -> None:
    flow, snapshot = Flow(), THE
    for number in range(12):
        snapshot = typed(snapshot, "x")
        for action in flow.edited(snapshot, Edit.TYPED, number * 0.2):
            if isinstance(action, Ask):
                flow.answered(
                    action.request, [Answer(" one two", (4, 8), (-0.01, -0.01))], number * 0.2 + 0.1
                )
    for number in range(11):
        snapshot = replace(snapshot, before=snapshot.before[:-1], revision=snapshot.revision + 1)
        now = 10 + number * 0.033
        assert not any(isinstance(action, Show) for action in flow.edited(snapshot, Edit.DELETED, now))
        assert not any(isinstance(action, Show) for action in flow.tick(now + 0.032))
    assert isinstance(flow.tick(11.0)[0], Show)


def test_at_most_two_spare_requests_follow_and_then_silence() -> None:
    flow = asking()
    assert flow.answered(1, [WINDOW], 0.1)[1:] == [Ask(2, typed(THE, WINDOW.text), spare=True)]
    assert flow.answered(2, [NEXT], 0.2) == [Ask(3, THE, candidates=3, spare=True)]
    assert flow.answered(3, [WINDOW], 0.3) == []
    for second in range(1, 100):
        assert flow.tick(float(second)) == []


def test_a_spare_request_that_fails_is_not_repeated() -> None:
    flow = asking()
    flow.answered(1, [WINDOW], 0.1)
    assert flow.failed(2) == []
    assert flow.tick(5.0) == []
    assert flow.ready(6.0) == []


def test_switched_off_it_answers_only_when_asked() -> None:
    flow = Flow()
    flow.enabled = False
    assert flow.edited(THE, Edit.TYPED, 0.0) == []
    assert flow.accepted(THE, 0.0) == []
    assert flow.ready(0.0) == []
    assert flow.asked(THE, 1.0) == [Ask(1, THE)]
    assert flow.answered(1, [WINDOW], 2.0) == [Show(Suggestion(1, WINDOW.text))], "and asks nothing ahead"
    assert flow.took(Take.ALL) == [Hide(), Insert(WINDOW.text)]
    assert flow.accepted(typed(THE, WINDOW.text), 3.0) == []


def test_who_asks_is_shown_whatever_there_is() -> None:
    unsure = Answer(" a window", (2, 9), (-5.0, -5.0))
    flow = asking()
    assert flow.answered(1, [unsure], 0.1) == []
    assert flow.asked(THE, 1.0)[0] == Show(Suggestion(1, " a window")), "known already"
    flow = asking()
    assert flow.asked(THE, 1.0) == [], "it is being asked for"
    assert flow.answered(1, [unsure], 1.001)[0] == Show(Suggestion(1, " a window")), "at once"
    flow = Flow()
    assert flow.asked(THE, 1.0) == [Ask(1, THE)]
    assert flow.answered(1, [Answer("")], 1.1) == []
    assert flow.asked(replace(THE, before=" \n"), 2.0) == [], "an empty page"


def test_the_eagerness_is_that_of_the_asking() -> None:
    flow = Flow(Eagerness.QUIET)
    flow.edited(THE, Edit.TYPED, 0.0)
    flow.eagerness = Eagerness.EAGER
    assert flow.answered(1, [Answer(" window", (7,), (-0.9,))], 1.0) == []


def test_three_candidates_in_a_ring() -> None:
    flow = asking()
    flow.answered(1, [WINDOW], 0.1)
    assert flow.turned(1, THE, 1.0) == [Ask(3, THE, candidates=3)]
    assert flow.shown == Suggestion(1, WINDOW.text), "what shows stays until they are there"
    whole = Answer(" window and the sky.", (7, 11, 15, 20), (-0.3,) * 4)
    door, gate = Answer(" door", (5,), (-3.0,)), Answer(" gate", (5,), (-4.0,))
    assert flow.answered(3, [whole, door, gate], 1.1)[0] == Show(Suggestion(3, " door"), 2, 3)
    assert flow.turned(1, THE, 1.2)[0] == Show(Suggestion(3, " gate"), 3, 3)
    assert flow.turned(1, THE, 1.3)[0] == Show(Suggestion(3, whole.text), 1, 3)
    assert flow.turned(-1, THE, 1.4)[0] == Show(Suggestion(3, " gate"), 3, 3)
    assert flow.took(Take.ALL) == [Hide(), Insert(" gate")]


@pytest.mark.parametrize(("keys", "text"), [([1, 1], " gate"), ([-1], " gate"), ([1, -1], " window")])
def test_keys_that_come_while_the_candidates_are_asked_for_count(keys: list[int], text: str) -> None:
    flow = asking()
    flow.answered(1, [WINDOW], 0.1)
    for step in keys:
        flow.turned(step, THE, 1.0)
    answers = [Answer(word, (len(word),), (-0.5,)) for word in (" window", " door", " gate")]
    shown = flow.answered(3, answers, 1.1)[0]
    assert isinstance(shown, Show)
    assert shown.suggestion.text.startswith(text)


def test_candidates_where_nothing_showed() -> None:
    flow = Flow()
    assert flow.turned(1, THE, 1.0) == [Ask(1, THE, candidates=3)]
    door = Answer(" door", (5,), (-3.0,))
    assert flow.answered(1, [door, WINDOW], 1.1)[0] == Show(Suggestion(1, " door"), 1, 2)
    flow = Flow()
    flow.turned(-1, THE, 1.0)
    assert flow.answered(1, [door, WINDOW], 1.1)[0] == Show(Suggestion(1, WINDOW.text), 2, 2)
    flow = Flow()
    flow.turned(1, THE, 1.0)
    assert flow.answered(1, [], 1.1) == []


def test_what_shows_and_is_none_of_the_candidates_keeps_its_place() -> None:
    flow = showing()
    after = typed(THE, " w")
    flow.edited(after, Edit.TYPED, 1.0)
    assert flow.turned(1, after, 1.1) == [Ask(4, after, candidates=3)]
    actions = flow.answered(4, [Answer("inter", (5,), (-0.4,))], 1.2)
    assert actions[0] == Show(Suggestion(4, "inter"), 2, 2)
    assert flow.turned(1, after, 1.3)[0] == Show(Suggestion(1, "indow and"), 1, 2)


def test_typing_ends_the_choosing() -> None:
    flow = asking()
    flow.answered(1, [WINDOW], 0.1)
    flow.turned(1, THE, 1.0)
    assert flow.edited(typed(THE, " "), Edit.TYPED, 1.1) == [Cancel(3), Show(Suggestion(1, "window and"))]
    assert flow.answered(3, [WINDOW, NEXT], 1.2) == []
    assert flow.turned(1, typed(THE, " "), 1.3) == [Ask(4, typed(THE, " "), candidates=3)]


def test_on_battery_it_waits_and_asks_nothing_ahead() -> None:
    flow = Flow()
    flow.on_battery = True
    snapshot, now = THE, 0.0
    for number in range(5):
        snapshot, now = typed(snapshot, "x"), number * 0.1
        assert flow.edited(snapshot, Edit.TYPED, now) == [Wake(now + BATTERY_PAUSE)]
        assert flow.tick(now + 0.09) == [Wake(now + BATTERY_PAUSE)]
    assert flow.tick(now + BATTERY_PAUSE) == [Ask(1, snapshot)]
    assert flow.answered(1, [WINDOW], now + 0.5) == [Show(Suggestion(1, WINDOW.text))]
    assert flow.tick(now + 9.0) == []
    flow.took(Take.ALL)
    after = typed(snapshot, WINDOW.text)
    assert flow.accepted(after, 9.0) == [Ask(2, after)], "the writer's own keys wait for nothing"


def test_switched_off_while_it_waits_on_battery() -> None:
    flow = Flow()
    flow.on_battery = True
    flow.edited(THE, Edit.TYPED, 0.0)
    assert flow.strayed() == []
    assert flow.tick(1.0) == []


def test_a_lost_request_is_asked_again_once() -> None:
    flow = asking()
    assert flow.failed(1) == []
    assert flow.ready(2.0) == [Ask(2, THE)]
    assert flow.ready(2.0) == []
    flow = asking()
    flow.failed(1)
    flow.edited(typed(THE, " w"), Edit.TYPED, 1.0)
    assert flow.ready(2.0) == []
    flow = asking()
    flow.edited(typed(THE, " "), Edit.TYPED, 0.01)
    assert flow.failed(1) == [], "superseded: nothing is lost"
    assert flow.ready(1.0) == []


def test_another_model_is_not_answered_for() -> None:
    flow = showing()
    flow.strayed()
    flow.ready(1.0)
    assert flow.edited(replace(THE, revision=5), Edit.DELETED, 2.0) == [Ask(4, replace(THE, revision=5))]


def test_other_rules_of_the_gate_forget_what_was_let_through() -> None:
    flow = showing()
    assert flow.forget() == [Hide()]
    assert flow.moved(THE) == []


@pytest.mark.parametrize(
    ("phrases", "shown"),
    [
        ((), " window and"),
        (("door",), " window and"),
        (("and",), " window"),
        (("Window",), None),
        (("the window",), None),
        (("of the",), " window and"),
    ],
)
def test_phrases_that_are_never_to_be_suggested(phrases: tuple[str, ...], shown: str | None) -> None:
    flow = Flow()
    flow.banned = phrases
    flow.edited(THE, Edit.TYPED, 0.0)
    flow.answered(1, [WINDOW], 1.0)
    assert (flow.shown.text if flow.shown else None) == shown
    flow.asked(THE, 2.0)
    assert (flow.shown.text if flow.shown else None) == shown, (
        "nor when the writer asks for whatever there is"
    )


def test_a_text_that_is_longer_than_a_snapshot() -> None:
    start = Snapshot("one", 1, "😀abc of the", origin=500)
    flow = Flow()
    flow.edited(start, Edit.TYPED, 0.0)
    flow.answered(1, [WINDOW], 1.0)
    slid = Snapshot("one", 2, "abc of the ", origin=502)
    assert flow.edited(slid, Edit.TYPED, 1.0) == [Show(Suggestion(1, "window and"))]


def test_numbers_come_from_outside() -> None:
    flow = Flow(next_id=itertools.count(40).__next__)
    assert flow.edited(THE, Edit.TYPED, 0.0) == [Ask(40, THE)]
