"""Model files with something wrong in them, each made from a sound one by a seed.

`mutant(seed, sources)` returns what was done and the bytes of the file.
"""

from mutants.mutations import KINDS, mutant

__all__ = ["KINDS", "mutant"]
