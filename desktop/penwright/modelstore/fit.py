"""Whether a model fits this machine, with the numbers, and which one is best taken.

All figures are bytes. What a model needs in memory: its files, the KV cache of its context, and a margin for
what llama.cpp computes in. What is unknown is counted as more, never as less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from penwright.modelstore.entries import Entry, Variant

_MEBI = 1 << 20
_GIGA = 1_000_000_000
DEFAULT_CONTEXT = 4096  # tokens
# What the system, the window and a browser want beside the model.
_RESERVE = 1536 * _MEBI
_RESERVE_SHARE = 0.15  # of all memory, where that is more
_MARGIN = 512 * _MEBI  # llama.cpp's own buffers
_TIGHT_SHARE = 0.75  # of the room; above it little is left for anything else
_GPU_SHARE = 0.9  # of a graphics card's memory, the rest being the screen's
_DISK_SPARE = 1024 * _MEBI  # that should be left after a download
_UNKNOWN_KV = 80  # MiB for 1,000 tokens: the largest that is known of
_SAME_CLASS = 0.9  # a machine sold with 16 GB reports a little less


@dataclass(frozen=True)
class Machine:
    """What this machine has, in bytes.

    free_memory: what programs could have now. gpu_memory: of the largest graphics card that the engine can
    use; 0 for none. free_disk: where models are kept.
    """

    memory: int
    free_memory: int
    gpu_memory: int
    free_disk: int


class Verdict(Enum):
    """How well a model fits; the values are keys in the catalogue of sentences."""

    FITS = "models.fits"
    TIGHT = "models.tight"
    TOO_LARGE = "models.too_large"
    NO_DISK = "models.no_disk"


@dataclass(frozen=True)
class Fit:
    """A verdict with its numbers, in bytes.

    files: on disk, all of them. cache: KV cache at `context` tokens. needed: in memory, all together.
    room: what the machine has for it, in memory or on its graphics card. on_gpu: all of it fits there.
    """

    verdict: Verdict
    files: int
    cache: int
    needed: int
    room: int
    context: int
    on_gpu: bool


def room_in_memory(machine: Machine) -> int:
    """Return how many bytes a model may take of the main memory."""
    return max(0, machine.memory - max(_RESERVE, int(machine.memory * _RESERVE_SHARE)))


def judge(
    files: int,
    machine: Machine,
    kv_mib_per_1k: int | None = None,
    context: int = DEFAULT_CONTEXT,
    *,
    on_disk: bool = False,
) -> Fit:
    """Return how files of this size fit. on_disk: they are there already, so the disk isn't asked."""
    cache = (kv_mib_per_1k or _UNKNOWN_KV) * _MEBI * context // 1000
    needed = files + cache + _MARGIN
    gpu = int(machine.gpu_memory * _GPU_SHARE)
    room = room_in_memory(machine)
    on_gpu = needed <= gpu
    if on_gpu:
        verdict = Verdict.FITS
    elif needed > room:
        verdict = Verdict.TOO_LARGE
    elif needed > room * _TIGHT_SHARE or needed > machine.free_memory:
        verdict = Verdict.TIGHT
    else:
        verdict = Verdict.FITS
    if verdict is not Verdict.TOO_LARGE and not on_disk and files + _DISK_SPARE > machine.free_disk:
        verdict = Verdict.NO_DISK
    return Fit(verdict, files, cache, needed, gpu if on_gpu else room, context, on_gpu)


def judge_variant(
    entry: Entry,
    variant: Variant,
    machine: Machine,
    context: int = DEFAULT_CONTEXT,
    *,
    on_disk: bool = False,
) -> Fit:
    """Return how this variant of a catalogue entry fits, its projector counted in."""
    files = variant.size_hint + (entry.mmproj_size_hint or 0)
    return judge(files, machine, entry.kv_mib_per_1k, context, on_disk=on_disk)


def best_variant(entry: Entry, machine: Machine, context: int = DEFAULT_CONTEXT) -> tuple[Variant, Fit]:
    """Return the best variant that fits; else the best that is tight; else the smallest."""
    judged = [(variant, judge_variant(entry, variant, machine, context)) for variant in entry.variants]
    for wanted in (Verdict.FITS, Verdict.TIGHT):
        for variant, fit in judged:
            if fit.verdict is wanted:
                return variant, fit
    return min(judged, key=lambda pair: pair[0].size_hint)


@dataclass(frozen=True)
class Offer:
    """A catalogue entry as it is offered on this machine."""

    entry: Entry
    variant: Variant
    fit: Fit


def offers(entries: Sequence[Entry], machine: Machine, context: int = DEFAULT_CONTEXT) -> tuple[Offer, ...]:
    """Return each entry with the variant to take here, in the catalogue's order."""
    return tuple(Offer(entry, *best_variant(entry, machine, context)) for entry in entries)


def recommend(entries: Sequence[Entry], machine: Machine, role: str) -> Offer | None:
    """Return the one model to take for this role on this machine, or None where none fits.

    For going on with a sentence the answer has to come at once, so it is the smallest that fits; with a
    graphics card that holds it, the largest. For writing it is the largest that this kind of machine is
    meant for.
    """
    fitting = [
        offer
        for offer in offers(entries, machine)
        if role in offer.entry.roles and offer.fit.verdict is Verdict.FITS
    ]
    if role == "inline":
        on_gpu = [offer for offer in fitting if offer.fit.on_gpu]
        return on_gpu[-1] if on_gpu else next(iter(fitting), None)
    meant = [offer for offer in fitting if _meant_for(offer.entry, machine)]
    return meant[-1] if meant else next(iter(fitting), None)


def _meant_for(entry: Entry, machine: Machine) -> bool:
    enough_memory = entry.memory_gb is not None and machine.memory >= entry.memory_gb * _GIGA * _SAME_CLASS
    enough_gpu = entry.gpu_gb is not None and machine.gpu_memory >= entry.gpu_gb * _GIGA * _SAME_CLASS
    return enough_memory or enough_gpu
