"""What this machine has for a model: memory, and disk where models are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

from penwright.modelstore.fit import Machine


def free_disk(folder: Path) -> int:
    """Return how many bytes are free where `folder` is, or would be made; 0 where that can't be seen."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return 0


def this_machine(models: Path, gpu_memory: int = 0) -> Machine:
    """Return what this machine has now.

    models: the folder where models are kept. gpu_memory: bytes of the largest graphics card that the engine
    can use; only the engine knows.
    """
    import psutil  # noqa: PLC0415 - the window opens without it

    memory = psutil.virtual_memory()
    return Machine(memory.total, memory.available, gpu_memory, free_disk(models))
