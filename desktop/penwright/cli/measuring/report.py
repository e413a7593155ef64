"""All figures of one run, and how they are told."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from penwright.cli.measuring import busy, cancelling, comparing, keystrokes, texts, throughput
from penwright.cli.measuring.figures import percentile
from penwright.cli.measuring.peer import Peer
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Ready

_MEGA = 1_000_000
_LONG = 2_000  # tokens of a long document
_FEW_LETTERS = 240  # of the text after which tokens are counted
_KEY_MS = 100  # a key that takes no longer is quick
_HELD = 0.5  # of the context: as much of it can be a document that stays in the window while someone types


@dataclass(frozen=True)
class Plan:
    """How much is measured. A model that is slow here gets fewer tries of each kind."""

    seed: int
    answers: int = 40
    keys: int = 200
    busy_keys: int = 80
    openings: int = 5
    cancels: int = 40
    stops: int = 100
    repeated: int = 40
    passage: int = 120
    idle: float = 12.0  # seconds

    @classmethod
    def quick(cls, seed: int) -> Plan:
        """Return a plan for a look at whether all works."""
        return cls(seed, 6, 24, 12, 2, 6, 6, 2, 24, 2.0)

    def for_speed(self, key_ms: float) -> Plan:
        """Return a plan whose keys, each of about `key_ms`, end within some minutes."""
        share = min(1.0, _KEY_MS / key_ms)
        counts = ((self.answers, 20), (self.keys, 100), (self.busy_keys, 40), (self.openings, 3))
        answers, keys, busy_keys, openings = (
            max(min(least, most), round(most * share)) for most, least in counts
        )
        passage = max(min(80, self.passage), round(self.passage * share))
        return replace(
            self, answers=answers, keys=keys, busy_keys=busy_keys, openings=openings, passage=passage
        )


def machine() -> dict[str, object]:
    """Return what of this machine the figures depend on."""
    name = platform.processor()
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return {
        "processor": name or platform.machine(),
        "cores": os.cpu_count() or 1,
        "system": platform.platform(),
        "date": time.strftime("%Y-%m-%d"),
    }


def engine_figures(engine: BlockingEngine, ready: Ready, plan: Plan, bench: str | None) -> dict[str, object]:
    """Measure everything that needs the engine alone."""
    seed = plan.seed
    held = min(_LONG, int(ready.n_ctx * _HELD))
    sample = keystrokes.sample(engine, seed)
    letters = round(held * sample.letters)
    few = min(letters, _FEW_LETTERS)
    figures: dict[str, object] = {"seed": seed}
    with throughput.RawLoop(ready) as loop:
        speed = throughput.measure(engine, loop, few, plan.answers, seed)
        cache = loop.cache_bytes_a_token * ready.n_ctx
    figures |= {
        "throughput_ratio": round(speed.ratio, 4),
        "engine_tokens_s": round(speed.engine, 2),
        "raw_tokens_s": round(speed.raw, 2),
    }
    if bench is not None:
        figures["llama_bench_tokens_s"] = round(
            throughput.llama_bench(bench, ready, round(few / sample.letters)), 2
        )
    plan = plan.for_speed(1000 * keystrokes.TOKENS / speed.engine)
    figures |= {"document_tokens": held, **_keys(engine, letters, plan)}
    figures |= _openings(engine, round(_LONG * sample.letters), plan)
    figures |= _cancels(engine, letters, held * sample.seconds, plan)
    figures |= texts.figures(engine, ready, plan.stops, plan.repeated, seed)
    resident, file = busy.resident_bytes(ready.pid), Path(ready.path).stat().st_size
    return figures | {
        "memory_mb": round(resident / _MEGA, 1),
        "model_file_mb": round(file / _MEGA, 1),
        "cache_mb": round(cache / _MEGA, 1),
        "memory_over_mb": round((resident - file - cache) / _MEGA, 1),
        "idle_cpu_percent": round(_idle(engine, ready, letters, plan), 3),
    }


def _keys(engine: BlockingEngine, letters: int, plan: Plan) -> dict[str, object]:
    """Measure a writer's keys, then some with every core kept busy, beside the same without."""
    warm = keystrokes.warm(engine, letters, plan.keys, plan.seed)
    idle = percentile(keystrokes.warm(engine, letters, plan.busy_keys, plan.seed).ms, 0.5)
    with busy.every_core_busy():
        crowded = percentile(keystrokes.warm(engine, letters, plan.busy_keys, plan.seed).ms, 0.95)
    return {
        "keys": len(warm.ms),
        "warm_reuse": round(warm.reuse, 4),
        "warm_ms": round(percentile(warm.ms, 0.5), 2),
        "warm_p95_ms": round(percentile(warm.ms, 0.95), 2),
        "idle_p50_ms": round(idle, 2),
        "busy_p95_ms": round(crowded, 2),
        "busy_ratio": round(crowded / idle, 3),
    }


def _openings(engine: BlockingEngine, letters: int, plan: Plan) -> dict[str, object]:
    """Measure the first answers in texts never seen."""
    cold = keystrokes.cold(engine, letters, plan.openings, plan.seed)
    return {
        "openings": len(cold.ms),
        "cold_ms": round(percentile(cold.ms, 0.5), 1),
        "cold_max_ms": round(max(cold.ms), 1),
    }


def _cancels(engine: BlockingEngine, letters: int, seconds: float, plan: Plan) -> dict[str, object]:
    """Measure cancels while a text never seen is evaluated."""
    cancels = cancelling.measure(engine, letters, seconds, plan.cancels, plan.seed)
    caught = bool(cancels.ms)
    return {
        "cancels": len(cancels.ms),
        "cancels_too_late": cancels.missed,
        "cancel_p50_ms": round(percentile(cancels.ms, 0.5), 2) if caught else None,
        "cancel_p95_ms": round(percentile(cancels.ms, 0.95), 2) if caught else None,
    }


def _idle(engine: BlockingEngine, ready: Ready, letters: int, plan: Plan) -> float:
    """Return the share of one core, in percent, that the worker uses while nothing is asked of it."""
    keystrokes.warm(engine, letters, 1, plan.seed + 2, "last")
    time.sleep(0.5)
    began, used = time.perf_counter(), busy.cpu_seconds(ready.pid)
    time.sleep(plan.idle)
    return 100 * (busy.cpu_seconds(ready.pid) - used) / (time.perf_counter() - began)


def peer_figures(engine: BlockingEngine, ready: Ready, plan: Plan, peer: Peer) -> dict[str, object]:
    """Measure the engine and the peer in turn."""
    held = min(_LONG // 4, int(ready.n_ctx * _HELD))
    letters = round(held * keystrokes.sample(engine, plan.seed).letters)
    passage = comparing.Passage(letters, plan.passage, plan.seed)
    return {
        "document_tokens": held,
        "forced": comparing.typed_passage(engine, peer, passage, forced=True).figures(),
        "unforced": comparing.typed_passage(engine, peer, passage, forced=False).figures(),
        "one_request": comparing.one_request(engine, peer, letters, plan.passage // 4, plan.seed).figures(),
    }


def as_text(report: Mapping[str, object], indent: str = "") -> str:
    """Return the report for people: a line a figure."""
    lines = []
    for name, value in report.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}", as_text(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{name:<{26 - len(indent)}}{value}")
    return "\n".join(lines)
