"""Gradients of a batch on several cores: a thread for each, with a twin of the model that has its weights.

Threads within each operation, which is PyTorch's own way, wait for one another at every operation: on two
cores that others use too, 0.6 of one core was all that such a training got.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from starter_model.model import Llama


class Parallel:
    """The model and its twins."""

    def __init__(self, model: Llama, count: int) -> None:
        """Make `count` - 1 twins, 1 or more models in all."""
        self._models = [model, *(_twin(model) for _ in range(count - 1))]
        cuda = next(model.parameters()).is_cuda
        self._losses = [
            torch.compile(each.loss, dynamic=False) if cuda else each.loss for each in self._models
        ]
        if count > 1:
            torch.set_num_threads(1)

    def backward(self, tokens: Tensor, weights: Tensor, rows: int) -> float:
        """Add a batch's gradients to the model's; return its mean loss.

        At most `rows` rows are evaluated at once by each thread.
        """
        counted = weights.sum()
        parts = list(zip(tokens.split(rows), weights.split(rows), strict=True))
        count = len(self._models)
        work = [(each, parts[number::count], counted) for number, each in enumerate(self._losses)]
        with ThreadPoolExecutor(count) as pool:
            losses = list(pool.map(_backward, *zip(*work, strict=True)))
        own = list(self._models[0].parameters())
        for twin in self._models[1:]:
            for weight, other in zip(own, twin.parameters(), strict=True):
                if other.grad is not None:
                    weight.grad = other.grad if weight.grad is None else weight.grad.add_(other.grad)
                    other.grad = None
        return sum(losses)


def _twin(model: Llama) -> Llama:
    twin = copy.deepcopy(model)
    for weight, own in zip(twin.parameters(), model.parameters(), strict=True):
        weight.data = own.data
    return twin


def _backward(
    mean_loss: Callable[[Tensor, Tensor], Tensor], parts: Sequence[tuple[Tensor, Tensor]], counted: Tensor
) -> float:
    """Add the gradients of some parts; return what they add to the batch's mean loss."""
    total = 0.0
    for tokens, weights in parts:
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=tokens.is_cuda):
            loss = mean_loss(tokens, weights) * (weights.sum() / counted)
        loss.backward()  # type: ignore[no-untyped-call]
        total += float(loss.detach())
    return total
