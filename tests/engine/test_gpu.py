"""The way to a real GPU backend: `dev.py test --gpu` runs these, by default on Vulkan in software."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llama_cpp as binding
import numpy as np
import pytest

from penwright.engine.api import Phase
from penwright.engine.messages import Device, Done, Failed, Load, Ready
from penwright.engine.process import worker_command
from penwright.engine.worker.llama.context import GPU_BATCH, Aborted, Context, Logits
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model
from shapes import SHAPES, Shape, make

pytestmark = pytest.mark.gpu

LAYERS = 7  # of the starter, its output counted in
# Long enough to be evaluated by the same shaders, since each is compiled at its first use.
PROMPTS = (
    "The window was open, and it was a dark and stormy",
    "She closed the door behind her and looked out of the",
    "There was nothing to be said, and so he took off his hat and",
    "The letter began as such letters do: My dear sir, I have the honour to",
    "In the morning the sun rose over the hills, and the people of the village went out into the fields to",
    "He was the son of a poor man, and when he was twelve years old he had to leave the",
)
WAIT = 400.0  # seconds; in software a shader is compiled at its first use, on a busy machine for long


@pytest.fixture(scope="module")
def card(library: Library) -> Device:
    """Return the GPU; without one these tests would prove nothing."""
    found = [device for device in library.devices() if device.kind in ("gpu", "integrated")]
    assert found, "llama.cpp sees no GPU"
    return found[0]


@pytest.fixture
def said(library: Library) -> Iterator[list[str]]:
    """Return the lines that llama.cpp logs during the test."""
    lines: list[str] = []

    @binding.llama_log_callback
    def keep(level: int, text: bytes, data: Any) -> None:
        lines.append(text.decode("utf-8", "replace").strip())
        library._keep(level, text, data)

    binding.llama_log_set(keep, None)
    yield lines
    binding.llama_log_set(library._log, None)


class Placed:
    """The starter with so many layers on the GPU."""

    def __init__(self, library: Library, path: Path, layers: int) -> None:
        self.model = Model(library, path, layers)
        self.offloaded = library.offloaded
        self.context = Context(self.model, 512, 1, batch=GPU_BATCH)

    def logits(self, text: str) -> Logits:
        self.context.remove(0)
        self.context.evaluate(self.model.begin(text), 0, 0)
        return self.context.logits().copy()

    def close(self) -> None:
        self.context.close()
        self.model.close()


@pytest.fixture
def placed(library: Library, starter: Path, card: Device) -> Iterator[Callable[[int], Placed]]:
    made: list[Placed] = []

    def make(layers: int) -> Placed:
        made.append(Placed(library, starter, layers))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_devices(card: Device, library: Library) -> None:
    assert card.name
    assert card.description
    assert 0 < card.free <= card.total
    assert {device.kind for device in library.devices()} >= {"cpu", card.kind}


def test_layers_go_to_the_gpu_and_the_answers_stay_the_same(
    placed: Callable[[int], Placed], said: list[str], card: Device
) -> None:
    on_cpu = placed(0)
    assert on_cpu.offloaded == (0, LAYERS)
    assert not any("buffer size" in line and card.name in line for line in said)
    wanted = {text: on_cpu.logits(text) for text in PROMPTS}
    for layers in (-1, 3):
        said.clear()
        on_gpu = placed(layers)
        count = LAYERS if layers < 0 else layers
        assert on_gpu.offloaded == (count, LAYERS)
        assert any(f"offloaded {count}/{LAYERS} layers to GPU" in line for line in said)
        print()
        for line in said:
            if "offload" in line or "buffer size" in line:
                print("  llama.cpp:", line)
        for text, cpu in wanted.items():
            gpu = on_gpu.logits(text)
            apart = float(np.max(np.abs(gpu - cpu)))
            top = np.sort(cpu)[-2:]
            print(
                f"  {count} of {LAYERS} layers: token {gpu.argmax()}, on the processor {cpu.argmax()}; "
                f"logits {apart:.3f} apart, the first {top[1] - top[0]:.3f} over the second: ...{text[-20:]}"
            )
            assert int(gpu.argmax()) == int(cpu.argmax()), text
            assert apart < 0.5


def test_a_prompt_is_given_up_between_two_micro_batches(
    placed: Callable[[int], Placed], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_gpu = placed(-1)
    real = binding.llama_decode

    def abort_meanwhile(*arguments: Any) -> int:
        on_gpu.context.abort()  # as the reading thread does; a GPU polls nothing while it works
        return int(real(*arguments))

    monkeypatch.setattr(binding, "llama_decode", abort_meanwhile)
    tokens = on_gpu.model.begin("She closed the door. " * 40)[: 3 * GPU_BATCH]
    with pytest.raises(Aborted):
        on_gpu.context.evaluate(tokens, 0, 0)
    assert on_gpu.context.length(0) in (0, GPU_BATCH), "at most the one that was running is finished"
    monkeypatch.undo()
    on_gpu.context.resume()
    done = on_gpu.context.length(0)
    on_gpu.context.evaluate(tokens[done:], 0, done)
    went_on = on_gpu.context.logits().copy()
    on_gpu.context.remove(0)
    on_gpu.context.evaluate(tokens, 0, 0)
    assert int(went_on.argmax()) == int(on_gpu.context.logits().argmax())


def ready(made: Any, start: int = 0) -> Ready:
    found = made.wait(lambda event: isinstance(event, Ready), start=start, seconds=WAIT)
    assert isinstance(found, Ready)
    return found


def ended(made: Any, number: int) -> Done | Failed:
    found = made.wait(lambda event: isinstance(event, Done | Failed) and event.id == number, seconds=WAIT)
    assert isinstance(found, Done | Failed)
    return found


def answer(made: Any, number: int) -> str:
    made.ask(number, PROMPTS[0], max_tokens=6, patient=True)
    done = ended(made, number)
    assert isinstance(done, Done), done
    return done.text


def test_from_the_client_to_the_gpu_and_back(talk: Callable[..., Any], starter: Path, card: Device) -> None:
    made = talk()
    made.client.load(Load(str(starter), n_threads=1))
    placed = ready(made).placement
    assert placed is not None
    assert (placed.layers, placed.in_all, placed.key) == (LAYERS, LAYERS, "placement.all")
    assert card.description in placed.device
    on_gpu = answer(made, 1)
    made.ask(2, "She closed the door and looked out of the window. " * 20, max_tokens=32)
    made.wait(lambda event: getattr(event, "phase", None) is Phase.PROMPT, seconds=WAIT)
    made.client.cancel(2)
    assert ended(made, 2).stop == "cancelled"
    mark = len(made.events)
    made.client.load(Load(str(starter), n_threads=1, gpu_layers=0))
    without = ready(made, mark)
    assert without.placement is not None
    assert (without.placement.layers, without.placement.key) == (0, "placement.off")
    assert {device.kind for device in without.devices} == {"cpu"}, "it did not even look for one"
    assert answer(made, 3) == on_gpu


@pytest.mark.skipif("GGML_VK_VISIBLE_DEVICES" not in os.environ, reason="a limit of the Vulkan backend's")
def test_a_model_too_large_for_the_memory_that_the_backend_gives(
    talk: Callable[..., Any], starter: Path, card: Device, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The backend itself refuses the buffers: of all layers at 24 MB, of any at 3 MB."""
    monkeypatch.setitem(SHAPES, "deep", Shape("llama", width=256, layers=12, feed_forward=768, context=256))
    path = make("deep", tmp_path, starter)
    monkeypatch.setenv("GGML_VK_FORCE_MAX_BUFFER_SIZE", "24000000")
    made = talk()
    made.client.load(Load(str(path), n_threads=1))
    placed = ready(made).placement
    assert placed is not None
    print("\n ", placed)
    assert (placed.key, placed.in_all, placed.values["tried"]) == ("placement.short", 13, 13)
    assert 0 < placed.layers < 13
    assert answer(made, 1) is not None
    monkeypatch.setenv("GGML_VK_FORCE_MAX_BUFFER_SIZE", "3000000")
    mark = len(made.events)
    made.client.load(Load(str(path), n_threads=1))
    placed = ready(made, mark).placement
    assert placed is not None
    assert (placed.layers, placed.key) == (0, "placement.short_none")
    assert answer(made, 2) is not None
    assert Phase.RESTARTING not in made.phases()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an address space is limited with ulimit")
@pytest.mark.parametrize("more", [300_000, 550_000])  # kB
def test_memory_that_really_runs_out_ends_workers_and_not_the_model(
    talk: Callable[..., Any], starter: Path, card: Device, more: int
) -> None:
    """An address space too small for the GPU's driver: workers end in it, at loading or in use.

    On lavapipe both were seen: SIGSEGV in the driver, SIGABRT in ggml. Wherever it happens, an answer
    comes in the end, and the model is not put aside.
    """
    measured = talk()
    measured.client.load(Load(str(starter), n_threads=1, gpu_layers=0))
    status = Path(f"/proc/{ready(measured).pid}/status").read_text("utf-8")
    without = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmPeak"))
    measured.client.close()
    limited = ["sh", "-c", f'ulimit -v {without + more}; exec "$@"', "sh", *worker_command()]
    made = talk(limited)
    made.client.load(Load(str(starter), n_threads=1))
    for number in range(1, 5):
        made.ask(number, PROMPTS[0], max_tokens=4)
        if isinstance(ended(made, number), Done):
            break
    else:
        pytest.fail("no answer in four requests")
    placements = [event.placement for event in list(made.events) if isinstance(event, Ready)]
    ends = made.phases().count(Phase.RESTARTING)
    print(f"\n  {without + more} kB: {ends} workers ended; then {placements[-1]}")
    assert Phase.ASIDE not in made.phases()
    assert ends <= 2


def test_an_abort_in_use_halves_the_layers(talk: Callable[..., Any], starter: Path, card: Device) -> None:
    made = talk()
    made.client.load(Load(str(starter), n_threads=1))
    mark = len(made.events)
    os.kill(ready(made).pid, signal.SIGABRT)  # as an assertion in the backend does
    made.wait(lambda event: getattr(event, "phase", None) is Phase.RESTARTING, start=mark, seconds=WAIT)
    mark = len(made.events)
    placed = ready(made, mark).placement
    assert placed is not None
    assert (placed.layers, placed.key, placed.fell) == (3, "placement.ended", True)
    assert placed.values["tried"] == LAYERS
    assert answer(made, 1)
    assert Phase.ASIDE not in made.phases()


def test_running_out_in_use_on_the_gpu(talk: Callable[..., Any], starter: Path, card: Device) -> None:
    script = Path(__file__).with_name("short_gpu.py")
    made = talk([sys.executable, "-P", str(script), "3", "real"])
    made.client.load(Load(str(starter), n_threads=1))
    first = ready(made)
    mark = len(made.events)
    made.ask(1, PROMPTS[0])
    assert ended(made, 1) == Failed(1, "engine.evaluation_failed", {"code": -2})
    lower = ready(made, mark)
    assert lower.pid == first.pid
    assert lower.placement is not None
    assert (lower.placement.layers, lower.placement.key) == (3, "placement.ran_out")
    assert answer(made, 2)


def test_doctor_names_the_gpu(card: Device) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "penwright", "doctor", "--json"],
        capture_output=True,
        timeout=WAIT,
        check=True,
    )
    engine = json.loads(done.stdout)["engine"]
    assert (engine["gpu_layers"], engine["layers"]) == (LAYERS, LAYERS)
    assert card.description in engine["placement"]
    assert {"gpu", "cpu"} <= {device["kind"] for device in engine["devices"]}
