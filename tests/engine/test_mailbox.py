"""What the worker does next, and what has to stop for it."""

import pytest

from penwright.engine.messages import Cancel, Compose, Count, Load, Request
from penwright.engine.worker.mailbox import Cancelled, Errand, Mailbox, Task


class Session:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.stopped = False
        self.has_errand = False

    def abort(self) -> None:
        self.stopped = True

    def resume(self) -> None:
        self.stopped = False


def visible(number: int) -> Request:
    return Request(number, "text")


def spare(number: int) -> Request:
    return Request(number, "text", spare=True)


def text(number: int) -> Compose:
    return Compose(number, ())


def count(number: int) -> Count:
    return Count(number, ())


@pytest.fixture
def session() -> Session:
    return Session()


def take(mailbox: Mailbox, session: Session) -> Task:
    return mailbox.take(session)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("running", "comes", "stops"),
    [
        (visible(1), visible(2), True),
        (visible(1), spare(2), False),
        (visible(1), Cancel(1), True),
        (visible(1), Cancel(9), False),
        (visible(1), Load("other"), True),
        (spare(1), visible(2), True),
        (spare(1), spare(2), True),
        (spare(1), Cancel(1), True),
        (spare(1), Cancel(2), False),
        (spare(1), Load("other"), True),
        (Errand(), visible(2), True),
        (Errand(), spare(2), True),
        (Errand(), Load("other"), True),
        (Errand(), Cancel(1), False),
        (visible(1), text(2), True),
        (spare(1), text(2), True),
        (Errand(), text(2), True),
        (text(1), Cancel(1), True),
        (text(1), Cancel(2), False),
        (text(1), text(2), False),
        (text(1), visible(2), False),
        (text(1), spare(2), False),
        (text(1), count(2), False),
        (text(1), Load("other"), True),
        (visible(1), count(2), False),
        (Errand(), count(2), True),
    ],
    ids=repr,
)
def test_what_stops_for_what(running: Task, comes: object, stops: bool, session: Session) -> None:
    mailbox = Mailbox()
    if isinstance(running, Errand):
        session.has_errand = True
    else:
        mailbox.put(running)
    assert take(mailbox, session) == running
    session.has_errand = False
    mailbox.put(comes)
    assert session.stopped is stops
    if not isinstance(comes, Cancel):
        assert take(mailbox, session) == comes
        assert not session.stopped


@pytest.mark.parametrize(
    ("put", "taken"),
    [
        ([visible(1), visible(2)], [Cancelled((1,)), visible(2)]),
        ([spare(1), spare(2)], [Cancelled((1,)), spare(2)]),
        ([spare(1), visible(2)], [Cancelled((1,)), visible(2)]),
        ([visible(1), spare(2)], [visible(1), spare(2)]),
        ([visible(1), spare(2), visible(3)], [Cancelled((2, 1)), visible(3)]),
        ([visible(1), Cancel(1)], [Cancelled((1,))]),
        ([spare(1), Cancel(1)], [Cancelled((1,))]),
        ([visible(1), spare(2), Cancel(1)], [Cancelled((1,)), spare(2)]),
        ([visible(1), Load("x")], [Load("x"), visible(1)]),
        ([Cancel(7), visible(1)], [visible(1)]),
        (["no message", visible(1)], [visible(1)]),
        ([text(1), text(2), visible(3)], [text(1), text(2), visible(3)]),
        ([visible(1), text(2), count(3)], [count(3), text(2), visible(1)]),
        ([text(1), text(2), text(3), Cancel(2)], [Cancelled((2,)), text(1), text(3)]),
        ([text(1), Load("x")], [Load("x"), text(1)]),
    ],
    ids=repr,
)
def test_what_is_next(put: list[object], taken: list[Task], session: Session) -> None:
    mailbox = Mailbox()
    for message in put:
        mailbox.put(message)
    assert [take(mailbox, session) for _ in taken] == taken


def test_an_errand_waits_for_everything_else(session: Session) -> None:
    mailbox = Mailbox()
    session.has_errand = True
    mailbox.put(spare(2))
    assert take(mailbox, session) == spare(2)
    assert take(mailbox, session) == Errand()
    mailbox.put(visible(3))
    assert session.stopped
    assert take(mailbox, session) == visible(3)
    assert take(mailbox, session) == Errand(), "it goes on where it was"
