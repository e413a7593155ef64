"""The bundle: one folder with Python, Qt, the engine and the program, which runs wherever it lies."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from devtools import vulkan_headers
from devtools.checkout import Checkout, build_cache, quiet_environment, venv_python
from devtools.console import Console, StepError, last_lines
from devtools.engine_build import RECIPE, engine_wheel
from devtools.engine_identity import PORTABLE, EngineIdentity, default_backend
from devtools.lock_files import engine_pin, without_engine
from devtools.machine import this_machine

SPEC = Path(__file__).resolve().with_name("penwright.spec")
_ENVIRONMENT = ".venv-bundle"


def make_environment(checkout: Checkout, console: Console, *, native: bool) -> Checkout:
    """Make the environment that is bundled: locked packages, the portable engine, the program's wheel.

    native: take the engine that was built for this processor, to try the packaging itself.
    """
    own = replace(checkout, environment=_ENVIRONMENT)
    cache = build_cache(os.environ)
    backend = default_backend(sys.platform) if native else PORTABLE
    headers = None if native else vulkan_headers.find(cache, os.environ, console)
    pin = engine_pin(checkout.lock("run"))
    identity = EngineIdentity.of(pin, backend, this_machine(), RECIPE, os.environ, headers=headers)
    wheel = engine_wheel(checkout, cache, identity, console)
    shutil.rmtree(own.venv, ignore_errors=True)
    with console.step("Environment of the bundle made"):
        base = str(getattr(sys, "_base_executable", sys.executable))
        _run([base, "-m", "venv", str(own.venv)], own, "The bundle's environment could not be made.")
        locked = own.venv / "locked.txt"
        locked.write_text(without_engine(checkout.lock("bundle")), encoding="utf-8")
        pip = [str(own.python), "-m", "pip", "install", "--no-deps"]
        for what in (
            ["--require-hashes", "--only-binary", ":all:", "-r", str(locked)],
            ["--no-index", str(wheel)],
            ["--no-index", "--no-build-isolation", str(checkout.root)],
        ):
            _run([*pip, *what], own, "The bundle's packages could not be installed.")
    return own


def make_bundle(own: Checkout, out: Path, console: Console) -> Path:
    """Run PyInstaller; return the bundle's folder, `out`/penwright."""
    libraries = next(own.venv.glob("lib*/python*/site-packages/llama_cpp/lib"), None) or (
        own.venv / "Lib" / "site-packages" / "llama_cpp" / "lib"
    )
    environment = {
        **quiet_environment(),
        "PENWRIGHT_ROOT": str(own.root),
        "PENWRIGHT_ENGINE_LIBRARIES": str(libraries),
    }
    command = [
        *(str(own.python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
        *("--distpath", str(out), "--workpath", str(out / "work"), str(SPEC)),
    ]
    with console.step("Bundle made"):
        _run(command, own, "The bundle could not be made.", environment)
    shutil.rmtree(out / "work", ignore_errors=True)
    inside = out / "penwright" / "_internal"
    _link_twins(inside / "llama_cpp" / "lib")
    _strip(sorted(inside.glob("libpython*.so*")))
    return out / "penwright"


def _link_twins(folder: Path) -> None:
    """Leave one copy of each engine's library: a wheel has no links, so it holds `x.so` and `x.so.0`."""
    for twin in folder.glob("*.so.0"):
        first = twin.with_suffix("")
        if first.is_file() and not first.is_symlink() and first.read_bytes() == twin.read_bytes():
            twin.unlink()
            twin.symlink_to(first.name)


def _strip(libraries: list[Path]) -> None:
    """Take the symbols for debuggers out of Python's library; to do so in numpy's would break it."""
    if (strip := shutil.which("strip")) is not None:
        for each in libraries:
            if not each.is_symlink():
                subprocess.run([strip, "--strip-unneeded", str(each)], check=False)


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
