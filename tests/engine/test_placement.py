"""Which rungs are tried, what memory each needs, and the sentence for the one that was kept."""

from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.base.catalogue import Catalogue
from penwright.base.errors import EngineError
from penwright.engine.messages import Device, Load, Placement
from penwright.engine.placement import Shape, Target, below, explain, fitting, gpu_layers, rungs, target
from penwright.engine.worker import memory
from penwright.engine.worker.loading import after_running_out
from penwright.modelstore.gguf_header import read_header

MEBI = 1024 * 1024
GIBI = 1024 * MEBI
PLENTY = 64 * GIBI
# A model of 4 GiB in 32 repeating layers and the output, with half a GiB of KV cache.
MODEL = Shape(layers=33, weights=4 * GIBI, cache=GIBI // 2, scratch=100 * MEBI)


def card(free_mib: int, total_mib: int = 0, *, shared: bool = False) -> Target:
    return Target("Card", free_mib * MEBI, (total_mib or free_mib) * MEBI, shared)


@pytest.mark.parametrize(
    ("what", "device", "host", "most", "expected"),
    [
        ("no GPU", None, PLENTY, -1, (0,)),
        ("the GPU is forbidden", card(24_000), PLENTY, 0, (0,)),
        ("room for all", card(24_000), PLENTY, -1, (33, 24, 18, 12, 6, 0)),
        ("all but a little: tried all the same", card(4_700), PLENTY, -1, (33, 31, 23, 15, 7, 0)),
        ("room for a part", card(2_500), PLENTY, -1, (16, 12, 8, 4, 0)),
        ("room for one layer", card(265), PLENTY, -1, (1, 0)),
        ("room for none", card(100), PLENTY, -1, (0,)),
        ("no memory left at all", card(0, 8_000), PLENTY, -1, (0,)),
        ("not more than asked for", card(24_000), PLENTY, 20, (20, 15, 11, 7, 3, 0)),
        ("more asked for than there are", card(24_000), PLENTY, 99, (33, 24, 18, 12, 6, 0)),
        ("a limit above what fits", card(2_500), PLENTY, 20, (16, 12, 8, 4, 0)),
        ("the processor alone has no memory for it", card(24_000), 3 * GIBI, -1, (33, 24, 18)),
        ("neither has", card(2_500), 1 * GIBI, -1, ()),
        ("no GPU, no memory", None, 4 * GIBI, -1, ()),
        ("a GPU in the system's memory", card(16_000, shared=True), 8 * GIBI, -1, (33, 24, 18, 12, 6, 0)),
        ("the same, and too little of it", card(4_000, shared=True), 4 * GIBI, -1, ()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rungs(what: str, device: Target | None, host: int, most: int, expected: tuple[int, ...]) -> None:
    assert rungs(MODEL, device, host, most) == expected


SIZES = st.integers(0, 64 * GIBI)
SHAPES = st.builds(Shape, st.integers(1, 200), SIZES, SIZES, SIZES)


@given(
    SHAPES,
    st.none() | st.builds(Target, st.just("x"), SIZES, SIZES, st.booleans()),
    SIZES,
    st.integers(-1, 300),
)
def test_rungs_go_down_and_stay_within_bounds(
    shape: Shape, device: Target | None, host: int, most: int
) -> None:
    ladder = rungs(shape, device, host, most)
    assert list(ladder) == sorted(set(ladder), reverse=True)
    assert all(0 <= layers <= shape.layers for layers in ladder)
    assert all(most < 0 or layers <= most for layers in ladder)
    if shape.on_host(0, shared=device is not None and device.shared) <= host:
        assert ladder[-1] == 0
    shared = device is not None and device.shared
    assert all(shape.on_host(layers, shared=shared) <= host for layers in ladder)


@given(SHAPES, SIZES)
def test_what_fits_fits_by_the_estimate(shape: Shape, room: int) -> None:
    fit = fitting(shape, room)
    assert fit == 0 or shape.on_device(fit) <= room + 1


def test_the_devices_that_are_used() -> None:
    cpu = Device("CPU", "Processor", 16 * GIBI, 6 * GIBI, "cpu")
    first = Device("Vulkan0", "Card", 8 * GIBI, 7 * GIBI, "gpu")
    second = Device("Vulkan1", "", 4 * GIBI, 3 * GIBI, "gpu")
    inside = Device("Vulkan2", "Graphics", 16 * GIBI, 16 * GIBI, "integrated")
    assert target((cpu,)) is None
    assert target((cpu, first)) == Target("Card", 7 * GIBI, 8 * GIBI)
    assert target((cpu, first, second, inside)) == Target("Card + Vulkan1", 10 * GIBI, 12 * GIBI)
    assert target((cpu, inside)) == Target("Graphics", 6 * GIBI, 16 * GIBI, shared=True)


def test_a_card_keeps_room_for_what_it_draws() -> None:
    assert card(1_000).room == 950 * MEBI
    assert card(24_000).room == (24_000 - 512) * MEBI
    assert card(10, 8_000).room == 0


@pytest.mark.parametrize(("layers", "falls", "expected"), [(33, 1, 16), (16, 2, 0), (1, 1, 0), (7, 3, 0)])
def test_the_way_down_after_an_end(layers: int, falls: int, expected: int) -> None:
    assert below(layers, falls) == expected


REASONS = [
    ("placement.all", 33, Load("m"), card(24_000), 0),
    ("placement.part", 16, Load("m"), card(2_500), 0),
    ("placement.part_none", 0, Load("m"), card(100), 0),
    ("placement.short", 16, Load("m"), card(24_000), 33),
    ("placement.short_none", 0, Load("m"), card(24_000), 33),
    ("placement.asked", 5, Load("m", gpu_layers=5), card(24_000), 0),
    ("placement.off", 0, Load("m", gpu_layers=0), None, 0),
    ("placement.no_device", 0, Load("m"), None, 0),
    (
        "placement.ended",
        16,
        Load("m", gpu_layers=16, fallen="ended", fallen_from=33, fallen_on="C"),
        card(1),
        0,
    ),
    (
        "placement.ended_none",
        0,
        Load("m", gpu_layers=0, fallen="ended", fallen_from=4, fallen_on="C"),
        None,
        0,
    ),
    ("placement.ran_out", 8, Load("m", gpu_layers=8, fallen="ran_out", fallen_from=16), card(900), 0),
    ("placement.ran_out_none", 0, Load("m", gpu_layers=0, fallen="ran_out", fallen_from=1), None, 0),
    ("placement.driver", 0, Load("m", gpu_layers=0, fallen="driver"), None, 0),
]


@pytest.mark.parametrize(
    ("key", "layers", "load", "device", "failed"), REASONS, ids=[row[0] for row in REASONS]
)
def test_the_reason_is_a_sentence(
    key: str, layers: int, load: Load, device: Target | None, failed: int, catalogue: Catalogue
) -> None:
    placed = explain(layers, 33, MODEL, device, load, failed=failed)
    assert (placed.key, placed.layers, placed.in_all) == (key, layers, 33)
    assert placed.fell is bool(load.fallen)
    assert bool(placed.device) is (layers > 0 and bool(device or load.fallen_on))
    sentence = catalogue.say(placed.key, **placed.values)
    assert sentence.endswith(".")
    if layers not in (0, 33):
        assert str(layers) in sentence


def test_every_reason_in_the_catalogue_is_given(catalogue: Catalogue) -> None:
    told = {key for key in catalogue.keys() if key.startswith("placement.")}  # noqa: SIM118 - no mapping
    assert told == {row[0] for row in REASONS}


def test_the_writers_wish() -> None:
    assert (gpu_layers("auto"), gpu_layers("off")) == (-1, 0)


@pytest.mark.parametrize(
    ("layers", "key", "code", "expected"),
    [
        (33, "engine.evaluation_failed", -2, 16),
        (33, "engine.evaluation_failed", -3, 16),
        (1, "engine.evaluation_failed", -3, 0),
        (33, "engine.evaluation_failed", 1, None),  # the context was full
        (33, "engine.evaluation_failed", -1, None),  # a batch that is wrong
        (33, "engine.no_model", -3, None),
        (0, "engine.evaluation_failed", -3, None),
    ],
)
def test_running_out_in_use(layers: int, key: str, code: int, expected: int | None) -> None:
    placed = Placement(layers, 33, "Card", "placement.all")
    lower = after_running_out(Load("m"), placed, EngineError(key, code=code))
    if expected is None:
        assert lower is None
        return
    assert lower == Load("m", gpu_layers=expected, fallen="ran_out", fallen_from=layers, fallen_on="Card")
    again = after_running_out(lower, Placement(expected or 1, 33, "Card", ""), EngineError(key, code=code))
    assert again is not None
    assert again.gpu_layers == 0


def test_the_shape_comes_from_the_header(starter: Path) -> None:
    header = read_header(starter)
    shape = memory.shape_of(starter, header, 256, 64)
    assert shape.layers == header.blocks + 1
    assert shape.weights == starter.stat().st_size
    assert shape.cache == header.cache_width * 256 * 2
    assert shape.scratch > 64 * header.vocabulary * 4


def test_all_files_of_a_split_model_count(starter: Path, tmp_path: Path) -> None:
    header = replace(read_header(starter), split_count=3)
    for part, size in ((1, 10), (2, 200), (3, 3_000)):
        (tmp_path / f"big [a]-0000{part}-of-00003.gguf").write_bytes(b"x" * size)
    (tmp_path / "other-00002-of-00003.gguf").write_bytes(b"x" * 50_000)
    first = tmp_path / "big [a]-00001-of-00003.gguf"
    assert memory.shape_of(first, replace(header, size_bytes=10), 256, 64).weights == 3_210
    assert memory.shape_of(tmp_path / "alone.gguf", replace(header, size_bytes=7), 1, 1).weights == 7


def test_a_model_that_does_not_fit_is_told_with_numbers(starter: Path, catalogue: Catalogue) -> None:
    refused = memory.short(starter, 3 * MEBI + 1, 2 * MEBI)
    assert (refused.values["needed_mb"], refused.values["free_mb"]) == (4, 2)
    assert "4" in catalogue.sentence(refused)
    assert memory.short(starter, 1, -5).values["free_mb"] == 0


def test_what_is_available_is_the_systems_figure() -> None:
    assert 0 < memory.available() <= psutil.virtual_memory().total
