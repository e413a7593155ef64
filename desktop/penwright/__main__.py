"""The first line of the program: the worker flag, else the command line. It imports nothing heavy."""

from __future__ import annotations

import sys

WORKER_FLAG = "--engine-worker"


def main() -> int:
    """Run the engine's worker or the command line; return the exit code."""
    if sys.argv[1:2] == [WORKER_FLAG]:
        from penwright.engine.worker import main as work  # noqa: PLC0415 - llama.cpp is the worker's alone

        work()
        return 0
    from penwright.cli.main import main as command_line  # noqa: PLC0415 - the worker needs none of it

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
