"""Build llama-cpp-python's wheel once for this machine, and keep it in the per-user cache."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment, venv_python
from devtools.console import Console, StepError, last_lines
from devtools.engine_identity import PORTABLE, PORTABLE_METAL, WHEEL_EXCLUDE, EngineIdentity, cmake_args
from devtools.lock_files import ENGINE_PACKAGE
from devtools.long_builds import only_one, run_build
from devtools.machine import compilers

RECIPE = Path(__file__).resolve().with_name("engine_only.cmake")
_USUAL = {
    "cpu": "about four minutes on two cores",
    "metal": "a few minutes",
    "vulkan": "some ten minutes on two cores",
    "cuda": "ten to thirty minutes",
    PORTABLE: "half an hour on two cores",
    PORTABLE_METAL: "a few minutes",
}


def cached_wheel(cache: Path, identity: EngineIdentity) -> Path | None:
    """Return the finished wheel of an identity, if there is one."""
    return next(iter(sorted((cache / identity.name).glob("*.whl"))), None)


def engine_wheel(checkout: Checkout, cache: Path, identity: EngineIdentity, console: Console) -> Path:
    """Return the engine's wheel from the cache, building it first where it is missing."""
    ready = cached_wheel(cache, identity)
    if ready is None:
        with only_one(cache / f"{identity.name}.lock", console):
            ready = cached_wheel(cache, identity) or _build(checkout, cache, identity, console)
    return ready


def _build(checkout: Checkout, cache: Path, identity: EngineIdentity, console: Console) -> Path:
    """Build in a folder of its own; only a finished wheel is moved to where it is looked for."""
    final, part = cache / identity.name, cache / f".{identity.name}.part"
    log = cache / f"{identity.name}.log"
    for leftover in (part, final):
        shutil.rmtree(leftover, ignore_errors=True)
    (part / "temporary").mkdir(parents=True)
    console.say(
        f"Building the engine, llama.cpp for {identity.backend}, once for this machine. "
        f"This usually takes {_USUAL[identity.backend]}."
    )
    try:
        with console.step("Build tools installed"):
            tools = install_build_tools(checkout, part, log)
        with console.step("Engine built"):
            _compile(tools, part, identity, log, console)
        shutil.rmtree(part / "temporary", ignore_errors=True)
        shutil.rmtree(tools, ignore_errors=True)
        facts = json.dumps(identity.facts(), indent=2)
        (part / "identity.json").write_text(facts + "\n", encoding="utf-8")
        part.rename(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    wheel = cached_wheel(cache, identity)
    if wheel is None:
        raise StepError("The engine's build ended well but left no wheel.", log=log)
    return wheel


def install_build_tools(checkout: Checkout, part: Path, log: Path) -> Path:
    """Make an environment in `part` with the locked build tools: CMake, Ninja and the build backend."""
    tools = part / "tools"
    commands = [
        [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(tools)],
        [
            *(str(venv_python(tools)), "-m", "pip", "install", "--require-hashes", "--no-deps"),
            *("--only-binary", ":all:", "-r", str(checkout.lock("engine-build"))),
        ],
    ]
    with log.open("w", encoding="utf-8") as output:
        for command in commands:
            done = subprocess.run(
                command,
                env=quiet_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode != 0:
                raise StepError("The engine's build tools could not be installed.", log=log)
    return tools


def _build_environment(tools: Path, part: Path, identity: EngineIdentity) -> dict[str, str]:
    environment = quiet_environment()
    scripts = venv_python(tools).parent
    defines = [f"-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES={RECIPE.as_posix()}", *cmake_args(identity.backend)]
    if identity.headers is not None:
        defines.append(f"-DVulkan_INCLUDE_DIR={identity.headers.include.as_posix()}")
    own = environment.get("CMAKE_ARGS", "")
    environment["CMAKE_ARGS"] = " ".join([*map(shlex.quote, defines), own]).strip()
    environment["SKBUILD_WHEEL_EXCLUDE"] = WHEEL_EXCLUDE
    environment["PATH"] = f"{scripts}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment["TMPDIR"] = environment["TEMP"] = environment["TMP"] = str(part / "temporary")
    environment["PYTHONUNBUFFERED"] = "1"
    environment.update(compilers(environment))
    return environment


def _compile(tools: Path, part: Path, identity: EngineIdentity, log: Path, console: Console) -> None:
    wanted = part / "engine.txt"
    wanted.write_text(identity.pin.text + "\n", encoding="utf-8")
    # pip's own cache would hand out a wheel built for another backend: it knows nothing of CMAKE_ARGS.
    command = [
        *(str(venv_python(tools)), "-m", "pip", "wheel", "-v", "--no-cache-dir", "--no-deps"),
        *(
            "--no-build-isolation",
            "--require-hashes",
            "--no-binary",
            ENGINE_PACKAGE,
            "-w",
            str(part),
            "-r",
            str(wanted),
        ),
    ]
    if run_build(command, _build_environment(tools, part, identity), log, console) != 0:
        console.say(last_lines(log))
        raise StepError("The engine could not be built.", log=log)
    wanted.unlink()
