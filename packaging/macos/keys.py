"""Put signing keys from secrets where `dev.py build` finds them, in CI on macOS, and forget them again.

    python3 packaging/macos/keys.py --folder FOLDER --variables FILE --summary FILE
    python3 packaging/macos/keys.py --folder FOLDER --forget

P12 is a certificate with its key in base64, P12_PASSWORD its password, NOTARY_KEY an App Store Connect key.
Without them the summary says that the image is unsigned.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_KEYCHAIN, _CERTIFICATE, _KEY = "penwright.keychain-db", "penwright.p12", "penwright-notary.p8"
Run = Callable[[Sequence[str]], int]


def run(command: Sequence[str]) -> int:
    """Run a program quietly: its words might name what is secret. Return its exit code."""
    return subprocess.run(command, capture_output=True, check=False).returncode


def commands(folder: Path, password: str, lock: str) -> list[list[str]]:
    """Return how a keychain is made and the certificate brought in. lock: the keychain's own password."""
    chain = str(folder / _KEYCHAIN)
    allowed = ["-T", "/usr/bin/codesign"]
    return [
        ["security", "create-keychain", "-p", lock, chain],
        ["security", "set-keychain-settings", "-lut", "21600", chain],
        ["security", "unlock-keychain", "-p", lock, chain],
        ["security", "import", str(folder / _CERTIFICATE), "-P", password, "-k", chain, *allowed],
        ["security", "set-key-partition-list", "-S", "apple-tool:,apple:", "-k", lock, chain],
        ["security", "list-keychains", "-d", "user", "-s", chain, "login.keychain-db"],
    ]


def bring_in(environ: Mapping[str, str], folder: Path, run: Run = run) -> tuple[dict[str, str], list[str]]:
    """Bring in what the environment holds; return variables for the build and lines for the summary.

    Raises ValueError for a certificate that is no base64, OSError, RuntimeError: the keychain refuses it.
    """
    variables: dict[str, str] = {}
    lines = []
    if told := environ.get("P12", ""):
        try:
            certificate = base64.b64decode(told, validate=True)
        except binascii.Error as error:
            raise ValueError("P12 is no base64: set the secret anew.") from error
        _write_private(folder / _CERTIFICATE, certificate)
        for command in commands(folder, environ.get("P12_PASSWORD", ""), secrets.token_hex(16)):
            if run(command) != 0:
                raise RuntimeError(f"The keychain could not be made: `security {command[1]}` failed.")
    else:
        lines.append("The disk image is unsigned: there is no secret with a certificate.")
    if told := environ.get("NOTARY_KEY", ""):
        _write_private(folder / _KEY, told.encode("utf-8"))
        variables["PENWRIGHT_NOTARY_KEY"] = str(folder / _KEY)
    else:
        lines.append("The disk image is not notarized: there is no secret with a key for that.")
    return variables, lines


def forget(folder: Path, run: Run = run) -> None:
    """Delete what was brought in."""
    run(["security", "delete-keychain", str(folder / _KEYCHAIN)])
    for name in (_CERTIFICATE, _KEY):
        (folder / name).unlink(missing_ok=True)


def _write_private(path: Path, told: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(told)


def main() -> int:
    """Bring in or forget; 0 done, 1 it failed."""
    parser = argparse.ArgumentParser(description="Put signing keys where the build finds them.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--variables", type=Path, help="a file that NAME=VALUE lines are added to")
    parser.add_argument("--summary", type=Path, help="a file that lines are added to")
    parser.add_argument("--forget", action="store_true")
    told = parser.parse_args()
    if told.forget:
        forget(told.folder)
        return 0
    try:
        variables, lines = bring_in(os.environ, told.folder)
    except (ValueError, RuntimeError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    for file, added in (
        (told.variables, [f"{name}={value}" for name, value in variables.items()]),
        (told.summary, lines),
    ):
        if file is not None:
            with file.open("a", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in added)
    print(*lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
