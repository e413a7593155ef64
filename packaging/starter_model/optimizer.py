"""How weights move: Muon for the matrices within the layers, AdamW for the rest, and the rate over time."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer

from starter_model.model import Llama

# Of a quintic that brings all singular values near to 1 in five rounds (Jordan et al., 2024, "Muon").
_A, _B, _C = 3.4445, -4.7750, 2.0315
_ROUNDS = 5


def orthogonal(matrix: Tensor) -> Tensor:
    """Return nearly the nearest matrix whose singular values are all 1, by Newton-Schulz rounds."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x.bfloat16() if x.is_cuda else x.float()
    x = x / (x.norm() + 1e-7)
    for _ in range(_ROUNDS):
        square = x @ x.T
        x = _A * x + (_B * square + _C * square @ square) @ x
    return (x.T if tall else x).to(matrix.dtype)


class Muon(Optimizer):
    """Momentum whose steps are made orthogonal (Jordan et al., 2024), with decoupled weight decay."""

    def __init__(
        self, weights: Iterable[Tensor], lr: float, momentum: float = 0.95, decay: float = 0.01
    ) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002 - Optimizer's signature
        """Move every matrix once."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                held = state.setdefault("momentum", torch.zeros_like(weight))
                held.lerp_(weight.grad, 1 - group["momentum"])
                ahead = weight.grad.lerp(held, group["momentum"])  # Nesterov's
                rows, columns = weight.shape
                weight.mul_(1 - group["lr"] * group["decay"])
                weight.add_(orthogonal(ahead), alpha=-group["lr"] * max(1.0, rows / columns) ** 0.5)


def optimizers(model: Llama, muon_rate: float, adam_rate: float) -> tuple[Muon, AdamW]:
    """Return the optimizers of a model's matrices and of everything else."""
    matrices = [weight for name, weight in model.named_parameters() if weight.ndim == 2 and "blk" in name]
    rest = [weight for name, weight in model.named_parameters() if weight.ndim != 2 or "blk" not in name]
    return Muon(matrices, muon_rate), AdamW(rest, adam_rate, betas=(0.9, 0.95), weight_decay=0.0)


def rate(done: float, warm_up: float = 0.01, decay_from: float = 0.55) -> float:
    """Return the share of the full rate when `done` (0 to 1) of the training is over.

    It warms up, is stable, and falls in a line to nothing (Hu et al., 2024, "MiniCPM").
    """
    if done < warm_up:
        return (done + 1e-3) / (warm_up + 1e-3)
    return min(1.0, max(0.0, (1.0 - done) / (1.0 - decay_from)))
