"""The command line of dev.py: which command, which backend, and what is passed on."""

import os
import platform
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from devtools import checks, environment, relock
from devtools.checkout import Checkout, build_cache
from devtools.console import Console, StepError
from devtools.engine_identity import BACKENDS
from devtools.engine_source import VOCABULARIES_VARIABLE, vocabularies
from devtools.lavapipe import lavapipe_environment
from devtools.peers import peer_programs

USAGE = """usage: python3 packaging/dev.py COMMAND [--backend cpu|vulkan|cuda|metal] [ARGUMENTS]

  run [FILE ...]       install what is needed and open the editor (without a display: the demo, off screen)
  test [pytest ...]    the whole test suite off screen, without the long runs
  test --gpu           the tests that need a GPU, in an environment of their own (.venv-gpu): with Vulkan in
                       software, or with `--backend cuda|metal` on the GPU of this machine
  soak [pytest ...]    the long runs only
  check                style, types, import rules and changelog
  bench [ARGUMENTS]    the measurements in tests/bench; `bench downloads`, `bench desk`: those alone
  vocabularies         fetch llama.cpp's vocabulary files for tests (test does so too), and say where they are
  peers                build llama-server and llama-bench from the engine's own source, and say where they are
  lock [--upgrade]     make the lock files anew
  build                the bundle, and installers from it, in dist/

What a command does not know is passed on; so is everything after `--`.
The backend is remembered for this checkout."""

COMMANDS = ("run", "test", "soak", "check", "bench", "vocabularies", "peers", "build", "lock")


@dataclass(frozen=True)
class Invocation:
    """What was asked for."""

    command: str
    backend: str | None
    passed: tuple[str, ...]
    gpu: bool = False


def parse(arguments: Sequence[str]) -> Invocation:
    """Read the arguments; `help` is the command for anyone who asks for it."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        return Invocation("help", None, ())
    command, rest = arguments[0], list(arguments[1:])
    if command not in COMMANDS:
        raise StepError(
            f"There is no command '{command}'. The commands are: {', '.join(COMMANDS)}.", exit_code=2
        )
    if rest[:1] in (["-h"], ["--help"]):
        return Invocation("help", None, ())
    backend: str | None = None
    gpu = False
    passed: list[str] = []
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            passed += rest
            break
        if argument == "--backend" or argument.startswith("--backend="):
            value = argument.partition("=")[2] if "=" in argument else (rest.pop(0) if rest else "")
            if value not in BACKENDS:
                raise StepError(f"--backend takes one of: {', '.join(BACKENDS)}.", exit_code=2)
            backend = value
        elif argument == "--gpu" and command == "test":
            gpu = True
        else:
            passed.append(argument)
    return Invocation(command, backend, tuple(passed), gpu)


def has_display(environ: Mapping[str, str], system: str) -> bool:
    """Say whether a window can be shown, or someone has said where to show it."""
    if system != "Linux" or environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def run_command(python: Path, passed: Sequence[str], environ: Mapping[str, str], system: str) -> list[str]:
    """Return the command that opens the editor, or shows the demo where no window can be."""
    demo = [] if has_display(environ, system) else ["demo"]
    return [str(python), "-m", "penwright", *demo, *passed]


def _call(command: Sequence[str], environ: Mapping[str, str], folder: Path | None = None) -> int:
    """Run a program to its end and return its exit status as a shell would give it."""
    with subprocess.Popen(command, env=environ, cwd=folder) as child:
        try:
            code = child.wait()
        except BaseException:
            # Ctrl+C in a terminal reaches the program too; whoever stopped only this one means both.
            with suppress(subprocess.TimeoutExpired):
                child.wait(10)
            child.terminate()
            raise
    return code if code >= 0 else 128 - code


def _run(checkout: Checkout, passed: Sequence[str], console: Console) -> int:
    system = platform.system()
    environ = environment.program_environment(os.environ)
    if not has_display(environ, system):
        console.say("There is no display, so the demo runs off screen.")
        environ["QT_QPA_PLATFORM"] = "offscreen"
    return _call(run_command(checkout.python, passed, os.environ, system), environ)


def _pytest(checkout: Checkout, marks: str, passed: Sequence[str], console: Console, **extra: str) -> int:
    folder = vocabularies(checkout, build_cache(os.environ), console)
    own = {"QT_QPA_PLATFORM": "offscreen", VOCABULARIES_VARIABLE: str(folder), **extra}
    environ = environment.program_environment(os.environ, **own)
    return _call([str(checkout.python), "-m", "pytest", "-m", marks, *passed], environ, checkout.root)


def _test_gpu(asked: Invocation, checkout: Checkout, console: Console) -> int:
    """Run the tests that need a GPU, with Vulkan in software unless another backend is named."""
    checkout = replace(checkout, environment=".venv-gpu")
    backend = asked.backend or "vulkan"
    lavapipe = backend == "vulkan" and platform.system() == "Linux"
    environment.ensure(checkout, backend, console, tests=True, lavapipe=lavapipe)
    shaders = build_cache(os.environ) / "lavapipe-shaders"
    extra = lavapipe_environment(os.environ, shaders) if lavapipe else {}
    return _pytest(checkout, "gpu", asked.passed, console, **extra)


def _carry_out(asked: Invocation, checkout: Checkout, console: Console) -> int:
    if asked.command == "help":
        console.say(USAGE)
        return 0
    if asked.command == "build":
        from installers.build import build  # noqa: PLC0415 - installers stand on devtools, not the other way

        return build(checkout, asked.passed, console)
    if asked.command == "lock":
        return relock.relock(checkout, asked.passed, console)
    if asked.command in {"peers", "vocabularies"}:
        made = peer_programs if asked.command == "peers" else vocabularies
        found = made(checkout, build_cache(os.environ), console)
        for path in found if isinstance(found, list) else [found]:
            console.say(str(path))
        return 0
    if asked.gpu:
        return _test_gpu(asked, checkout, console)
    backend = environment.chosen_backend(checkout, asked.backend)
    environment.ensure(checkout, backend, console, tests=asked.command != "run")
    match asked.command:
        case "run":
            return _run(checkout, asked.passed, console)
        case "check":
            return checks.run_all(checkout, console)
        case "bench":
            environ = environment.program_environment(os.environ)
            return _call([str(checkout.python), "tests/bench/run.py", *asked.passed], environ, checkout.root)
    marks = "soak and not gpu" if asked.command == "soak" else "not soak and not gpu"
    return _pytest(checkout, marks, asked.passed, console)


def main(arguments: Sequence[str]) -> int:
    """Do what was asked; say in one sentence what went wrong."""
    console = Console()
    try:
        return _carry_out(parse(arguments), Checkout.here(), console)
    except StepError as problem:
        console.end_live()
        print(problem.sentence, file=sys.stderr)
        if problem.log is not None:
            print(f"Log: {problem.log}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        console.say("Stopped.")
        return 130


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def program() -> int:
    """Run as a program: being ended ends what was started, such as a build's compilers."""
    signal.signal(signal.SIGTERM, _stop)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, _stop)
    return main(sys.argv[1:])
