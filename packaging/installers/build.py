"""`dev.py build`: from the checkout to the files that people install."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Sequence

from devtools.checkout import Checkout
from devtools.console import Console, StepError
from installers.archive import make_app_dir, make_archive
from installers.bundle import make_bundle, make_environment
from installers.layout import lay_out
from installers.names import Release, version_of
from installers.packages import make_packages
from installers.records import write_records, write_sums

_ARCHITECTURES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def build(checkout: Checkout, passed: Sequence[str], console: Console) -> int:
    """Make everything under dist/. Raises StepError.

    `--native-engine` takes the engine that was built for this processor: to try the packaging alone.
    """
    unknown = [each for each in passed if each != "--native-engine"]
    if unknown:
        raise StepError(f"build knows --native-engine and nothing else, not {unknown[0]}.", exit_code=2)
    if sys.platform != "linux":
        raise StepError(
            "Here dev.py builds for Linux only; packaging/README.md tells of the others.", exit_code=2
        )
    native = "--native-engine" in passed
    architecture = _ARCHITECTURES.get(platform.machine(), platform.machine())
    release = Release(version_of(checkout.root), architecture)
    dist = checkout.root / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    own = make_environment(checkout, console, native=native)
    bundle = make_bundle(own, dist / "bundle", console)
    with console.step("Licences and bill of materials written"):
        write_records(own, dist / "records")
    with console.step("Files laid out"):
        lay_out(own, bundle, dist / "records", dist / "tree")
    with console.step(".deb and .rpm made"):
        files = make_packages(own, release, dist / "tree", dist)
    with console.step("Archive made"):
        files.append(make_archive(release, dist / "tree", dist))
    with console.step("AppDir made"):
        make_app_dir(release, dist / "tree", dist)
    for name in ("sbom.cdx.json", "licences.txt"):
        target = dist / f"{release.stem}.{name}"
        shutil.copyfile(dist / "records" / name, target)
        files.append(target)
    write_sums(files, dist / "SHA256SUMS")
    for each in files:
        console.say(f"{each.relative_to(checkout.root)}  {each.stat().st_size / 1e6:.1f} MB")
    return 0
