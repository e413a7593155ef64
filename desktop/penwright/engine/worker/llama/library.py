"""llama.cpp itself, once in a process: its backends, its log, the devices that it sees."""

from __future__ import annotations

import ctypes
import re
import sys
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import llama_cpp as binding
import psutil

from penwright.engine.messages import Device

BINDING = f"llama-cpp-python {binding.__version__}"
_LOG_ERROR = 4  # ggml_log_level
_LOG_CONT = 5
_KINDS = {0: "cpu", 1: "gpu", 2: "integrated", 3: "accelerator"}  # ggml_backend_dev_type
_BACKEND = re.compile(r"(?:lib)?ggml-([a-z][a-z0-9_-]*)\.(?:so|dll|dylib)(?:\.[0-9.]+)?")
_OFFLOADED = re.compile(r"offloaded (\d+)/(\d+) layers")


class Library:
    """llama.cpp itself, set up once in a process: backends loaded, its log kept instead of printed."""

    def __init__(self) -> None:
        self.offloaded = (0, 0)  # of the last model, as llama.cpp told it: layers on a GPU, layers in all
        self._errors: deque[str] = deque(maxlen=20)
        # A collected callback corrupts later calls, so the object lives as long as the library.
        self._log = binding.llama_log_callback(self._keep)
        binding.llama_log_set(self._log, ctypes.c_void_p(0))
        # Dynamic backends are looked for in the current folder too, where anyone may have put one:
        # ours are loaded first, from our own folder.
        libraries = Path(binding.__file__).parent / "lib"
        self._ggml = _open_library(libraries, "ggml")
        load = getattr(self._ggml, "ggml_backend_load_all_from_path", None)
        if load is not None:
            load.argtypes, load.restype = [ctypes.c_char_p], None
            load(str(libraries).encode())
        binding.llama_backend_init()

    def _keep(self, level: int, text: bytes, _data: object) -> None:
        if level in (_LOG_ERROR, _LOG_CONT) and text.strip():
            self._errors.append(text.decode("utf-8", "replace").strip())
        elif b"offloaded" in text and (told := _OFFLOADED.search(text.decode("utf-8", "replace"))):
            self.offloaded = int(told[1]), int(told[2])

    def drain_errors(self) -> str:
        """Return what llama.cpp logged as errors since the last call."""
        said = "; ".join(self._errors)
        self._errors.clear()
        return said

    def system_info(self) -> str:
        """Return llama.cpp's own line about the processor features it was built with and uses."""
        return str(binding.llama_print_system_info().decode("utf-8", "replace")).strip(" |")

    def backends(self) -> tuple[str, ...]:
        """Return which of the engine's libraries for processors and graphics cards were loaded, by name.

        A portable build has one for each kind of processor, and ggml tells of its choice to nobody: the
        process's own map of memory does. Empty where the system has none to read.
        """
        return backends_in(_mapped_files())

    def devices(self) -> tuple[Device, ...]:
        """Return the devices that ggml sees; the processor is one of them."""
        base = _open_library(Path(binding.__file__).parent / "lib", "ggml-base")
        count = self._ggml.ggml_backend_dev_count
        get = self._ggml.ggml_backend_dev_get
        count.restype, get.restype, get.argtypes = ctypes.c_size_t, ctypes.c_void_p, [ctypes.c_size_t]
        found = []
        for index in range(count()):
            device = ctypes.c_void_p(get(index))
            words = []
            for what in ("ggml_backend_dev_name", "ggml_backend_dev_description"):
                function = getattr(base, what)
                function.restype, function.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
                words.append((function(device) or b"").decode("utf-8", "replace"))
            kind = base.ggml_backend_dev_type
            kind.restype, kind.argtypes = ctypes.c_int, [ctypes.c_void_p]
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            memory = base.ggml_backend_dev_memory
            memory.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
            memory(device, ctypes.byref(free), ctypes.byref(total))
            described = Device(words[0], words[1], total.value, free.value, _KINDS.get(kind(device), "other"))
            found.append(_with_system_memory(described) if described.kind == "cpu" else described)
        return tuple(found)


def backends_in(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the backends among the files that a process has loaded, such as "cpu-haswell"."""
    found = (_BACKEND.fullmatch(path.replace("\\", "/").rpartition("/")[2]) for path in paths)
    return tuple(sorted({match[1] for match in found if match} - {"base"}))


def _mapped_files(system: str = sys.platform) -> list[str]:
    if system == "linux":  # psutil would read the far longer smaps
        try:
            lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [line.split(maxsplit=5)[5] for line in lines if line.count("/")]
    maps = getattr(psutil.Process(), "memory_maps", None)  # macOS has none
    return [each.path for each in maps()] if maps is not None else []


def _with_system_memory(device: Device) -> Device:
    """Return the processor's device with what the system says: ggml calls all of its memory free."""
    memory = psutil.virtual_memory()
    return replace(device, total=memory.total, free=memory.available)


def _open_library(folder: Path, name: str) -> ctypes.CDLL:
    pattern = {"win32": f"{name}.dll", "darwin": f"lib{name}.dylib"}.get(sys.platform, f"lib{name}.so")
    return ctypes.CDLL(str(folder / pattern))
