"""The checks that need no test to run: style, types, import rules, changelog. All run, even if one fails."""

import os
import subprocess
import time
from dataclasses import dataclass

from devtools import changelog
from devtools.checkout import Checkout, venv_python
from devtools.console import Console, seconds
from devtools.environment import program_environment


@dataclass(frozen=True)
class Check:
    """One check by an installed tool."""

    name: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


def tool_checks(checkout: Checkout) -> list[Check]:
    """Return the checks that a tool makes."""
    python = str(checkout.python)
    scripts = venv_python(checkout.venv).parent
    developer_tools = (
        *("dev.py", "smoke.py", "start_ratio.py", "devtools", "installers", "installed", "linux", "macos"),
        "starter_model",
    )
    return [
        Check("ruff check", (python, "-m", "ruff", "check", ".")),
        Check("ruff format", (python, "-m", "ruff", "format", "--check", ".")),
        Check("mypy penwright", (python, "-m", "mypy")),
        Check(
            "mypy packaging",
            (python, "-m", "mypy", *(f"packaging/{each}" for each in developer_tools)),
            (("MYPYPATH", "packaging"),),
        ),
        Check("import rules", (str(scripts / "lint-imports"),)),
    ]


def _changelog_holds(checkout: Checkout, console: Console) -> bool:
    source = checkout.root / "desktop" / "penwright" / "__init__.py"
    told = (checkout.root / "CHANGELOG.md").read_text(encoding="utf-8")
    found = changelog.problems(told, source.read_text(encoding="utf-8"))
    for sentence in found:
        console.say(sentence)
    return not found


def run_all(checkout: Checkout, console: Console) -> int:
    """Run every check, say which failed, and return the exit status."""
    results: list[tuple[str, bool, float]] = []
    for check in tool_checks(checkout):
        console.say(f"== {check.name}")
        began = time.monotonic()
        done = subprocess.run(
            check.command,
            cwd=checkout.root,
            env=program_environment(os.environ, **dict(check.environment)),
            stdin=subprocess.DEVNULL,
            check=False,
        )
        results.append((check.name, done.returncode == 0, time.monotonic() - began))
    console.say("== changelog")
    began = time.monotonic()
    results.append(("changelog", _changelog_holds(checkout, console), time.monotonic() - began))
    console.say("== summary")
    for name, held, took in results:
        console.say(f"{'ok    ' if held else 'FAILED'}  {name} ({seconds(took)})")
    failed = [name for name, held, _ in results if not held]
    console.say(f"Failed: {', '.join(failed)}." if failed else "All checks hold.")
    return 1 if failed else 0
