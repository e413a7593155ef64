"""`dev.py build`: from the checkout to the files that people install."""

from __future__ import annotations

import lzma
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from devtools.checkout import Checkout, build_cache
from devtools.console import Console, StepError
from devtools.engine_source import source_archive
from installers.archive import make_app_dir, make_archive
from installers.build_facts import stamp_of
from installers.bundle import make_bundle, make_environment
from installers.elsewhere import build_elsewhere
from installers.layout import lay_out
from installers.names import Release
from installers.needs import needs_of
from installers.packages import make_deb, make_rpm
from installers.records import hand_out, write_records

_KNOWN = ("--native-engine", "--quick")


def build(checkout: Checkout, passed: Sequence[str], console: Console) -> int:
    """Make everything under dist/. Raises StepError.

    `--native-engine` takes the engine that was built for this processor, to try the packaging alone;
    `--quick` makes the .deb and the archive alone, packed fast and large.
    """
    unknown = [each for each in passed if each not in _KNOWN]
    if unknown:
        raise StepError(f"build knows {' and '.join(_KNOWN)}, not {unknown[0]}.", exit_code=2)
    if sys.platform != "linux":
        return build_elsewhere(checkout, "--native-engine" in passed, console)
    native, quick = "--native-engine" in passed, "--quick" in passed
    release = Release.here(checkout.root)
    dist = checkout.root / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    own, engine = make_environment(checkout, console, native=native)
    bundle = make_bundle(own, engine, dist / "bundle", console)
    source = source_archive(checkout, build_cache(os.environ), console)
    with console.step("Licences and bill of materials written"):
        write_records(own, bundle, source, dist / "records")
    with console.step("Files laid out"):
        needs, tree = needs_of(bundle), dist / "tree"
        stamp = stamp_of(bundle, release.version)
        lay_out(own, bundle, dist / "records", tree, stamp=stamp, glibc=needs.glibc)
    console.say(f"Needs glibc {needs.glibc}, libstdc++ with GLIBCXX_{needs.glibcxx}; the build is {stamp}.")
    with console.step(".deb made"):
        files = [make_deb(release, needs, tree, dist, quick=quick)]
    with console.step("Archive made"):
        files.append(make_archive(release, tree, dist, quick=quick))
    if not quick:
        with console.step(".rpm made"):
            files.append(make_rpm(own, release, needs, tree, dist))
        with console.step("AppDir made"):
            make_app_dir(release, tree, dist)
    hand_out(release, dist, files, console)
    if not quick:
        for line in shares(bundle):
            console.say(line)
    return 0


def shares(bundle: Path) -> list[str]:
    """Return what of a packed installer is the bundled model and the Vulkan backend, as lines."""
    inside, told = bundle / "_internal", []
    for name, pattern in (
        ("the bundled model", "penwright/resources/models/*.gguf"),
        ("the Vulkan backend", "llama_cpp/lib/*ggml-vulkan*"),
    ):
        files = [each for each in inside.glob(pattern) if not each.is_symlink()]
        packed = sum(len(lzma.compress(each.read_bytes(), preset=6)) for each in files)
        plain = sum(each.stat().st_size for each in files)
        told.append(f"of it {name}  {packed / 1e6:.1f} MB packed, {plain / 1e6:.1f} MB installed")
    return told
