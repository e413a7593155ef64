"""Decisions on changes: what is looked at, what is shown, what is accepted."""

from penwright.core.diff import apply, changes
from penwright.core.reviewing import Part, Reviewing, Verdict
from penwright.core.splice import splice_between

OLD = "The cat sat on the mat. It was happy."
NEW = "The dog sat on the rug. It was very happy."


def _review() -> Reviewing:
    return Reviewing(changes(OLD, NEW))


def test_a_decision_goes_on_to_the_next_open_change_and_around() -> None:
    review = _review()
    assert (review.current, review.left) == (0, 3)
    review.step(-1)
    assert review.current == 2
    review.decide(Verdict.ACCEPTED)
    assert (review.current, review.left) == (0, 2)
    review.decide(Verdict.REJECTED)
    review.decide(Verdict.ACCEPTED)
    assert (review.current, review.left) == (1, 0)
    assert apply(OLD, review.accepted) == "The cat sat on the rug. It was very happy."
    review.step(-1)
    review.decide(Verdict.ACCEPTED)  # thought over
    assert apply(OLD, review.accepted) == NEW


def test_all_and_none() -> None:
    review = _review()
    review.decide_all(Verdict.ACCEPTED)
    assert apply(OLD, review.accepted) == NEW
    review.decide_all(Verdict.REJECTED)
    assert (review.accepted, review.left) == ((), 0)
    empty = Reviewing(())
    empty.step(1)
    empty.decide(Verdict.ACCEPTED)
    assert (empty.current, empty.left, empty.accepted) == (-1, 0, ())


def test_what_is_shown_has_both_sides_until_one_is_chosen() -> None:
    review = _review()
    review.decide(Verdict.ACCEPTED)
    shown = [(piece.text, piece.part) for piece in review.pieces(OLD, 0, len(OLD))]
    assert shown == [
        ("The ", Part.SAME),
        ("dog", Part.CHOSEN),
        (" sat on the ", Part.SAME),
        ("mat", Part.OLD),
        ("rug", Part.NEW),
        (". It was ", Part.SAME),
        ("very ", Part.NEW),
        ("happy.", Part.SAME),
    ]


def test_verdicts_stay_with_their_changes_when_the_writer_edits() -> None:
    review = _review()
    review.step(1)
    review.decide(Verdict.REJECTED)
    review.decide(Verdict.ACCEPTED)
    text = "So: " + OLD.replace("cat", "cow")
    dropped = review.reconcile(splice_between(OLD, "So: " + OLD), "So: " + OLD)
    assert dropped == ()
    dropped = review.reconcile(splice_between("So: " + OLD, text), text)
    assert [change.old for change in dropped] == ["cat"]
    assert [review.verdict(index) for index in (0, 1)] == [Verdict.REJECTED, Verdict.ACCEPTED]
    assert review.current == 0
    assert apply(text, review.accepted) == "So: The cow sat on the mat. It was very happy."
    assert len(review.reconcile(splice_between(text, ""), "")) == 2
    assert review.current == -1
