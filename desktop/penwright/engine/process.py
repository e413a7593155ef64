"""How a worker process is started: its command, and what llama.cpp reads from the environment."""

from __future__ import annotations

import os

from penwright.base.own_process import own_command


def worker_command() -> list[str]:
    """Return the command that starts a worker: this program with the worker's flag."""
    return own_command("--engine-worker")


def worker_environment(*, gpu: bool = True) -> dict[str, str]:
    """Return the worker's environment; what llama.cpp and OpenMP read has to be set before they load.

    gpu: whether it may look for one. Looking alone ends the process where a driver is broken.
    """
    blind = {"GGML_DISABLE_VULKAN": "1", "CUDA_VISIBLE_DEVICES": "-1", "HIP_VISIBLE_DEVICES": "-1"}
    return {
        **os.environ,
        **({} if gpu else blind),
        "GGML_NO_BACKTRACE": "1",  # else an abort attaches a debugger
        "OMP_WAIT_POLICY": "passive",  # a waiting thread that spins delays the one it waits for
        "PYTHONUTF8": "1",
    }
