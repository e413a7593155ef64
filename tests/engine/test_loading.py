"""The ladder tried with the real llama.cpp, with faults where it is called: at its own functions."""

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from penwright.base.errors import EngineError, ModelError
from penwright.engine.messages import Device, Load, Trying
from penwright.engine.worker import memory
from penwright.engine.worker.llama import context as context_module
from penwright.engine.worker.llama import model as model_module
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.session import Session

GIBI = 1024**3
CARD = Device("Vulkan0", "Card", 8 * GIBI, 8 * GIBI, "gpu")


@pytest.fixture
def with_card(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Return the library with a GPU among its devices."""
    real = library.devices()
    monkeypatch.setattr(library, "devices", lambda: (*real, CARD))
    return library


class Gpu:
    """Stands in for a GPU's memory: llama.cpp refuses what is too much, and tells what it holds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
        self.in_all = 7
        self.most = 99  # layers that can be loaded
        self.most_in_use = 99  # layers with which a context can be made
        self.why = b"llama_model_load: error loading model: unable to allocate Vulkan0 buffer"
        self.asked: list[int] = []
        self._library = library
        self._load = model_module.binding.llama_model_load_from_file
        self._make = context_module.binding.llama_init_from_model
        monkeypatch.setattr(model_module.binding, "llama_model_load_from_file", self._load_model)
        monkeypatch.setattr(context_module.binding, "llama_init_from_model", self._make_context)

    def _load_model(self, path: bytes, params: Any) -> Any:
        layers = self.in_all if params.n_gpu_layers < 0 else params.n_gpu_layers
        assert (params.devices is not None) is (layers == 0), "with no layers there, no GPU may be used"
        self.asked.append(layers)
        if layers > self.most:
            self._library._keep(4, self.why, None)
            return None
        model = self._load(path, params)
        self._library._keep(2, f"offloaded {layers}/{self.in_all} layers to GPU".encode(), None)
        return model

    def _make_context(self, model: Any, params: Any) -> Any:
        if self.asked[-1] > self.most_in_use:
            return None
        return self._make(model, params)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch, with_card: Library) -> Gpu:
    return Gpu(monkeypatch, with_card)


@pytest.fixture
def seated(with_card: Library, starter: Path) -> Iterator[Callable[..., tuple[Session, list[Trying]]]]:
    made: list[Session] = []

    def make(**fields: Any) -> tuple[Session, list[Trying]]:
        told: list[Trying] = []
        made.append(Session(with_card, Load(str(starter), n_threads=1, **fields), told.append))
        return made[-1], told

    yield make
    for session in made:
        session.close()


Seated = Callable[..., tuple[Session, list[Trying]]]


def test_all_layers(gpu: Gpu, seated: Seated) -> None:
    session, told = seated()
    assert told == [Trying(7, 7, "Card")]
    assert (session.placement.layers, session.placement.key) == (7, "placement.all")


def test_it_steps_down_while_the_device_refuses(gpu: Gpu, seated: Seated) -> None:
    gpu.most = 3
    session, told = seated()
    assert gpu.asked == [7, 5, 3]
    assert [each.layers for each in told] == gpu.asked
    assert (session.placement.layers, session.placement.key) == (3, "placement.short")
    assert session.placement.values["tried"] == 7


def test_a_context_that_cannot_be_made_there_steps_down_too(gpu: Gpu, seated: Seated) -> None:
    gpu.most_in_use = 0
    session, _ = seated()
    assert gpu.asked[-1] == 0
    assert session.placement.key == "placement.short_none"
    assert session.placement.device == ""


def test_an_evaluation_that_fails_there_steps_down(
    gpu: Gpu, seated: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = context_module.binding.llama_decode
    monkeypatch.setattr(
        context_module.binding,
        "llama_decode",
        lambda *arguments: -3 if gpu.asked[-1] > 1 else real(*arguments),
    )
    session, _ = seated()
    assert session.placement.layers == 1


def test_a_card_that_is_full_to_the_brim_steps_down(
    gpu: Gpu, with_card: Library, seated: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = with_card.devices()[0]
    free = iter([8 * GIBI, GIBI // 100, GIBI])

    def devices() -> tuple[Device, ...]:
        return cpu, Device("Vulkan0", "Card", 8 * GIBI, next(free), "gpu")

    monkeypatch.setattr(with_card, "devices", devices)
    session, _ = seated()
    assert gpu.asked == [7, 5]
    assert session.placement.layers == 5


def test_another_fault_than_memory_leaves_the_gpu_at_once(gpu: Gpu, seated: Seated) -> None:
    gpu.most, gpu.why = 0, b"the backend has no such operation"
    session, _ = seated()
    assert gpu.asked == [7, 0]
    assert session.placement.layers == 0


def test_a_broken_model_is_refused_as_without_a_gpu(
    with_card: Library, broken_models: dict[str, Path]
) -> None:
    for name in ("unknown architecture", "truncated", "empty", "missing"):
        with pytest.raises(ModelError):
            Session(with_card, Load(str(broken_models[name])))


def test_without_memory_for_any_rung_it_is_refused_before_it_is_loaded(
    gpu: Gpu, with_card: Library, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 50 * 1024 * 1024)
    with pytest.raises(ModelError) as refused:
        Session(with_card, Load(str(starter)))
    assert refused.value.key == "engine.no_memory"
    assert refused.value.values["free_mb"] == 50
    assert gpu.asked == []


def test_when_the_last_rung_fails_its_own_error_is_told(
    gpu: Gpu, with_card: Library, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu.most_in_use = -1
    with pytest.raises(EngineError) as failed:
        Session(with_card, Load(str(starter)))
    assert failed.value.key == "engine.no_context"


def test_the_processors_memory_is_the_systems(library: Library) -> None:
    cpu = next(device for device in library.devices() if device.kind == "cpu")
    memory_now = psutil.virtual_memory()
    assert cpu.total == memory_now.total
    assert 0 < cpu.free < cpu.total


def test_no_device_is_a_real_list(library: Library, starter: Path) -> None:
    """An empty list of devices, not NULL, which would mean all of them."""
    seen: list[Any] = []
    real = model_module.binding.llama_model_load_from_file

    def look(path: bytes, params: Any) -> Any:
        seen.append(ctypes.cast(params.devices, ctypes.POINTER(ctypes.c_void_p))[0])
        return real(path, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_module.binding, "llama_model_load_from_file", look)
        model_module.Model(library, starter, 0).close()
    assert seen == [None]


def test_what_other_models_hold_is_not_free(library: Library, starter: Path) -> None:
    free = memory.available()
    Session(library, Load(str(starter), n_threads=1, held=free // 4)).close()
    with pytest.raises(ModelError) as refused:
        Session(library, Load(str(starter), n_threads=1, held=2 * free))
    assert refused.value.key == "engine.no_memory"
