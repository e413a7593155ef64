"""Try the installer on Windows as its users have it: install, ask, upgrade, uninstall, and see what is left.

    python packaging/windows/smoke_setup.py dist

It installs into a folder of its own, with a space and Chinese letters in its path, and takes it away again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from installed.proof import ProofError, expect, program_at, prove_anywhere

_WAIT = 60.0  # seconds; the uninstaller goes on as a copy of itself after it has returned


def run(command: str) -> int:
    """Run a command line as it is: NSIS wants /D last and unquoted."""
    return subprocess.run(command, check=False, timeout=600).returncode


def prove(setup: Path, folder: Path) -> list[str]:
    """Install, ask, upgrade and uninstall; return a line for each thing seen. Raises ProofError."""
    seen = []
    program = folder / "app" / "penwright-cli.exe"
    expect(run(f'"{setup}" /S /D={folder}') == 0, "The silent installation failed.")
    expect(program.is_file(), f"{program} is not there after the installation.")
    seen += prove_anywhere(program_at([str(program)]))
    kept = Path(os.environ["LOCALAPPDATA"]) / "penwright"
    kept.mkdir(exist_ok=True)
    mark = kept / "smoke.txt"
    mark.write_text("mine", encoding="utf-8")
    expect(run(f'"{setup}" /S /D={folder}') == 0, "Installing over an installation failed.")
    expect(
        not (folder / "app.old").exists() and not (folder / "app.new").exists(),
        "An upgrade left its folders.",
    )
    seen.append("an upgrade leaves one program")
    expect(run(f'"{folder / "uninstall.exe"}" /S') == 0, "The silent uninstallation failed.")
    until = time.monotonic() + _WAIT
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.5)
    expect(not folder.exists(), f"{folder} is still there after the uninstallation.")
    expect(mark.is_file(), "The writer's own files went with the program.")
    mark.unlink()
    seen.append("uninstalled; the writer's own files stay")
    return seen


def main(arguments: Sequence[str]) -> int:
    """Try the one installer of a folder; 0 where all holds."""
    found = list(Path(arguments[0] if arguments else "dist").glob("*-setup.exe"))
    if len(found) != 1:
        print("Name the folder that holds one penwright-...-setup.exe.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        try:
            for line in prove(found[0].resolve(), Path(place) / "Pen wright 写作"):
                print(f"ok   {line}", flush=True)
        except (ProofError, subprocess.SubprocessError, OSError) as problem:
            print(f"FAIL {problem}", flush=True)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
