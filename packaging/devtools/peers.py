"""llama-server and llama-bench, built from the engine's own source, to measure the engine beside them."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment, venv_python
from devtools.console import Console, StepError, last_lines
from devtools.engine_build import RECIPE, install_build_tools
from devtools.engine_identity import EngineIdentity, cmake_args
from devtools.engine_source import source_archive, unpack_llama_cpp
from devtools.lock_files import engine_pin
from devtools.long_builds import only_one, run_build
from devtools.machine import compilers, this_machine

PROGRAMS = ("llama-server", "llama-bench")

# The engine's own arguments come first; these turn on what it leaves out.
_ARGS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=OFF",
    "-DLLAMA_BUILD_COMMON=ON",
    "-DLLAMA_BUILD_TOOLS=ON",
    "-DLLAMA_BUILD_SERVER=ON",
    "-DLLAMA_BUILD_APP=OFF",
    "-DLLAMA_BUILD_UI=OFF",
)


def peer_programs(checkout: Checkout, cache: Path, console: Console) -> list[Path]:
    """Return the programs, built for this processor once: no GPU, the same flags as the engine's own build.

    Raises StepError when they can't be built.
    """
    pin = engine_pin(checkout.lock("run"))
    identity = EngineIdentity.of(pin, "cpu", this_machine(), RECIPE, os.environ)
    own = hashlib.sha256(json.dumps(_ARGS).encode()).hexdigest()[:8]
    folder = cache / f"peers-{identity.name}-{own}"
    if not folder.is_dir():
        archive = source_archive(checkout, cache, console)
        with only_one(cache / f"{folder.name}.lock", console):
            if not folder.is_dir():
                _build(checkout, archive, folder, console)
    return [folder / program for program in PROGRAMS]


def _build(checkout: Checkout, archive: Path, folder: Path, console: Console) -> None:
    """Build in a folder of its own; only the finished programs are moved to where they are looked for."""
    part, log = folder.with_name(f".{folder.name}.part"), folder.with_name(f"{folder.name}.log")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    console.say("Building llama-server and llama-bench. This usually takes eight minutes on two cores.")
    try:
        with console.step("Build tools installed"):
            tools = install_build_tools(checkout, part, log)
        with console.step("Source unpacked"):
            source = unpack_llama_cpp(archive, part / "source")
        scripts = venv_python(tools).parent
        environ = quiet_environment()
        environ["PATH"] = f"{scripts}{os.pathsep}{environ.get('PATH', os.defpath)}"
        environ.update(compilers(environ))
        cmake, made = str(scripts / "cmake"), part / "build"
        steps = [
            [cmake, "-S", str(source), "-B", str(made), "-G", "Ninja", *cmake_args("cpu"), *_ARGS],
            [cmake, "--build", str(made), "--target", *PROGRAMS],
        ]
        with console.step("Built"):
            for step in steps:
                if run_build(step, environ, log, console) != 0:
                    console.say(last_lines(log))
                    raise StepError("llama-server and llama-bench could not be built.", log=log)
        done = part / "done"
        done.mkdir()
        for program in PROGRAMS:
            (made / "bin" / program).rename(done / program)
        done.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
