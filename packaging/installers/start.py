"""The bundled program's first line."""

import multiprocessing
import sys

from penwright.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
