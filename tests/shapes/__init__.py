"""Models of random weights in the shapes of real ones, made here: speed and memory don't depend on values.

`make()` writes one and returns its path; it is kept in a folder and made once. From a shell:
`python tests/bench/make_shape.py NAME [--format Q4_0] [--seed N] [--into FOLDER]`.
"""

from shapes.architectures import SHAPES, Shape
from shapes.files import make

__all__ = ["SHAPES", "Shape", "make"]
