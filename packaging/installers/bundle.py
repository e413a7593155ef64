"""The bundle: one folder with Python, Qt, the engine and the program, which runs wherever it lies."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from devtools import vulkan_headers
from devtools.checkout import Checkout, build_cache, quiet_environment, venv_python
from devtools.console import Console, StepError, last_lines
from devtools.engine_build import RECIPE, engine_wheel
from devtools.engine_identity import PORTABLE, EngineIdentity, default_backend, portable_backend
from devtools.lock_files import engine_pin, without_engine
from devtools.machine import this_machine
from installers.build_facts import write_build_facts
from installers.trim import trim

SPEC = Path(__file__).resolve().with_name("penwright.spec")
_ENVIRONMENT = ".venv-bundle"


def make_environment(checkout: Checkout, console: Console, *, native: bool) -> tuple[Checkout, str]:
    """Make the environment that is bundled: locked packages, the portable engine, the program's wheel.

    Returns it, and the engine's name. native: take the engine that was built for this processor, to try the
    packaging itself.
    """
    own = replace(checkout, environment=_ENVIRONMENT)
    cache = build_cache(os.environ)
    backend = default_backend(platform.system()) if native else portable_backend(platform.system())
    wanted = backend == PORTABLE and sys.platform == "linux"
    headers = vulkan_headers.find(cache, os.environ, console) if wanted else None
    pin = engine_pin(checkout.lock("run"))
    identity = EngineIdentity.of(pin, backend, this_machine(), RECIPE, os.environ, headers=headers)
    wheel = engine_wheel(checkout, cache, identity, console)
    shutil.rmtree(own.venv, ignore_errors=True)
    with console.step("Environment of the bundle made"):
        base = str(getattr(sys, "_base_executable", sys.executable))
        _run([base, "-m", "venv", str(own.venv)], own, "The bundle's environment could not be made.")
        locked = own.venv / "locked.txt"
        locked.write_text(without_engine(checkout.lock("bundle")), encoding="utf-8")
        pip = [str(own.python), "-m", "pip", "install", "--no-deps", "--no-compile"]
        for what in (
            ["--require-hashes", "--only-binary", ":all:", "-r", str(locked)],
            ["--no-index", str(wheel)],
            ["--no-index", "--no-build-isolation", str(checkout.root)],
        ):
            _run([*pip, *what], own, "The bundle's packages could not be installed.")
    return own, identity.name


def make_bundle(
    own: Checkout, engine: str, out: Path, console: Console, variables: Mapping[str, str] | None = None
) -> Path:
    """Run PyInstaller; return the bundle's folder, `out`/penwright.

    engine: the built engine's name. variables: more that the spec reads, on Windows and macOS.
    """
    libraries = next(own.venv.glob("lib*/python*/site-packages/llama_cpp/lib"), None) or (
        own.venv / "Lib" / "site-packages" / "llama_cpp" / "lib"
    )
    environment = {
        **quiet_environment(),
        "PENWRIGHT_ROOT": str(own.root),
        "PENWRIGHT_ENGINE_LIBRARIES": str(libraries),
        "PENWRIGHT_BUILD": str(write_build_facts(own, engine, out)),
        **(variables or {}),
    }
    command = [
        *(str(own.python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
        *("--distpath", str(out), "--workpath", str(out / "work"), str(SPEC)),
    ]
    with console.step("Bundle made"):
        _run(command, own, "The bundle could not be made.", environment)
    shutil.rmtree(out / "work", ignore_errors=True)
    if sys.platform == "linux":
        with console.step("Bundle trimmed"):
            trim(out / "penwright")
    return out / "penwright"


def _run(command: list[str], own: Checkout, sentence: str, environment: dict[str, str] | None = None) -> None:
    log = build_cache(os.environ) / "bundle.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command,
            env=environment or quiet_environment(),
            cwd=own.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        print(last_lines(log), file=sys.stderr)
        raise StepError(sentence, log=log)


def tool(own: Checkout, name: str) -> str:
    """Return the path of a program that the environment has."""
    folder = venv_python(own.venv).parent
    return str(folder / (f"{name}.exe" if sys.platform == "win32" else name))
