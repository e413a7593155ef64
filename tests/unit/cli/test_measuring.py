"""The writer, the passage and the figures of `penwright bench`; a peer that is a server made here."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import Any

import pytest

from penwright.base.errors import UsageError
from penwright.cli.measuring import busy, comparing
from penwright.cli.measuring.figures import mean, percentile
from penwright.cli.measuring.peer import Peer
from penwright.cli.measuring.prose import Key, Writer, document
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Ready
from penwright.engine.scripted import ScriptedEngine


def test_percentiles() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(values, share) for share in (0.0, 0.2, 0.5, 0.95, 1.0)] == [1, 1, 3, 5, 5]
    assert percentile([7.0], 0.95) == 7
    assert percentile(list(map(float, range(1, 101))), 0.95) == 95
    assert mean(values) == 3


@pytest.mark.parametrize("letters", [10, 200, 9_000])
def test_a_document_has_its_length_and_its_seed(letters: int) -> None:
    text = document(1, letters)
    assert 0 < len(text) <= letters
    assert len(text) > letters - 200
    assert document(1, letters) == text
    assert letters < 200 or document(2, letters) != text


def test_the_writers_keys_follow_from_each_other() -> None:
    start = document(1, 2_000)
    keys = list(islice(Writer(start, 5).keys(), 600))
    assert keys == list(islice(Writer(start, 5).keys(), 600))
    assert {key.kind for key in keys} == {"type", "delete", "edit"}
    earlier = Key(start, "", "type")
    for key in keys:
        if key.kind == "type" and earlier.kind != "edit":
            assert key.before[:-1] == earlier.before
        if key.kind == "delete" and earlier.kind != "edit":
            assert key.before == earlier.before[:-1]
        assert "\n" not in key.after, "the writer stays within the paragraph"
        assert len(key.after) <= 300
        earlier = key
    assert len(keys[-1].before) > len(start)


def test_forced_letters_are_those_of_the_passage() -> None:
    passage = comparing.Passage(400, 120, 1)
    whole = "".join(passage._words)
    lengths = []
    for count in range(1, len(passage.typed) + 1):
        forced = passage.forced_after(count)
        assert whole[count:].startswith(forced)
        lengths.append(len(forced))
    assert lengths.count(0) > 10
    assert max(lengths) > 10
    share = sum(
        len(word) for word, is_forced in zip(passage._words, passage._forced, strict=True) if is_forced
    )
    assert 0.25 < share / len(whole) < 0.75


class Server(ThreadingHTTPServer):
    """What llama-server answers, as far as it is asked."""

    prompts: list[str]
    answer: Any
    status = 200
    connections = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def do_GET(self) -> None:
        self._reply({"data": [{"meta": {"n_params": 7, "n_vocab": 8}}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["cache_prompt"] is True
        assert asked["temperature"] == 0
        self.server.prompts.append(asked["prompt"])
        self._reply(self.server.answer)

    def _reply(self, what: object) -> None:
        content = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.prompts, made.answer = [], {"tokens_predicted": 8}
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def peer(server: Server) -> Iterator[Peer]:
    made = Peer(f"http://127.0.0.1:{server.server_port}/")
    yield made
    made.close()


def ready(parameters: int) -> Ready:
    return Ready(0, "m.gguf", "", parameters, 0, 0, 0, 8, 1, 0.0, "", "")


def test_the_peer_has_to_have_the_same_model(peer: Peer) -> None:
    peer.check(ready(7))
    with pytest.raises(UsageError) as caught:
        peer.check(ready(6))
    assert caught.value.key == "bench.peer_model"


@pytest.mark.parametrize(
    ("status", "answer"), [(200, b"no json"), (200, []), (200, {"tokens_predicted": None}), (503, {})]
)
def test_a_peer_that_answers_something_else(status: int, answer: object, server: Server, peer: Peer) -> None:
    server.status, server.answer = status, answer
    with pytest.raises(UsageError) as caught:
        peer.complete("text")
    assert caught.value.key == "bench.peer_refuses"


def test_the_peer_is_asked_at_each_key_over_one_connection(server: Server, peer: Peer) -> None:
    passage = comparing.Passage(400, 30, 1)
    texts = ["", passage.typed[1:6]]  # after what is asked to warm up; four of its letters are typed through
    with BlockingEngine(lambda listener: ScriptedEngine(listener, texts)) as engine:
        found = comparing.typed_passage(engine, peer, passage, forced=True)
    wanted = [passage.start] + [passage.start + passage.typed[:count] for count in range(1, 31)]
    assert server.prompts == wanted
    assert server.connections == 1
    assert (len(found.ours), len(found.theirs), found.asked) == (30, 30, 26)
    figures = found.figures()
    assert figures["peer_tokens_an_answer"] == 8
    assert figures["mean_ratio"] > 0


def test_a_connection_that_was_closed_meanwhile_is_opened_again(server: Server, peer: Peer) -> None:
    peer.complete("one")
    assert peer._connection.sock is not None
    peer._connection.sock.shutdown(socket.SHUT_RDWR)
    assert peer.complete("two")[1] == 8
    assert server.prompts == ["one", "two"]
    assert server.connections == 2


def test_cores_are_kept_busy_and_let_go() -> None:
    with busy.every_core_busy() as count:
        began = time.perf_counter()
        while time.perf_counter() - began < 0.2:
            pass
    assert count >= 1  # that nothing is left running is looked at after each test


def test_a_spinning_process_ends_with_its_input() -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "penwright", "--spin"], stdin=subprocess.PIPE
    ) as process:
        began = time.monotonic()
        while busy.cpu_seconds(process.pid) < 0.3 and time.monotonic() - began < 20:
            time.sleep(0.05)
        assert busy.cpu_seconds(process.pid) >= 0.3
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0
