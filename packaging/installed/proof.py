"""What every installed program is asked, on any system: the core of packaging/smoke.py."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START = "She closed the door and looked out of the"
LONG = 180  # seconds; an emulated or busy machine takes its time


class ProofError(Exception):
    """Something that does not hold, in one sentence."""


@dataclass(frozen=True)
class Done:
    """A command that has ended: its exit status and what it said."""

    status: int
    out: str
    err: str


# Runs a command with these arguments after the program's name, and variables on top of its environment.
Program = Callable[..., Done]


def expect(holds: object, sentence: str) -> None:
    """Raise ProofError with the sentence where something does not hold."""
    if not holds:
        raise ProofError(sentence)


def program_at(command: Sequence[str]) -> Program:
    """Return how the program at `command` is run on this very system."""

    def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Done:
        done = subprocess.run(
            [*command, *arguments],
            env=environment,
            capture_output=True,
            check=False,
            timeout=LONG,
            stdin=subprocess.DEVNULL,
        )
        return Done(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        )

    return run


def doctor(program: Program) -> dict[str, dict[str, object]]:
    """Return the program's report on itself; ProofError where the bundled model does not load."""
    done = program("doctor", "--json")
    expect(done.status == 0, f"penwright doctor ended with {done.status}: {(done.err or done.out)[-300:]}")
    report: dict[str, dict[str, object]] = json.loads(done.out)
    expect(report["model"]["loads"], "The bundled model does not load.")
    return report


def told(report: Mapping[str, Mapping[str, object]]) -> str:
    """Return in a line which build a report is of, and where its model runs."""
    versions, engine = report["versions"], report["engine"]
    names = ("penwright", "installer", "engine_build", "commit")
    build = ", ".join(f"{name} {versions[name]}" for name in names if name in versions)
    return f"{build}; backends {engine['backends']}; {engine['placement']}"


def prove_anywhere(program: Program) -> list[str]:
    """Ask what needs no window system of ours: doctor, a continuation, a suggestion in the real window.

    Returns a line for each thing seen. Raises ProofError.
    """
    seen = [told(doctor(program))]
    done = program("complete", "--before", START, "--max-tokens", "8")
    expect(done.status == 0 and done.out.strip(), f"penwright complete said nothing: {done.err[-300:]}")
    seen.append(f"complete: {START} |{done.out.rstrip()}|")
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "demo.png"
        done = program("demo", "--type", START, "--screenshot", str(picture))
        expect(done.status == 0, f"penwright demo ended with {done.status}: {done.err[-300:]}")
    seen.append("demo: " + "; ".join(line.strip() for line in done.out.splitlines() if "suggestion" in line))
    return seen
