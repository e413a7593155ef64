"""The disk image for macOS: the app's property list, signing with the hardened runtime, notarization."""

from __future__ import annotations

import os
import plistlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from devtools.checkout import Checkout
from devtools.console import Console, StepError
from installers.icons import ICNS_SIZES, draw, icns
from installers.names import APPLICATION, Release
from installers.programs import Run, run

ENTITLEMENTS = Path(__file__).resolve().parents[1] / "macos" / "entitlements.plist"
# A "Developer ID Application" in the keychain; an App Store Connect key's file, its id and its issuer.
IDENTITY = "PENWRIGHT_SIGNING_IDENTITY"
KEY, KEY_ID, ISSUER = "PENWRIGHT_NOTARY_KEY", "PENWRIGHT_NOTARY_KEY_ID", "PENWRIGHT_NOTARY_ISSUER"
_OLDEST = "14.0"  # what PySide6 6.10 and newer run on


def info(version: str) -> dict[str, object]:
    """Return the app's property list. It asks for no permission: what is opened is chosen by the writer."""
    markdown = {
        "CFBundleTypeName": "Markdown text",
        "CFBundleTypeRole": "Editor",
        "LSHandlerRank": "Alternate",  # offered beside what opens them now
        "LSItemContentTypes": ["net.daringfireball.markdown", "public.plain-text"],
    }
    kept = {
        "UTTypeIdentifier": "net.daringfireball.markdown",
        "UTTypeConformsTo": ["public.plain-text"],
        "UTTypeDescription": "Markdown text",
        "UTTypeTagSpecification": {"public.filename-extension": ["md", "markdown"]},
    }
    return {
        "CFBundleIdentifier": APPLICATION,
        "CFBundleName": "Penwright",
        "CFBundleDisplayName": "Penwright",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh-Hans"],
        "CFBundleDocumentTypes": [markdown],
        "UTImportedTypeDeclarations": [kept],
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMinimumSystemVersion": _OLDEST,
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticGraphicsSwitching": True,
    }


def prepare(own: Checkout, release: Release, folder: Path) -> dict[str, str]:
    """Make the icon and the property list in `folder`; return the variables that lead the spec to them."""
    folder.mkdir(parents=True, exist_ok=True)
    drawing = own.root / "resources" / "icons" / "penwright.svg"
    (folder / "penwright.icns").write_bytes(icns(draw(own, drawing, folder / "png", ICNS_SIZES)))
    (folder / "info.plist").write_bytes(plistlib.dumps(info(release.version)))
    return {"PENWRIGHT_ICON": str(folder / "penwright.icns"), "PENWRIGHT_INFO": str(folder / "info.plist")}


def sign_commands(app: Path, identity: str) -> list[list[str]]:
    """Return how an app is signed from the inside out, and looked at afterwards."""
    inside = sorted(
        (each for each in app.rglob("*") if each.suffix in (".so", ".dylib") and not each.is_symlink()),
        key=lambda each: (-len(each.parts), each),
    )
    frameworks = sorted(each for each in app.rglob("*.framework") if not each.is_symlink())
    sign = ["codesign", "--force", "--timestamp", "--options", "runtime", "--sign", identity]
    own = [*sign, "--entitlements", str(ENTITLEMENTS)]
    return [
        *([*sign, str(each)] for each in (*inside, *frameworks)),
        [*own, str(app / "Contents" / "MacOS" / "penwright")],
        [*own, str(app)],
        ["codesign", "--verify", "--strict", "--deep", str(app)],
    ]


def sign(app: Path, environ: Mapping[str, str], console: Console, run: Run = run) -> bool:
    """Sign an app with the identity that the environment names; False, and said, where it names none.

    Raises StepError where there is one and it does not work: nothing is passed off as signed.
    """
    identity = environ.get(IDENTITY, "")
    if not identity:
        console.say(f"Unsigned: {IDENTITY} names no identity. macOS will refuse it until its user allows it.")
        return False
    for command in sign_commands(app, identity):
        if run(command) != 0:
            raise StepError(f"{command[-1]} could not be signed; what codesign said stands above.")
    return True


def make_image(release: Release, app: Path, dist: Path, run: Run = run) -> Path:
    """Make the disk image with the app and a link to where apps lie. Raises StepError."""
    stage = dist / "image"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    shutil.copytree(app, stage / app.name, symlinks=True)
    (stage / "Applications").symlink_to("/Applications")
    target = dist / f"{release.stem}.dmg"
    command = [
        "hdiutil",
        "create",
        "-quiet",
        "-ov",
        "-fs",
        "HFS+",
        "-format",
        "UDZO",
        "-volname",
        "Penwright",
    ]
    done = run([*command, "-srcfolder", str(stage), str(target)])
    shutil.rmtree(stage)
    if done != 0:
        raise StepError("The disk image could not be made; what hdiutil said stands above.")
    return target


def notarize(image: Path, environ: Mapping[str, str], console: Console, run: Run = run) -> bool:
    """Have Apple look at a signed image, and staple its word to it; False, and said, without a key.

    Raises StepError where Apple refuses it.
    """
    key, key_id, issuer = (environ.get(name, "") for name in (KEY, KEY_ID, ISSUER))
    if not (key and key_id and issuer):
        console.say(f"Not notarized: {KEY}, {KEY_ID} and {ISSUER} have to be set for that.")
        return False
    submit = ["xcrun", "notarytool", "submit", str(image), "--wait"]
    for command in (
        [*submit, "--key", key, "--key-id", key_id, "--issuer", issuer],
        ["xcrun", "stapler", "staple", str(image)],
    ):
        if run(command) != 0:
            raise StepError(f"{image.name} could not be notarized; what {command[1]} said stands above.")
    return True


def make_installer(
    _own: Checkout, release: Release, bundle: Path, dist: Path, console: Console
) -> list[Path]:
    """Sign the app beside the bundle, make the image, have it notarized, and return it. Raises StepError."""
    app = bundle.with_name("Penwright.app")
    signed = sign(app, os.environ, console)
    with console.step("Disk image made"):
        image = make_image(release, app, dist)
    if signed:
        notarize(image, os.environ, console)
    return [image]
