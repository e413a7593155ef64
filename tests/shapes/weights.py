"""Random weights, written straight in the format that they have in the file."""

import gguf
import numpy as np
import numpy.typing as npt

Format = gguf.GGMLQuantizationType
Array = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
_BLOCK = 32  # weights that share one scale, in both quantized formats
# The standard deviation of evenly spread quants: of 0..15 less 8, and of -128..127.
_SPREAD = {Format.Q4_0: 4.61, Format.Q8_0: 73.9}
_BYTES = {Format.Q4_0: 16, Format.Q8_0: 32}


def random_matrix(
    random: np.random.Generator, deviations: npt.NDArray[np.float32], columns: int, kind: Format
) -> tuple[Array, Format]:
    """Return a matrix of random weights with mean 0; `deviations` has the standard deviation of each row.

    A quantized matrix is bytes, shape (rows, bytes a row): each block a half-precision scale and random
    quants. Where a row is no multiple of a block, the matrix is F32, as llama.cpp's own quantizer has it.
    """
    rows = len(deviations)
    if kind not in _SPREAD or columns % _BLOCK:
        return random.standard_normal((rows, columns), np.float32) * deviations[:, None], Format.F32
    blocks = rows * columns // _BLOCK
    raw = np.empty((blocks, 2 + _BYTES[kind]), np.uint8)
    scale = np.repeat(deviations / _SPREAD[kind], columns // _BLOCK)
    # Scales of either sign: the quants' mean is -0.5, and would else lean every weight to one side.
    scale[random.integers(0, 2, blocks, np.uint8) == 1] *= -1
    raw[:, :2] = scale.astype(np.float16).view(np.uint8).reshape(blocks, 2)
    raw[:, 2:] = np.frombuffer(random.bytes(blocks * _BYTES[kind]), np.uint8).reshape(blocks, -1)
    return raw.reshape(rows, -1), kind
