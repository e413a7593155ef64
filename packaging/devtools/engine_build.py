"""Build llama-cpp-python's wheel once for this machine, and keep it in the per-user cache."""

import json
import os
import queue
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment, venv_python
from devtools.console import Console, StepError, last_lines, seconds
from devtools.engine_identity import WHEEL_EXCLUDE, EngineIdentity, cmake_args
from devtools.lock_files import ENGINE_PACKAGE
from devtools.machine import compilers

if sys.platform != "win32":
    import fcntl

RECIPE = Path(__file__).resolve().with_name("engine_only.cmake")

_PROGRESS = re.compile(r"\[(\d+)/(\d+)\]")
_USUAL = {
    "cpu": "about four minutes on two cores",
    "metal": "a few minutes",
    "vulkan": "some ten minutes on two cores",
    "cuda": "ten to thirty minutes",
}


def cached_wheel(cache: Path, identity: EngineIdentity) -> Path | None:
    """Return the finished wheel of an identity, if there is one."""
    return next(iter(sorted((cache / identity.name).glob("*.whl"))), None)


def engine_wheel(checkout: Checkout, cache: Path, identity: EngineIdentity, console: Console) -> Path:
    """Return the engine's wheel from the cache, building it first where it is missing."""
    ready = cached_wheel(cache, identity)
    if ready is None:
        cache.mkdir(parents=True, exist_ok=True)
        with _only_one(cache / f"{identity.name}.lock", console):
            ready = cached_wheel(cache, identity) or _build(checkout, cache, identity, console)
    return ready


@contextmanager
def _only_one(lock: Path, console: Console) -> Iterator[None]:
    """Let one build of an identity run at a time; the system frees the lock if its holder dies."""
    with lock.open("w", encoding="utf-8") as held:
        if sys.platform != "win32":
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                console.say("Another build of the same engine is running; waiting for it.")
                fcntl.flock(held, fcntl.LOCK_EX)
        yield


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
            tools = _build_tools(checkout, part, log)
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


def _build_tools(checkout: Checkout, part: Path, log: Path) -> Path:
    """Make an environment with the locked build tools: CMake, Ninja and the build backend."""
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
    with subprocess.Popen(
        command,
        env=_build_environment(tools, part, identity),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as build:
        try:
            _follow(build, log, console)
            code = build.wait()
        except BaseException:
            _end(build)
            raise
    if code != 0:
        console.say(last_lines(log))
        raise StepError("The engine could not be built.", log=log)
    wanted.unlink()


def _end(build: subprocess.Popen[str]) -> None:
    """End a build and the compilers it started."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(build.pid, signal.SIGTERM)
    else:
        build.terminate()
    build.wait(30)


def _follow(build: subprocess.Popen[str], log: Path, console: Console) -> None:
    """Write a build's output to its log, and show now and then how far it is."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert build.stdout is not None
        for line in build.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    began = shown = time.monotonic()
    where = "fetching and unpacking its source"
    with log.open("a", encoding="utf-8") as output:
        while True:
            try:
                line = lines.get(timeout=1.0)
            except queue.Empty:
                line = ""
            if line is None:
                return
            output.write(line)
            found = _PROGRESS.search(line[:24])
            if found:
                where = f"file {found[1]} of {found[2]}"
            now = time.monotonic()
            if now - shown >= console.quiet_interval:
                console.alive(f"{where}, {seconds(now - began)}")
                shown = now
