"""`dev.py build` on Windows and macOS: the bundle, the installer of the system, and what it is made of."""

from __future__ import annotations

import os
import shutil
import sys

from devtools.checkout import Checkout, build_cache
from devtools.console import Console, StepError
from devtools.engine_source import source_archive
from installers import macos, windows
from installers.bundle import make_bundle, make_environment
from installers.names import Release
from installers.records import hand_out, write_records


def build_elsewhere(checkout: Checkout, native: bool, console: Console) -> int:
    """Make everything under dist/. Raises StepError."""
    system = {"win32": windows, "darwin": macos}.get(sys.platform)
    if system is None:
        raise StepError(f"dev.py builds for Linux, Windows and macOS, not for {sys.platform}.", exit_code=2)
    release = Release.here(checkout.root)
    dist = checkout.root / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    own, engine = make_environment(checkout, console, native=native)
    with console.step("Icons drawn"):
        variables = system.prepare(own, release, dist / "drawn")
    bundle = make_bundle(own, engine, dist / "bundle", console, variables)
    source = source_archive(checkout, build_cache(os.environ), console)
    with console.step("Licences and bill of materials written"):
        write_records(own, bundle, source, dist / "records")
    files = system.make_installer(own, release, bundle, dist, console)
    hand_out(release, dist, files, console)
    return 0
