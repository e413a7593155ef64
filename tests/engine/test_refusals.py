"""Models that can't be loaded, workers that end by themselves, and what is said of either."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import EngineError, ModelError
from penwright.engine.api import Phase
from penwright.engine.blocking import BlockingEngine
from penwright.engine.client import EngineClient
from penwright.engine.faults import FaultRecord, how_it_ended
from penwright.engine.messages import Done, Failed, Load, Request, decode

READY = (
    'print(\'{"kind":"Ready","pid":1,"path":"","description":"","parameters":1,"size":1,'
    '"n_ctx":1,"n_ctx_train":1,"n_vocab":1,"n_threads":1,"load_ms":1,"system_info":"",'
    '"binding":""}\', flush=True)\n'
)


def test_models_that_cannot_be_loaded(
    talk: Callable[..., Any], broken_models: dict[str, Path], starter: Path, catalogue: Catalogue
) -> None:
    made = talk()
    for name, path in broken_models.items():
        mark = len(made.events)
        made.client.load(Load(str(path)))
        failed = made.end_of(0, start=mark)
        assert isinstance(failed, Failed), name
        assert catalogue.say(failed.key, **failed.values), name
        if name == "unknown architecture":
            assert failed.key == "engine.unknown_architecture"
            assert failed.values["architecture"] == "xxama"
        assert made.phase(Phase.REFUSED, start=mark).key == failed.key
    assert Phase.RESTARTING not in made.phases()
    mark = len(made.events)
    made.client.load(Load(str(starter)))
    made.ready(start=mark)
    made.ask(1, "It was a dark")
    assert isinstance(made.end_of(1), Done)


@pytest.mark.parametrize("bits", [b"\xff\x7f", b"\x00\x7c"])  # of a half: no number, and infinite
def test_weights_that_are_no_numbers(
    talk: Callable[..., Any], starter: Path, tmp_path: Path, catalogue: Catalogue, bits: bytes
) -> None:
    data = bytearray(starter.read_bytes())
    for place in range(len(data) - 34 * 100_000, len(data) - 34, 34):
        data[place : place + 2] = bits
    path = tmp_path / "numbers.gguf"
    path.write_bytes(data)
    made = talk()
    made.client.load(Load(str(path)))
    made.ask(1, "It was a dark")
    assert made.end_of(1) == Failed(1, "engine.no_numbers")
    assert catalogue.say("engine.no_numbers")


def test_a_request_without_a_model_fails_at_once(
    talk: Callable[..., Any], broken_models: dict[str, Path]
) -> None:
    made = talk()
    made.ask(1, "text")
    assert made.end_of(1) == Failed(1, "engine.no_model")
    made.client.load(Load(str(broken_models["empty"])))
    made.ask(2, "text")
    assert made.end_of(2) == Failed(2, "engine.no_model")
    made.phase(Phase.REFUSED)
    made.ask(3, "text")
    assert made.end_of(3) == Failed(3, "engine.no_model")


@pytest.mark.parametrize("end", ["sys.exit(3)", "os.abort()", "os.kill(os.getpid(), signal.SIGSEGV)"])
def test_a_model_that_ends_the_worker_twice_is_put_aside(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]], end: str
) -> None:
    made = talk(fake_worker(end))
    made.client.load(Load("bad.gguf", gpu_layers=0))
    made.ask(1, "text")
    aside = made.phase(Phase.ASIDE)
    assert (aside.key, aside.values) == ("engine.aside", {"path": "bad.gguf"})
    assert made.phases().count(Phase.LOADING) == 2
    assert made.end_of(1) == Failed(1, "engine.no_model")
    time.sleep(0.1)
    assert made.phases()[-1] is Phase.ASIDE


def test_kills_from_outside_count_half(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]
) -> None:
    made = talk(fake_worker("os.kill(os.getpid(), signal.SIGKILL)"))
    made.client.load(Load("x"))
    made.phase(Phase.ASIDE)
    assert made.phases().count(Phase.LOADING) == 4


def test_another_model_after_one_was_put_aside(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]
) -> None:
    made = talk(fake_worker("sys.exit(3) if 'bad' in line else None\n" + READY + "sys.stdin.read()"))
    made.client.load(Load("bad"))
    made.phase(Phase.ASIDE)
    made.client.load(Load("good"))
    made.ready()


@pytest.mark.expects_errors
@pytest.mark.parametrize(
    "junk", ["print('hello')", "print('x' * 17_000_000)", "os.write(1, bytes(range(256)))"]
)
def test_a_worker_that_prints_junk(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]], junk: str
) -> None:
    made = talk(fake_worker(junk + "\nsys.stdout.flush()\ntime.sleep(60)"))
    made.client.load(Load("x"))
    made.phase(Phase.RESTARTING)
    made.phase(Phase.ASIDE)


def test_a_worker_that_says_much_on_its_error_stream(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]
) -> None:
    made = talk(fake_worker("sys.stderr.write('x' * 20_000_000)\n" + READY + "sys.stdin.read()"))
    made.client.load(Load("x"))
    made.ready()


def test_a_program_that_cannot_be_started(talk: Callable[..., Any], tmp_path: Path) -> None:
    made = talk([str(tmp_path / "nothing")])
    made.client.load(Load("x"))
    refused = made.phase(Phase.REFUSED)
    assert refused.key == "engine.cannot_start"
    made.ask(1, "text")
    assert made.end_of(1) == Failed(1, "engine.no_model")


def test_waiting_for_an_engine_that_cannot(
    broken_models: dict[str, Path], fake_worker: Callable[[str], list[str]], tmp_path: Path
) -> None:
    with BlockingEngine(EngineClient) as engine, pytest.raises(ModelError) as refused:
        engine.load(Load(str(broken_models["empty"])))
    assert refused.value.key == "model.empty"

    def start(command: list[str]) -> BlockingEngine:
        return BlockingEngine(lambda listener: EngineClient(listener, command, (0.01,)))

    with start(fake_worker("sys.exit(3)")) as engine, pytest.raises(ModelError) as aside:
        engine.load(Load("x"))
    assert aside.value.key == "engine.aside"
    with start([str(tmp_path / "nothing")]) as engine, pytest.raises(EngineError) as absent:
        engine.load(Load("x"))
    assert absent.value.key == "engine.cannot_start"
    with start(fake_worker(READY + "sys.stdin.readline(); sys.exit(3)")) as engine:
        engine.load(Load("x"))
        with pytest.raises(EngineError) as lost:
            engine.ask(Request(0, "text"))
    assert lost.value.key == "engine.ended"


def test_waiting_for_answers(starter: Path) -> None:
    with BlockingEngine(EngineClient) as engine:
        engine.load(Load(str(starter)))
        first, second = (engine.ask(Request(0, "It was a dark")) for _ in range(2))
    assert first.text == second.text
    assert second.reused_tokens > 0


TRYING = 'print(\'{{"kind":"Trying","layers":{},"in_all":33,"device":"Card"}}\', flush=True)\n'


def test_a_gpu_that_ends_the_worker_is_blamed_and_not_the_model(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """Each worker notes what it was sent, and says that it tries what it may; with a GPU it ends."""
    seen = tmp_path / "seen"
    script = (
        "import json\n"
        f"open({str(seen)!r}, 'a').write(line)\n"
        "wanted = json.loads(line)['gpu_layers']\n"
        "layers = 33 if wanted < 0 else wanted\n"
        f"{TRYING.format('%d')[:-1].replace(', flush', ' % layers, flush')}\n"
        "os.abort() if layers else None\n" + READY + "sys.stdin.read()"
    )
    made = talk(fake_worker(script))
    made.client.load(Load("good.gguf"))
    made.ready()
    loads = [decode(line.encode()) for line in seen.read_text("utf-8").splitlines()]
    assert [load.gpu_layers for load in loads] == [-1, 16, 0]
    assert [load.fallen for load in loads] == ["", "ended", "ended"]
    assert (loads[2].fallen_from, loads[2].fallen_on) == (16, "Card")
    assert Phase.ASIDE not in made.phases()


def test_an_end_in_use_on_a_gpu_steps_down_and_the_next_request_is_answered(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]
) -> None:
    script = (
        "import json\n"
        "layers = 33 if json.loads(line)['gpu_layers'] < 0 else json.loads(line)['gpu_layers']\n"
        f"{TRYING.format('%d')[:-1].replace(', flush', ' % layers, flush')}\n"
        + READY
        + "asked = json.loads(sys.stdin.readline())\n"
        "os.abort() if layers > 16 else None\n"
        "print(json.dumps({'kind': 'Done', 'id': asked['id']}), flush=True)\n"
        "sys.stdin.read()"
    )
    made = talk(fake_worker(script))
    made.client.load(Load("good.gguf"))
    made.ready()
    mark = len(made.events)
    made.ask(1, "text")
    assert made.end_of(1) == Failed(1, "engine.ended")
    made.ready(start=mark)
    made.ask(2, "text")
    assert isinstance(made.end_of(2), Done)


def test_a_driver_that_ends_the_worker_is_not_asked_again(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]
) -> None:
    script = "os.abort() if 'GGML_DISABLE_VULKAN' not in os.environ else None\n" + READY + "sys.stdin.read()"
    made = talk(fake_worker(script))
    made.client.load(Load("good.gguf"))
    made.ready()
    assert made.phases().count(Phase.LOADING) == 2


def test_once_no_gpu_is_used_the_model_is_blamed(
    talk: Callable[..., Any], fake_worker: Callable[[str], list[str]]
) -> None:
    made = talk(fake_worker(TRYING.format(0) + "os.abort()"))
    made.client.load(Load("bad.gguf"))
    assert made.phase(Phase.ASIDE).values == {"path": "bad.gguf"}
    assert made.phases().count(Phase.LOADING) == 2


def test_what_counts_against_a_model() -> None:
    record = FaultRecord()
    for _ in range(3):
        record.ended(-9)
        assert not record.guilty
    record.answered()
    assert record.in_a_row == 0
    for _ in range(3):
        record.ended(-15)
    assert not record.guilty
    record.ended(-11)
    assert not record.guilty
    record.answered()
    record.ended(3)
    assert record.guilty


def test_words_for_an_end() -> None:
    assert [how_it_ended(code) for code in (0, 3, -9, -200)] == [
        "exit code 0",
        "exit code 3",
        "SIGKILL",
        "signal 200",
    ]
