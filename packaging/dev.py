"""Run, test and check Penwright from a checkout: `python3 packaging/dev.py --help`.

Needs nothing but Python's standard library; everything else is installed into the checkout's own `.venv`.
"""

import sys

# This file alone has to parse on older interpreters, so that they can say what is wrong.
if sys.version_info < (3, 11):  # noqa: UP036
    print(
        "Penwright needs Python 3.11 or newer; this is Python {}.{}. Start dev.py with a newer one.".format(
            *sys.version_info[:2]
        ),
        file=sys.stderr,
    )
    sys.exit(2)

from devtools.command_line import program

if __name__ == "__main__":
    sys.exit(program())
