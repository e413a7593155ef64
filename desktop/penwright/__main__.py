"""The first line of the program: one of its own processes or the command line. It imports nothing heavy."""

from __future__ import annotations

import sys

WORKER_FLAG = "--engine-worker"
RAW_LOOP_FLAG = "--raw-loop"
SPIN_FLAG = "--spin"
SPELLING_FLAG = "--spelling-worker"
CONVERSION_FLAG = "--conversion"


def main() -> int:
    """Run one of the program's own processes or the command line; return the exit code."""
    flag = sys.argv[1] if len(sys.argv) > 1 else ""
    if flag == WORKER_FLAG:
        from penwright.engine.worker.loop import main as work  # noqa: PLC0415 - llama.cpp is the worker's alone

        work()
        return 0
    if flag == SPELLING_FLAG:
        from penwright.spelling.loop import main as spell  # noqa: PLC0415 - hunspell is that process's alone

        spell()
        return 0
    if flag == CONVERSION_FLAG:
        from penwright.app.conversion import main as convert  # noqa: PLC0415 - the formats are that process's

        convert()
        return 0
    if flag == RAW_LOOP_FLAG:
        from penwright.engine.worker.llama.rawloop import main as loop  # noqa: PLC0415 - llama.cpp, as above

        loop()
        return 0
    if flag == SPIN_FLAG:
        from penwright.cli.measuring.busy import spin  # noqa: PLC0415 - nothing else does it need

        spin()
        return 0
    from penwright.cli.main import main as command_line  # noqa: PLC0415 - the worker needs none of it

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
