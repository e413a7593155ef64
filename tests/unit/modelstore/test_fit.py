"""What fits which machine, with numbers that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.base.paths import resources
from penwright.modelstore.entries import read_entries
from penwright.modelstore.fit import Machine, Verdict, best_variant, judge, offers, recommend
from penwright.modelstore.machine import free_disk, this_machine

ENTRIES = read_entries(resources() / "catalogue.toml")
GIGA = 1_000_000_000
SIZES = st.integers(0, 2**40)


def machine(memory: float, gpu: float = 0, disk: float = 1000, free: float | None = None) -> Machine:
    return Machine(*(int(each * GIGA) for each in (memory, memory if free is None else free, gpu, disk)))


@pytest.mark.parametrize(
    ("here", "inline", "writing"),
    [
        (machine(2), None, None),
        (machine(4), "qwen3.5-0.8b-base", None),
        (machine(8.2), "qwen3.5-0.8b-base", "qwen3.5-4b"),
        (machine(16.7), "qwen3.5-0.8b-base", "gemma-4-12b-it"),
        (machine(33), "qwen3.5-0.8b-base", "gemma-4-26b-a4b-it"),
        (machine(16.7, gpu=8.5), "gemma-4-e2b", "gemma-4-12b-it"),
        (machine(16.7, gpu=25.7), "gemma-4-e2b", "qwen3.8-27b"),
        (machine(8.2, disk=3), "qwen3.5-0.8b-base", None),
        (machine(8.2, disk=1), None, None),
        (machine(8.2, free=2), "qwen3.5-0.8b-base", None),
    ],
)
def test_recommended(here, inline, writing):
    got = [
        offer and offer.entry.id
        for offer in (recommend(ENTRIES, here, role) for role in ("inline", "writing"))
    ]
    small = "qwen3-vl-2b"
    assert got[0] == inline
    assert got[1] == writing or (writing is None and got[1] in (None, small))


def test_the_smaller_variant_where_the_better_is_tight():
    small = next(entry for entry in ENTRIES if len(entry.variants) > 1)
    assert best_variant(small, machine(16))[0] == small.variants[0]
    tight = machine(3.4)
    variant, fit = best_variant(small, tight)
    assert variant == small.variants[1] and fit.verdict is Verdict.FITS
    variant, fit = best_variant(small, machine(1))
    assert variant == small.variants[-1] and fit.verdict is Verdict.TOO_LARGE


@given(SIZES, SIZES, SIZES, SIZES, SIZES, st.integers(1, 10**6))
def test_the_numbers_add_up(files, memory, free, gpu, disk, context):
    fit = judge(files, Machine(memory, free, gpu, disk), 12, context)
    assert fit.needed > fit.files + fit.cache
    if fit.verdict is Verdict.FITS:
        assert fit.needed <= fit.room and (fit.on_gpu or fit.needed <= free) and files <= disk
    if fit.verdict is Verdict.TOO_LARGE:
        assert fit.needed > fit.room and not fit.on_gpu
    # A larger model never fits better, and what is unknown counts as more.
    order = [Verdict.FITS, Verdict.TIGHT, Verdict.NO_DISK, Verdict.TOO_LARGE]
    larger = judge(files * 2 + 1, Machine(memory, free, gpu, disk), 12, context)
    assert order.index(larger.verdict) >= order.index(fit.verdict) or larger.verdict is Verdict.TOO_LARGE
    assert judge(files, Machine(memory, free, gpu, disk), None, context).needed >= fit.needed


def test_this_machine(tmp_path):
    here = this_machine(tmp_path / "not" / "there", 5)
    assert here.memory >= here.free_memory > 0 and here.gpu_memory == 5
    assert here.free_disk == pytest.approx(free_disk(tmp_path), rel=0.1)
    assert len(offers(ENTRIES, here)) == len(ENTRIES)
