"""Try Penwright against a hub of your own: `python3 -m tests.hub --root DIR`, then HF_ENDPOINT=... penwright.

DIR holds folders owner/name with GGUF files. Faults: --fault KIND[=VALUE][@PLACE], as drop=0.5@blob.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from tests.hub.faults import KINDS, PLACES, Fault
from tests.hub.server import LoopbackHub


def fault(text: str) -> Fault:
    """Return the fault that was written as KIND[=VALUE][@PLACE]."""
    rest, _, place = text.partition("@")
    kind, _, value = rest.partition("=")
    number: float | str = value
    with contextlib.suppress(ValueError):  # else it is an address
        number = float(value or 0)
    return Fault(kind, number, place or "blob")


def main() -> None:
    """Serve until Ctrl+C."""
    kinds = "\n".join(f"  {kind:<10} {told}" for kind, told in KINDS.items())
    parser = argparse.ArgumentParser(
        "python3 -m tests.hub",
        description=__doc__,
        epilog=f"faults, at {', '.join(PLACES)}:\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--root", type=Path, required=True, help="the folder with the models")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--fault", type=fault, action="append", default=[], metavar="KIND[=VALUE][@PLACE]")
    options = parser.parse_args()
    if not options.root.is_dir():
        parser.error(f"{options.root} is no folder")
    with LoopbackHub(options.root, options.port) as hub:
        hub.faults.set(*options.fault)
        print(f"HF_ENDPOINT={hub.endpoint} (files from {hub.store}); Ctrl+C ends it", flush=True)
        try:
            hub.wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
