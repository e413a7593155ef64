"""The sizes of a model, and its weights by the names that they have in a GGUF."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Weights = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Shape:
    """The sizes of a model. context: tokens it is trained for."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int
    context: int
    rope_base: float = 10_000.0
    epsilon: float = 1e-5

    @property
    def parameters(self) -> int:
        """How many weights there are."""
        layer = 4 * self.width**2 + 3 * self.width * self.hidden + 2 * self.width
        return self.vocabulary * self.width + self.layers * layer + self.width
