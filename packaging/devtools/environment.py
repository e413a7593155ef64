"""The checkout's virtual environment: made once, remade when broken, left alone when nothing changed."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from devtools import system_packages, vulkan_headers
from devtools.checkout import Checkout, build_cache, quiet_environment
from devtools.console import Console, StepError
from devtools.engine_build import RECIPE, engine_wheel
from devtools.engine_identity import BACKENDS, EngineIdentity, default_backend
from devtools.lock_files import engine_pin, without_engine
from devtools.machine import cpu_features, this_machine


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from, and what for."""

    root: str
    python: str
    files: str
    processor: str
    backend: str
    tests: bool

    @classmethod
    def wanted(cls, checkout: Checkout, backend: str, *, tests: bool) -> "Stamp":
        """Return the stamp that an environment made now would get."""
        # The bundle's packages are none of this environment's.
        locks = [each for each in sorted(checkout.locks.glob("*.txt")) if each.stem != "bundle"]
        inputs = [*locks, RECIPE]
        contents = [path.name.encode() + b"\0" + path.read_bytes() for path in inputs]
        return cls(
            root=str(checkout.root),
            python=f"{platform.python_version()} {platform.machine()} {sys.base_prefix}",
            files=_digest(b"\0".join([*contents, installed_parts(checkout.pyproject)])),
            processor=_digest(cpu_features().encode()),
            backend=backend,
            tests=tests,
        )

    @classmethod
    def read(cls, path: Path) -> "Stamp | None":
        """Return the stamp on disk; None if there is none, or none that makes sense."""
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(**told)
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Put the stamp on disk in one move."""
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)

    def serves(self, wanted: "Stamp") -> bool:
        """Say whether this environment does for what is wanted; one for tests does for running too."""
        return (
            self.same_place(wanted)
            and (self.files, self.processor, self.backend) == (wanted.files, wanted.processor, wanted.backend)
            and (self.tests or not wanted.tests)
        )

    def same_place(self, wanted: "Stamp") -> bool:
        """Say whether the environment can be brought up to date where it is, rather than be made anew."""
        return (self.root, self.python) == (wanted.root, wanted.python)


def installed_parts(pyproject: Path) -> bytes:
    """Return what of the project file an installation depends on: not how the linters are set."""
    told = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    parts = [told.get("build-system"), told.get("project"), told.get("tool", {}).get("hatch")]
    return json.dumps(parts, sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def chosen_backend(checkout: Checkout, named: str | None) -> str:
    """Return the backend named now, else the one this checkout has, else this system's."""
    if named is not None:
        return named
    stamp = Stamp.read(checkout.stamp)
    if stamp is not None and stamp.backend in BACKENDS:
        return stamp.backend
    return default_backend(platform.system())


def ensure(
    checkout: Checkout, backend: str, console: Console, *, tests: bool, lavapipe: bool = False
) -> None:
    """See that everything a command needs is installed; do nothing where it is."""
    cache = build_cache(os.environ)
    log = cache / "system-packages.log"
    system_packages.ensure(tests=tests, backend=backend, log=log, console=console, lavapipe=lavapipe)
    wanted = Stamp.wanted(checkout, backend, tests=tests)
    found = Stamp.read(checkout.stamp)
    if found is not None and found.serves(wanted) and checkout.python.exists():
        return
    keep = found is not None and found.same_place(wanted) and checkout.python.exists()
    if keep and found is not None and found.tests:
        wanted = Stamp.wanted(checkout, backend, tests=True)
    # Without its stamp the environment counts as half-made, so an interrupted change is never taken for done.
    checkout.stamp.unlink(missing_ok=True)
    if not keep:
        _make(checkout, cache, console)
    _install(checkout, cache, wanted, console)
    wanted.write(checkout.stamp)


def _make(checkout: Checkout, cache: Path, console: Console) -> None:
    if checkout.venv.exists():
        console.say(
            f"The environment in {checkout.environment} is unfinished, moved, or not from dev.py: "
            "it is made anew."
        )
        shutil.rmtree(checkout.venv)
    # From inside a virtual environment, build on the Python that it stands on.
    base = str(getattr(sys, "_base_executable", sys.executable))
    with console.step(f"Environment made in {checkout.environment}"):
        _run([base, "-m", "venv", str(checkout.venv)], cache, "The virtual environment could not be made.")


def _install(checkout: Checkout, cache: Path, wanted: Stamp, console: Console) -> None:
    pip = [str(checkout.python), "-m", "pip", "install"]
    lock = checkout.lock("test" if wanted.tests else "run")
    pin = engine_pin(checkout.lock("run"))
    headers = vulkan_headers.find(cache, os.environ, console) if wanted.backend == "vulkan" else None
    identity = EngineIdentity.of(pin, wanted.backend, this_machine(), RECIPE, os.environ, headers=headers)
    wheel = engine_wheel(checkout, cache, identity, console)
    filtered = checkout.venv / "locked.txt"
    filtered.write_text(without_engine(lock), encoding="utf-8")
    with console.step("Packages installed"):
        _run(
            [*pip, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(filtered)],
            cache,
            "The Python packages could not be installed.",
        )
    with console.step("Engine installed"):
        _run(
            [*pip, "--no-deps", "--no-index", "--force-reinstall", str(wheel)],
            cache,
            "The engine's wheel could not be installed.",
        )
    with console.step("Penwright installed from this checkout"):
        _run(
            [*pip, "--no-deps", "--no-index", "--no-build-isolation", "-e", str(checkout.root)],
            cache,
            "Penwright could not be installed into its environment.",
        )


def _run(command: list[str], cache: Path, sentence: str) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    log = cache / "install.log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command,
            env=quiet_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise StepError(sentence, log=log)


def program_environment(environ: Mapping[str, str], **extra: str) -> dict[str, str]:
    """Return the environment for Penwright's own programs: another Python's settings stay out."""
    environment = dict(environ)
    for name in ("PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    environment.update(extra)
    return environment
