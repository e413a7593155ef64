"""The installer for Windows: what PyInstaller and NSIS are told, and signing where there is a certificate."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.checkout import Checkout
from devtools.console import Console, StepError
from installers.icons import ICO_SIZES, draw, ico
from installers.names import SUMMARY, Release
from installers.programs import Run, run

SCRIPT = Path(__file__).resolve().parents[1] / "windows" / "penwright.nsi"
# A certificate's file and its password; a service that stamps the time, so that a signature outlives them.
CERTIFICATE, PASSWORD, TIME_SERVICE = "PENWRIGHT_PFX", "PENWRIGHT_PFX_PASSWORD", "PENWRIGHT_TIME_SERVICE"
_VERSION = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "The Penwright developers"),
      StringStruct("FileDescription", "{summary}"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "penwright"),
      StringStruct("LegalCopyright", "MIT licence"),
      StringStruct("OriginalFilename", "penwright.exe"),
      StringStruct("ProductName", "Penwright"),
      StringStruct("ProductVersion", "{version}")])]),
    VarFileInfo([VarStruct("Translation", [0x409, 0x4B0])]),
  ],
)
"""


def version_resource(version: str) -> str:
    """Return what PyInstaller wants to know, to put it into the program's properties."""
    numbers = tuple([*map(int, version.split(".")), 0, 0, 0][:4])
    return _VERSION.format(numbers=numbers, version=version, summary=SUMMARY)


def prepare(own: Checkout, release: Release, folder: Path) -> dict[str, str]:
    """Make the icon and the version resource in `folder`; return the variables that lead the spec to them."""
    folder.mkdir(parents=True, exist_ok=True)
    drawing = own.root / "resources" / "icons" / "penwright.svg"
    (folder / "penwright.ico").write_bytes(ico(draw(own, drawing, folder / "png", ICO_SIZES)))
    (folder / "version.txt").write_text(version_resource(release.version), encoding="utf-8")
    return {
        "PENWRIGHT_ICON": str(folder / "penwright.ico"),
        "PENWRIGHT_VERSION_FILE": str(folder / "version.txt"),
    }


@dataclass(frozen=True)
class Payload:
    """What the installer holds: the bundle's folder, the icon, and the licence that it shows."""

    folder: Path
    icon: Path
    licence: Path


def setup_command(makensis: str, release: Release, payload: Payload, out: Path) -> list[str]:
    """Return NSIS's command; a warning ends it, for it may be a page in the wrong language."""
    told = {
        "VERSION": release.version,
        "PAYLOAD": payload.folder,
        "ICON": payload.icon,
        "LICENCE": payload.licence,
        "OUT": out,
    }
    mark = "/" if os.name == "nt" else "-"  # of NSIS's options
    defined = (f"{mark}D{name}={what}" for name, what in told.items())
    return [makensis, f"{mark}V2", f"{mark}WX", *defined, str(SCRIPT)]


def make_setup(release: Release, payload: Payload, dist: Path, run: Run = run) -> Path:
    """Compile the installer in `dist`. Raises StepError."""
    makensis = shutil.which("makensis") or shutil.which("makensis", path=r"C:\Program Files (x86)\NSIS")
    if makensis is None:
        raise StepError("makensis is not there: install NSIS 3.08 or newer, and run the command again.")
    target = dist / f"{release.stem}-setup.exe"
    if run(setup_command(makensis, release, payload, target)) != 0:
        raise StepError("The installer for Windows could not be compiled; what NSIS said stands above.")
    return target


def sign(files: Sequence[Path], environ: Mapping[str, str], console: Console, run: Run = run) -> bool:
    """Sign programs with the certificate that the environment names; False, and said, where it names none.

    Raises StepError where there is one and it does not work: nothing is passed off as signed.
    """
    certificate, password = environ.get(CERTIFICATE, ""), environ.get(PASSWORD, "")
    if not certificate:
        console.say(f"Unsigned: {CERTIFICATE} names no certificate. Windows will warn whoever starts it.")
        return False
    command = ["signtool", "sign", "/q", "/fd", "SHA256", "/f", certificate, "/p", password]
    if service := environ.get(TIME_SERVICE, ""):
        command += ["/tr", service, "/td", "SHA256"]
    if run([*command, *map(str, files)]) != 0:
        raise StepError("The programs could not be signed; what signtool said stands above.")
    return True


def make_installer(own: Checkout, release: Release, bundle: Path, dist: Path, console: Console) -> list[Path]:
    """Sign the bundle's programs, make the installer, sign it, and return it. Raises StepError."""
    sign(sorted(bundle.glob("*.exe")), os.environ, console)
    payload = Payload(bundle, dist / "drawn" / "penwright.ico", own.root / "LICENSE")
    with console.step("Installer made"):
        setup = make_setup(release, payload, dist)
    sign([setup], os.environ, console)
    return [setup]
