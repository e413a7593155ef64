"""Try an installer as its users have it: `python3 packaging/smoke.py --help`.

    sudo python3 packaging/smoke.py --kind deb dist/penwright-0.1.0-amd64.deb --work /tmp/smoke
    python3 packaging/smoke.py --kind program /path/to/penwright

The first makes a clean Debian (debootstrap), installs the package there and lives with it: writes at a
window, upgrades, breaks an upgrade off, uninstalls, and meets what nobody wishes for. Nothing of it has a
network but apt. The second asks what can be asked of an installed program on any system.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from installed import hardship, life
from installed.clean_root import X_FOLDER, CleanRoot
from installed.life import Life
from installed.proof import ProofError, program_at, prove_anywhere
from installed.screen import Screen

CASES: tuple[Callable[[Life], str], ...] = (
    life.install,
    life.tells_of_itself,
    life.write_and_save,
    hardship.full_window,
    life.two_users,
    hardship.no_display,
    hardship.read_only_home,
    hardship.no_vulkan,
    hardship.old_glibc,
    hardship.old_processor,
    life.upgrade,
    life.broken_off,
    hardship.strange_path,
    life.uninstall,
)
_NEEDED = (life.install, life.uninstall)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Try an installer as its users have it.")
    parser.add_argument(
        "what", type=Path, help="the .deb (its archive lies beside it), or the installed program"
    )
    parser.add_argument(
        "--kind", choices=("deb", "program"), default="deb", help="deb, or a program that is installed"
    )
    parser.add_argument(
        "--work", type=Path, help="deb: a folder for the clean root, the log and the pictures"
    )
    parser.add_argument("--suite", default="bookworm", help="deb: Debian release (bookworm)")
    parser.add_argument("--mirror", help="deb: Debian mirror, if not debootstrap's own choice")
    parser.add_argument(
        "--keep", action="store_true", help="deb: leave the root with the program in it there"
    )
    names = [case.__name__ for case in CASES if case not in _NEEDED]
    parser.add_argument("--only", action="append", choices=names, help="deb: this case, between in and out")
    return parser.parse_args(arguments)


def try_cases(cases: Sequence[Callable[[Life], str]], tried: Life) -> int:
    """Run the cases in their order, a line for each, and tell how many hold. Returns how many do not.

    What is not installed can't be lived with: the rest is left out then.
    """
    ran = failed = 0
    for case in cases:
        began = time.monotonic()
        ran += 1
        try:
            mark, line = "ok  ", case(tried)
        except (ProofError, OSError, subprocess.SubprocessError) as problem:
            mark, line = "FAIL", str(problem)
            failed += 1
            tried.screen.picture(tried.shots / f"failed-{case.__name__}.png")
        print(f"{mark} {case.__name__} ({time.monotonic() - began:.0f} s): {line}", flush=True)
        if case is life.install and failed:
            break
    print(f"{ran - failed} of {ran} hold, {len(cases) - ran} not run.", flush=True)
    return failed


def try_deb(options: argparse.Namespace) -> int:
    """Make the clean root and the screen, run the cases, and clean up."""
    if sys.platform != "linux" or os.geteuid() != 0 or options.work is None:
        raise ProofError("--kind deb needs Linux, root and --work FOLDER.")
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    root = CleanRoot(work / f"root-{os.getpid()}", work / "smoke.log")
    root.log.write_bytes(b"")
    cases = [case for case in CASES if not options.only or case in _NEEDED or case.__name__ in options.only]
    if options.keep:
        cases.remove(life.uninstall)
    with root.kept_until_the_end(keep=options.keep):
        began = time.monotonic()
        root.make(work / f"base-{options.suite}", options.suite, options.mirror)
        root.add_user(life.WRITER)
        print(
            f"ok   clean root ({time.monotonic() - began:.0f} s): {options.suite}, debootstrap's minbase",
            flush=True,
        )
        scratch = work / f"scratch-{os.getpid()}"
        screen = Screen(work / f"screen-{os.getpid()}")
        try:
            root.mount("--bind", "/tmp/.X11-unix", X_FOLDER)
            tried = Life(root, screen, options.what.resolve(), work / "shots", set(), scratch)
            failed = try_cases(cases, tried)
        finally:
            screen.close()
            for folder in (scratch, work / f"screen-{os.getpid()}"):
                shutil.rmtree(folder, ignore_errors=True)
    print(f"The log is {root.log}, pictures are in {work / 'shots'}.")
    return 1 if failed else 0


def main(arguments: Sequence[str]) -> int:
    """Try it; 0 where all holds, 1 where something does not, 2 where it could not be tried."""
    options = parse(arguments)
    if not options.what.is_file():
        print(f"There is no file {options.what}; python3 packaging/dev.py build makes them.", file=sys.stderr)
        return 2
    if options.kind == "deb":
        try:
            return try_deb(options)
        except ProofError as problem:
            print(problem, file=sys.stderr)
            return 2
    try:
        for line in prove_anywhere(program_at([str(options.what.resolve())])):
            print(f"ok   {line}", flush=True)
    except ProofError as problem:
        print(f"FAIL {problem}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
