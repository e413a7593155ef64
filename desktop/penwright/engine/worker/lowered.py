"""A thread whose priority is lowered, for what can wait.

On Linux a priority belongs to a thread and can't be raised again, so what can wait has a thread of its own;
the threads that OpenMP starts for it take its priority over.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_NICE = 5  # beside a busy core about a quarter of its time; 10 would leave a tenth
_QOS_UTILITY = 0x11  # macOS: pthread/qos.h
_BELOW_NORMAL = -1  # Windows: THREAD_PRIORITY_BELOW_NORMAL


class LoweredThread:
    """Runs calls one at a time at lowered priority; whoever gives one waits for its end."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "lowered", lower_own_priority)

    def run(self, call: Callable[[], Result]) -> Result:
        """Run `call` and return what it returns, or raise what it raises."""
        return self._pool.submit(call).result()


def lower_own_priority() -> None:
    """Lower the calling thread's priority; where the system refuses, it stays as it is."""
    try:
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        elif sys.platform == "darwin":
            ctypes.CDLL(None).pthread_set_qos_class_self_np(_QOS_UTILITY, 0)
        elif sys.platform == "win32":
            kernel = ctypes.WinDLL("kernel32")
            kernel.GetCurrentThread.restype = ctypes.c_void_p
            kernel.SetThreadPriority(ctypes.c_void_p(kernel.GetCurrentThread()), _BELOW_NORMAL)
    except (OSError, AttributeError):
        log.warning("the priority of a thread could not be lowered", exc_info=True)
