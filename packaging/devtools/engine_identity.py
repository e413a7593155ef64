"""What a built engine is known by: everything that decides which machine code comes out of its build."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools.lock_files import Pin
from devtools.machine import COMPILER_VARIABLES, Machine
from devtools.vulkan_headers import VulkanHeaders

BACKENDS = ("cpu", "vulkan", "cuda", "metal")
# For installers: runs on any processor of its architecture. Macs of one have the same basics, and Metal;
# there is nothing to choose from at run time.
PORTABLE, PORTABLE_METAL = "portable", "portable-metal"

# Only the libraries that llama_cpp loads; nothing that depends on what else the build machine has installed.
_COMMON_ARGS = (
    "-DLLAVA_BUILD=OFF",
    "-DLLAMA_BUILD_TOOLS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_SERVER=OFF",
    "-DLLAMA_OPENSSL=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DGGML_BLAS=OFF",
    "-DGGML_CCACHE=OFF",
)
_BACKEND_ARGS = {
    "cpu": ("-DGGML_METAL=OFF",),
    "vulkan": ("-DGGML_VULKAN=ON",),
    "cuda": ("-DGGML_CUDA=ON",),
    "metal": ("-DGGML_METAL=ON",),
    # A library for each kind of processor and one for Vulkan, of which the program loads those that fit. They
    # are installed beside the others, and find them there.
    PORTABLE: (
        "-DGGML_NATIVE=OFF",
        "-DGGML_BACKEND_DL=ON",
        "-DGGML_CPU_ALL_VARIANTS=ON",
        "-DGGML_VULKAN=ON",
        "-DGGML_METAL=OFF",
        "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
        "-DCMAKE_INSTALL_RPATH=$ORIGIN",
    ),
    PORTABLE_METAL: (
        "-DGGML_NATIVE=OFF",
        "-DGGML_METAL=ON",
        "-DGGML_METAL_EMBED_LIBRARY=ON",
        "-DCMAKE_OSX_DEPLOYMENT_TARGET=14.0",
        "-DCMAKE_INSTALL_RPATH=@loader_path",
    ),
}

# Headers, CMake's own files and a second and third copy of each library stay out of the wheel.
WHEEL_EXCLUDE = "lib/**;include/**;bin/**;llama_cpp/lib/*.so.*.*"


def default_backend(system: str) -> str:
    """Return the backend for someone who named none."""
    return "metal" if system == "Darwin" else "cpu"


def portable_backend(system: str) -> str:
    """Return the backend that installers bring."""
    return PORTABLE_METAL if system == "Darwin" else PORTABLE


def cmake_args(backend: str) -> tuple[str, ...]:
    """Return CMake's arguments for a backend."""
    return _COMMON_ARGS + _BACKEND_ARGS[backend]


@dataclass(frozen=True)
class EngineIdentity:
    """A built engine's identity, and the cache folder's name made from it."""

    pin: Pin
    backend: str
    machine: Machine
    recipe: str
    variables: tuple[tuple[str, str], ...] = ()
    headers: VulkanHeaders | None = None

    @classmethod
    def of(
        cls,
        pin: Pin,
        backend: str,
        machine: Machine,
        recipe: Path,
        environ: Mapping[str, str],
        *,
        headers: VulkanHeaders | None = None,
    ) -> "EngineIdentity":
        """Put an identity together; the recipe file counts by what it says, not by where it lies.

        headers: those that are searched before the system's; they count by their version.
        """
        digest = hashlib.sha256(recipe.read_bytes()).hexdigest()
        chosen = tuple((name, environ[name]) for name in COMPILER_VARIABLES if environ.get(name))
        return cls(pin, backend, machine, digest, chosen, headers)

    def facts(self) -> dict[str, Any]:
        """Return everything that the name is made from, for people to read beside the wheel."""
        facts: dict[str, Any] = {
            "version": self.pin.version,
            "source_hashes": sorted(self.pin.hashes),
            "backend": self.backend,
            "cmake_args": list(cmake_args(self.backend)),
            "wheel_exclude": WHEEL_EXCLUDE,
            "recipe": self.recipe,
            "architecture": self.machine.architecture,
            # A portable engine is the same from whatever processor it was built on.
            "processor": "any" if self.backend in (PORTABLE, PORTABLE_METAL) else self.machine.features,
            "compiler": self.machine.compiler,
            "variables": dict(self.variables),
        }
        if self.headers is not None:
            facts["vulkan_headers"] = self.headers.version
        return facts

    @property
    def name(self) -> str:
        """The cache folder's name."""
        digest = hashlib.sha256(json.dumps(self.facts(), sort_keys=True).encode()).hexdigest()
        return f"{self.pin.version}-{self.backend}-{digest[:16]}"
