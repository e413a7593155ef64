"""The training itself: steps until the time is over, with checkpoints that it goes on from."""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from starter_model.batches import Ahead, Batches, ahead
from starter_model.model import Llama
from starter_model.optimizer import optimizers, rate
from starter_model.parallel import Parallel
from starter_model.shards import Shard

CHECKPOINT, CURVE = "checkpoint.pt", "curve.csv"
_SAVED_EVERY = 240.0  # seconds
_CLIP = 1.0
_WORSE = 3  # held-out losses in a row that rise: the weights begin to know the corpus by heart


@dataclass(frozen=True)
class Plan:
    """How a training goes.

    minutes: of this training in all, over its interruptions. steps: instead of minutes, where not 0.
    tokens: of one step. piece: of what is evaluated at once. lengths: from which share of the time on, rows
    are how long, in tokens. threads: of the processor, each with a twin of the model.
    """

    minutes: float
    steps: int
    tokens: int
    piece: int
    lengths: tuple[tuple[float, int], ...]
    muon_rate: float
    adam_rate: float
    decay_from: float
    seed: int
    threads: int = 1

    def length(self, done: float) -> int:
        """Return how long rows are when `done` (0 to 1) of the training is over."""
        return next(length for since, length in reversed(self.lengths) if done >= since)


class HeldOut:
    """Text that is never trained on: its loss, for each source."""

    def __init__(self, shards: Sequence[Shard], bos: int, length: int, rows: int, seed: int) -> None:
        """Take up to `rows` rows of `length` tokens of each shard, drawn by the seed."""
        self._rows = {}
        for shard in shards:
            chance = random.Random(seed)
            parts = [part[at : at + length] for part in shard for at in range(0, len(part), length)]
            parts = [part for part in parts if len(part) == length]
            chosen = chance.sample(parts, min(rows, len(parts)))
            begun = [np.concatenate([[bos], part]) for part in chosen]
            self._rows[shard.source] = torch.from_numpy(np.array(begun, np.int64))

    @torch.no_grad()
    def losses(self, model: Llama, device: torch.device, at_once: int = 8) -> dict[str, float]:
        """Return the mean loss of each source in nats a token."""
        means = {}
        for source, rows in self._rows.items():
            parts = [
                model.losses(rows[at : at + at_once].to(device)).mean(1)
                for at in range(0, len(rows), at_once)
            ]
            means[source] = float(torch.cat(parts).mean())
        return means


class Training:
    """One training in a folder."""

    def __init__(self, model: Llama, batches: Batches, held_out: HeldOut, plan: Plan, folder: Path) -> None:
        """Begin, or go on from the folder's checkpoint. Raises OSError."""
        self._model, self._batches, self._held_out = model, batches, held_out
        self._plan, self._folder = plan, folder
        self._parallel = Parallel(model, plan.threads)
        self._device = next(model.parameters()).device
        self._optimizers = optimizers(model, plan.muon_rate, plan.adam_rate)
        self._full = [[group["lr"] for group in each.param_groups] for each in self._optimizers]
        self.step, self.seconds, self.seen = 0, 0.0, 0
        self._decay_from = plan.decay_from
        self._before: list[float] = []
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / CHECKPOINT).exists():
            self._go_on()

    @property
    def done(self) -> float:
        """How much of it is over, 0 to 1."""
        if self._plan.steps:
            return min(1.0, self.step / self._plan.steps)
        return min(1.0, self.seconds / (60 * self._plan.minutes))

    def run(self, measured_every: float) -> None:
        """Train to the end; the held-out loss is measured every so many seconds. Raises OSError."""
        saved = measured = time.monotonic()
        self._measure(float("nan"))
        whole = tqdm(total=1000, initial=int(1000 * self.done), unit="‰", mininterval=5)
        with ahead(self._batches) as batches, whole as bar:
            while self.done < 1.0:
                began = time.monotonic()
                loss = self._one_step(batches)
                now = time.monotonic()
                self.seconds += now - began
                bar.update(int(1000 * self.done) - bar.n)
                speed = self._plan.tokens / (now - began)
                bar.set_postfix(step=self.step, loss=f"{loss:.3f}", tokens_s=f"{speed:.0f}", refresh=False)
                if now - measured > measured_every:
                    measured = now
                    self._measure(loss)
                if now - saved > _SAVED_EVERY:
                    saved = now
                    self._save()
        self._measure(float("nan"))
        self._save()

    def _one_step(self, batches: Ahead) -> float:
        done = self.done
        share = rate(done, decay_from=self._decay_from)
        for optimizer, full in zip(self._optimizers, self._full, strict=True):
            for group, lr in zip(optimizer.param_groups, full, strict=True):
                group["lr"] = lr * share
        length = self._plan.length(done)
        rows = max(1, self._plan.tokens // length)
        batch = batches.batch(self.step, rows, length)
        tokens = torch.from_numpy(batch.tokens).to(self._device)
        weights = torch.from_numpy(batch.weights).to(self._device)
        total = self._parallel.backward(tokens, weights, max(1, self._plan.piece // length))
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), _CLIP)
        for optimizer in self._optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.seen += rows * length
        return total

    def _measure(self, loss: float) -> None:
        held = self._held_out.losses(self._model, self._device)
        path = self._folder / CURVE
        new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            if new:
                rows.writerow(
                    ["step", "seconds", "tokens", "rate", "train", *(f"held_{name}" for name in held)]
                )
            share = rate(self.done, decay_from=self._decay_from)
            figures = [f"{value:.4f}" for value in (share, loss, *held.values())]
            rows.writerow([self.step, round(self.seconds), self.seen, *figures])
        self._before.append(sum(held.values()))
        latest = self._before[-_WORSE - 1 :]
        if self.done < self._decay_from and len(latest) > _WORSE and latest == sorted(latest):
            self._decay_from = self.done  # no more is learnt at the full rate

    def _save(self) -> None:
        part = self._folder / f".{CHECKPOINT}.part"
        kept = {
            "model": self._model.state_dict(),
            "optimizers": [each.state_dict() for each in self._optimizers],
            "step": self.step,
            "seconds": self.seconds,
            "seen": self.seen,
            "decay_from": self._decay_from,
        }
        torch.save(kept, part)
        part.replace(self._folder / CHECKPOINT)

    def _go_on(self) -> None:
        kept = torch.load(self._folder / CHECKPOINT, map_location=self._device, weights_only=True)
        self._model.load_state_dict(kept["model"])
        for optimizer, state in zip(self._optimizers, kept["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        self.step, self.seconds, self.seen = kept["step"], kept["seconds"], kept["seen"]
        self._decay_from = kept["decay_from"]


def by_position(model: Llama, rows: Tensor) -> Tensor:
    """Return the mean loss in nats at each place of rows (batch, time + 1), shape (time,)."""
    with torch.no_grad():
        return torch.stack([model.losses(row[None])[0] for row in rows]).mean(0)
