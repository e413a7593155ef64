"""The conversation with the real worker process: who gets an answer, and what a lost worker costs."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.engine.api import Phase
from penwright.engine.messages import Chunk, Done, Failed, Load

PASSAGE = "She closed the door and looked out of the window at the quiet street. "
LONG = PASSAGE * 120  # its evaluation takes long enough to be caught in
READY = (
    '{"kind":"Ready","pid":1,"path":"","description":"","parameters":1,"size":1,"n_ctx":1,'
    '"n_ctx_train":1,"n_vocab":1,"n_threads":1,"load_ms":1,"system_info":"","binding":""}'
)
# Says of each message that it came, in a chunk; ends a request that is cancelled, or that asks for "end".
ECHO = f"""
import json
print({READY!r}, flush=True)
for line in sys.stdin:
    came = json.loads(line)
    print(json.dumps({{"kind": "Chunk", "id": came["id"], "text": came["kind"]}}), flush=True)
    if came["kind"] == "Cancel" or came["before"] == "end":
        stop = "cancelled" if came["kind"] == "Cancel" else "end"
        print(json.dumps({{"kind": "Done", "id": came["id"], "stop": stop}}), flush=True)
"""


def test_load_and_ask(writing: Any, starter: Path) -> None:
    writing.ask(1, PASSAGE + "It wa")
    done = writing.end_of(1)
    assert isinstance(done, Done)
    assert done.text
    writing.client.close()
    assert writing.phases() == [
        Phase.STARTING,
        Phase.LOADING,
        Phase.IDLE,
        Phase.PROMPT,
        Phase.GENERATING,
        Phase.IDLE,
        Phase.STOPPED,
    ]


def test_the_first_request_waits_for_the_model(talk: Callable[..., Any], starter: Path) -> None:
    made = talk()
    made.client.load(Load(str(starter)))
    made.ask(1, "Never")
    made.ask(2, PASSAGE)
    assert isinstance(made.end_of(2), Done)
    assert made.end_of(1).stop == "cancelled"


def test_the_newest_request_wins(writing: Any) -> None:
    text = LONG[:2_000]
    for number in range(1, 21):
        writing.ask(number, text + PASSAGE[: number * 2])
    last = writing.end_of(20)
    assert isinstance(last, Done)
    assert last.stop != "cancelled"
    for number in range(1, 21):
        writing.end_of(number)
    ends = writing.ends()
    assert {number: len(found) for number, found in ends.items()} == dict.fromkeys(range(1, 21), 1)
    assert sum(found[0].stop == "cancelled" for found in ends.values()) >= 10


def test_cancel(writing: Any) -> None:
    writing.ask(1, LONG, max_tokens=64)
    writing.phase(Phase.PROMPT)
    writing.client.cancel(1)
    assert writing.end_of(1).stop == "cancelled"
    writing.client.cancel(1)
    writing.client.cancel(77)
    writing.ask(2, PASSAGE)
    assert writing.end_of(2).stop != "cancelled"


def test_cancel_before_the_model_is_there(talk: Callable[..., Any], starter: Path) -> None:
    made = talk()
    made.client.load(Load(str(starter)))
    made.ask(1, PASSAGE)
    made.client.cancel(1)
    assert made.end_of(1).stop == "cancelled"
    made.ready()
    assert len(made.ends()[1]) == 1


def kill(made: Any, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("phase", [Phase.LOADING, Phase.IDLE, Phase.PROMPT, Phase.GENERATING])
def test_killed_in_each_phase(talk: Callable[..., Any], starter: Path, phase: Phase) -> None:
    made = talk()
    made.client.load(Load(str(starter), n_threads=1))
    if phase in (Phase.PROMPT, Phase.GENERATING):
        made.ready()
        before = LONG if phase is Phase.PROMPT else PASSAGE + "It was"
        made.ask(1, before, max_tokens=64)
    pid = made.phase(phase).pid
    mark = len(made.events)
    kill(made, pid)
    restarting = made.phase(Phase.RESTARTING, start=mark)
    assert restarting.key == "engine.restarting"
    if phase is Phase.PROMPT:
        lost = made.end_of(1)
        assert isinstance(lost, Failed)
        assert lost.key == "engine.ended"
    ready = made.ready(start=mark)
    assert ready.pid != pid
    made.ask(2, PASSAGE)
    assert isinstance(made.end_of(2), Done)
    if 1 in made.ends():
        assert len(made.ends()[1]) == 1


def test_every_request_that_the_worker_had_is_told_of_its_end(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]
) -> None:
    made = talk(fake_worker(f"print({READY!r}, flush=True)\nfor line in sys.stdin: pass"))
    made.client.load(Load("x"))
    pid = made.ready() and made.phase(Phase.IDLE).pid
    for number in (1, 2, 3):
        made.ask(number, "text")
    made.wait(lambda _: made.phases().count(Phase.PROMPT) == 3)
    kill(made, pid)
    for number in (1, 2, 3):
        assert isinstance(made.end_of(number), Failed)
    assert {number: len(found) for number, found in made.ends().items()} == {1: 1, 2: 1, 3: 1}


@pytest.fixture
def echoing(talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]) -> Any:
    """Return a client whose worker tells what it was sent."""
    made = talk(fake_worker(ECHO))
    made.client.load(Load("x"))
    made.ready()
    return made


def came(made: Any) -> list[tuple[int, str]]:
    """Return what the worker was sent so far."""
    return [(event.id, event.text) for event in list(made.events) if isinstance(event, Chunk)]


def test_a_visible_and_a_spare_request_live_side_by_side(echoing: Any) -> None:
    echoing.ask(1, "text")
    echoing.ask(2, "text", spare=True)
    echoing.wait(lambda _: len(came(echoing)) == 2)
    echoing.client.cancel(2)
    echoing.end_of(2)
    echoing.client.cancel(1)
    echoing.end_of(1)
    assert came(echoing) == [(1, "Request"), (2, "Request"), (2, "Cancel"), (1, "Cancel")]
    assert {number: len(found) for number, found in echoing.ends().items()} == {1: 1, 2: 1}


def test_it_is_idle_when_both_have_ended(echoing: Any) -> None:
    echoing.ask(1, "text")
    echoing.ask(2, "text", spare=True)
    echoing.client.cancel(1)
    echoing.end_of(1)
    assert echoing.phases()[-1] is Phase.PROMPT, "the spare one's turn"
    echoing.client.cancel(2)
    echoing.wait(lambda _: echoing.phases()[-1] is Phase.IDLE)
    assert echoing.phases().count(Phase.IDLE) == 2


def test_what_was_superseded_is_not_cancelled_once_more(echoing: Any) -> None:
    echoing.ask(1, "text", spare=True)
    echoing.ask(2, "text", spare=True)
    echoing.ask(3, "text")
    echoing.ask(4, "end", spare=True)
    echoing.end_of(4)
    for number in (1, 2, 4, 3):
        echoing.client.cancel(number)
    echoing.end_of(3)
    assert [sent for sent in came(echoing) if sent[1] == "Cancel"] == [(3, "Cancel")]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("vs", "vs"),
        ("sv", "v"),  # a visible one supersedes a spare one
        ("ss", "s"),
        ("vv", "v"),
        ("vsv", "v"),
        ("vss", "vs"),
        ("svs", "vs"),
    ],
)
def test_what_waits_for_the_model(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]], tmp_path: Path, asked: str, sent: str
) -> None:
    go = tmp_path / "go"
    made = talk(fake_worker(f"while not os.path.exists({str(go)!r}): time.sleep(0.005)\n" + ECHO))
    made.client.load(Load("x"))
    for number, kind in enumerate(asked, 1):
        made.ask(number, "text", spare=kind == "s")
    go.touch()
    made.wait(lambda _: len(came(made)) == len(sent))
    kept = [number for number, _ in came(made)]
    assert "".join(asked[number - 1] for number in kept) == sent
    ends = made.ends()
    assert set(ends) == set(range(1, len(asked) + 1)) - set(kept)
    assert all(len(found) == 1 and found[0].stop == "cancelled" for found in ends.values())


@pytest.mark.parametrize("spare", [False, True])
def test_either_is_cancelled_while_it_waits(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]], spare: bool
) -> None:
    made = talk(fake_worker("for line in sys.stdin: pass"))
    made.client.load(Load("x"))
    made.ask(1, "text", spare=False)
    made.ask(2, "text", spare=True)
    made.client.cancel(2 if spare else 1)
    assert made.end_of(2 if spare else 1).stop == "cancelled"
    made.client.close()
    assert isinstance(made.end_of(1 if spare else 2), Failed)
    assert {number: len(found) for number, found in made.ends().items()} == {1: 1, 2: 1}


def test_without_a_model_both_fail(talk: Callable[..., Any]) -> None:
    made = talk()
    made.ask(1, "text")
    made.ask(2, "text", spare=True)
    assert made.end_of(1).key == made.end_of(2).key == "engine.no_model"


def test_the_death_of_the_worker_ends_both(echoing: Any) -> None:
    pid = echoing.phase(Phase.IDLE).pid
    echoing.ask(1, "text")
    echoing.ask(2, "text", spare=True)
    echoing.wait(lambda _: len(came(echoing)) == 2)
    kill(echoing, pid)
    assert echoing.end_of(1).key == echoing.end_of(2).key == "engine.ended"
    mark = len(echoing.events)
    echoing.ready(start=echoing.events.index(echoing.phase(Phase.RESTARTING)))
    echoing.ask(3, "end", spare=True)
    echoing.ask(4, "end")
    echoing.end_of(3, start=mark)
    echoing.end_of(4, start=mark)
    assert {number: len(found) for number, found in echoing.ends().items()} == {1: 1, 2: 1, 3: 1, 4: 1}
