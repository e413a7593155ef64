"""What the installers of Windows and macOS are told and made of, read back here; public CI runs them."""

import base64
import importlib.util
import plistlib
import shutil
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

import penwright
from devtools.checkout import Checkout
from devtools.console import Console, StepError
from installers import macos, windows
from installers.icons import ICNS_SIZES, ICO_SIZES, draw, icns, ico
from installers.names import APPLICATION, Release

ROOT = Path(penwright.__file__).resolve().parents[2]
RELEASE = Release("1.2.3", "amd64")


@dataclass
class Asked:
    """Stands for programs of other systems: keeps what was asked, answers with an exit code."""

    code: int = 0
    commands: list[list[str]] = field(default_factory=list)

    def __call__(self, command: Sequence[str]) -> int:
        self.commands.append(list(command))
        return self.code


def program_of(path: str) -> ModuleType:
    """Load a program that lies under packaging/."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / "packaging" / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[int, bytes]:
    """Return our icon as Qt draws it."""
    own = Checkout(ROOT, environment=str(Path(sys.executable).parents[1]))
    sizes = sorted({*ICO_SIZES, *ICNS_SIZES})
    drawing = ROOT / "resources" / "icons" / "penwright.svg"
    return draw(own, drawing, tmp_path_factory.mktemp("icons"), sizes)


def test_windows_reads_every_size_of_the_icon(pictures: dict[int, bytes]) -> None:
    made = ico({size: pictures[size] for size in ICO_SIZES})
    _, kind, count = struct.unpack_from("<HHH", made)
    assert (kind, count) == (1, len(ICO_SIZES))
    for number, size in enumerate(ICO_SIZES):
        wide, high, *_, length, at = struct.unpack_from("<BBBBHHII", made, 6 + 16 * number)
        assert (wide or 256, high or 256) == (size, size)
        picture = made[at : at + length]
        assert picture == pictures[size] and struct.unpack_from(">II", picture, 16) == (size, size)


def test_macos_reads_every_size_of_the_icon(pictures: dict[int, bytes]) -> None:
    made = icns({size: pictures[size] for size in ICNS_SIZES})
    name, length = struct.unpack_from(">4sI", made)
    assert (name, length) == (b"icns", len(made))
    at, sizes = 8, set()
    while at < len(made):
        name, length = struct.unpack_from(">4sI", made, at)
        sizes.add(struct.unpack_from(">I", made, at + 8 + 16)[0])
        at += length
    assert at == len(made) and sizes == set(ICNS_SIZES)


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not installed")
def test_the_installer_of_windows_is_compiled(pictures: dict[int, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    (folder / "_internal").mkdir(parents=True)
    (folder / "penwright.exe").write_bytes(b"MZ stands for a program")
    icon = tmp_path / "penwright.ico"
    icon.write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    payload = windows.Payload(folder, icon, ROOT / "LICENSE")
    setup = windows.make_setup(RELEASE, payload, tmp_path)
    assert setup.name == "penwright-1.2.3-amd64-setup.exe" and setup.read_bytes()[:2] == b"MZ"


def test_nsis_is_told_what_the_script_asks_for(tmp_path: Path) -> None:
    payload = windows.Payload(tmp_path, tmp_path / "i.ico", tmp_path / "LICENSE")
    command = windows.setup_command("makensis", RELEASE, payload, tmp_path / "setup.exe")
    script = windows.SCRIPT.read_text("utf-8")
    defined = {each[2:].partition("=")[0] for each in command if each[1:2] == "D"}
    assert all(f"${{{name}}}" in script for name in defined) and command[-1] == str(windows.SCRIPT)
    assert "RequestExecutionLevel user" in script
    # What the writer has made lies elsewhere, and goes only by a section that nobody has chosen beforehand.
    assert script.count('RMDir /r "$LOCALAPPDATA\\penwright"') == 1 and 'Section /o "un.$(ERASE)"' in script


def test_every_sentence_of_the_installer_is_there_in_both_languages() -> None:
    lines = windows.SCRIPT.read_text("utf-8").splitlines()
    told = [line.split()[1:3] for line in lines if line.startswith("LangString")]
    english = {name for name, language in told if language == "${LANG_ENGLISH}"}
    chinese = {name for name, language in told if language == "${LANG_SIMPCHINESE}"}
    assert english == chinese and len(english) > 8


def test_the_programs_properties_have_four_numbers() -> None:
    told = windows.version_resource("1.2.3")
    assert "filevers=(1, 2, 3, 0)" in told and 'StringStruct("ProductVersion", "1.2.3")' in told
    compile(told, "version.txt", "eval")


def test_without_a_certificate_it_says_unsigned(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = Asked()
    assert not windows.sign([tmp_path / "a.exe"], {}, Console(), asked)
    assert not macos.sign(tmp_path / "Penwright.app", {}, Console(), asked)
    assert not macos.notarize(tmp_path / "a.dmg", {}, Console(), asked)
    told = capsys.readouterr()
    assert (told.out + told.err).count("Unsigned") == 2 and "Not notarized" in told.out + told.err
    assert asked.commands == []


def test_a_certificate_that_does_not_work_ends_the_build(tmp_path: Path) -> None:
    asked = Asked(code=1)
    with pytest.raises(StepError, match="could not be signed"):
        windows.sign([tmp_path / "a.exe"], {windows.CERTIFICATE: "c.pfx"}, Console(), asked)
    (tmp_path / "Penwright.app").mkdir()
    with pytest.raises(StepError, match="could not be signed"):
        macos.sign(tmp_path / "Penwright.app", {macos.IDENTITY: "me"}, Console(), asked)
    keys = {macos.KEY: "k", macos.KEY_ID: "i", macos.ISSUER: "s"}
    with pytest.raises(StepError, match="notarized"):
        macos.notarize(tmp_path / "a.dmg", keys, Console(), asked)


def test_an_app_is_signed_from_the_inside_out(tmp_path: Path) -> None:
    inside = tmp_path / "Penwright.app" / "Contents" / "Frameworks"
    for name in ("a.dylib", "PySide6/Qt/b.so", "QtCore.framework/QtCore"):
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(b"code")
    (inside / "link.dylib").symlink_to("a.dylib")
    asked = Asked()
    assert macos.sign(tmp_path / "Penwright.app", {macos.IDENTITY: "me"}, Console(), asked)
    signed = [Path(command[-1]).name for command in asked.commands if "--sign" in command]
    assert signed == ["b.so", "a.dylib", "QtCore.framework", "penwright", "Penwright.app"]
    assert all("runtime" in command for command in asked.commands if "--sign" in command)
    assert asked.commands[-1][1] == "--verify"


def test_the_property_list_names_what_it_opens_and_asks_for_nothing() -> None:
    told = plistlib.loads(plistlib.dumps(macos.info("1.2.3")))
    assert told["CFBundleIdentifier"] == APPLICATION and told["CFBundleVersion"] == "1.2.3"
    assert told["CFBundleDocumentTypes"][0]["LSHandlerRank"] == "Alternate"
    assert not [key for key in told if key.endswith("UsageDescription")]
    entitled = plistlib.loads(macos.ENTITLEMENTS.read_bytes())
    assert entitled == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_image_holds_the_app_and_where_to_put_it(tmp_path: Path) -> None:
    app = tmp_path / "bundle" / "Penwright.app"
    app.mkdir(parents=True)
    seen: list[set[str]] = []

    def hdiutil(command: Sequence[str]) -> int:
        seen.append({each.name for each in Path(command[-2]).iterdir()})
        return 0

    image = macos.make_image(RELEASE, app, tmp_path, hdiutil)
    assert image.name == "penwright-1.2.3-amd64.dmg" and seen == [{"Penwright.app", "Applications"}]
    with pytest.raises(StepError, match="hdiutil"):
        macos.make_image(RELEASE, app, tmp_path, Asked(code=1))


def test_keys_of_macos_come_in_private_and_go_again(tmp_path: Path) -> None:
    keys = program_of("macos/keys.py")
    asked = Asked()
    given = {"P12": base64.b64encode(b"secret").decode(), "P12_PASSWORD": "p", "NOTARY_KEY": "key"}
    variables, lines = keys.bring_in(given, tmp_path, asked)
    assert lines == [] and variables == {"PENWRIGHT_NOTARY_KEY": str(tmp_path / "penwright-notary.p8")}
    assert all(each.stat().st_mode & 0o077 == 0 for each in tmp_path.iterdir())
    assert asked.commands[0][:2] == ["security", "create-keychain"]
    keys.forget(tmp_path, asked)
    assert list(tmp_path.iterdir()) == []
    variables, lines = keys.bring_in({}, tmp_path, asked)
    assert variables == {} and ["unsigned" in lines[0], "notarized" in lines[1]] == [True, True]
    with pytest.raises(ValueError, match="base64"):
        keys.bring_in({"P12": "%"}, tmp_path, asked)


def test_an_appimage_wants_the_runtime_that_was_named(tmp_path: Path) -> None:
    appimage = program_of("linux/appimage.py")
    wanted = "a" * 64
    named = {"RUNTIME_ADDRESS": "https://runtime.example/x", "RUNTIME_SHA256": wanted}
    with pytest.raises(appimage.AppImageError, match="sha256"):
        appimage.runtime(named, lambda address: address.encode())
    with pytest.raises(appimage.AppImageError, match="https"):
        appimage.runtime({**named, "RUNTIME_ADDRESS": "file:///x"}, lambda address: b"")
    with pytest.raises(appimage.AppImageError, match="AppDir"):
        appimage.make(tmp_path, {})
    (tmp_path / "penwright.AppDir").mkdir()
    assert "not set" in appimage.make(tmp_path, {})


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="mksquashfs is not installed")
def test_a_squashed_appdir_has_the_runtime_in_front(tmp_path: Path) -> None:
    appimage = program_of("linux/appimage.py")
    folder = tmp_path / "penwright.AppDir"
    folder.mkdir()
    (folder / "AppRun").write_text("#!/bin/sh\n")
    target = tmp_path / "penwright.AppImage"
    appimage.squash(folder, b"runtime", target)
    told = target.read_bytes()
    assert told.startswith(b"runtimehsqs") and target.stat().st_mode & 0o111
    subprocess.run(["unsquashfs", "-o", "7", "-d", tmp_path / "out", target], check=True, capture_output=True)
    assert (tmp_path / "out" / "AppRun").read_text() == "#!/bin/sh\n"


def test_the_own_processes_of_a_program_without_a_console_have_its_twin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from penwright.base.own_process import own_command

    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "penwright.exe"))
    assert own_command("--x") == [str(tmp_path / "penwright.exe"), "--x"]
    (tmp_path / "penwright-cli.exe").touch()
    assert own_command("--x") == [str(tmp_path / "penwright-cli.exe"), "--x"]
