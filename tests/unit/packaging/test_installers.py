"""What installers are made from: names, the description of packages, the archive and its script, the sums."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import penwright
from installers.archive import make_app_dir, make_archive
from installers.layout import write_launcher
from installers.names import APPLICATION, Release, version_of
from installers.needs import Needs
from installers.packages import control, description, make_deb
from installers.records import write_sums

ROOT = Path(penwright.__file__).resolve().parents[2]
RELEASE = Release("1.2.3", "amd64")
NEEDS = Needs(frozenset({"libc.so.6", "libX11.so.6", "libstdc++.so.6", "libvulkan.so.1"}), "2.35", "3.4.30")
STAMP = "1.2.3 0123456789abcdef"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the installers of Linux")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a laid-out tree whose program says its arguments."""
    usr = tmp_path / "tree" / "usr"
    program = usr / "lib" / "penwright" / "penwright"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "started with $*"\n')
    program.chmod(0o755)
    (usr / "lib" / "penwright" / "_internal" / "penwright").mkdir(parents=True)
    write_launcher(usr, STAMP, "2.17")
    for folder, name in (("applications", "desktop"), ("metainfo", "metainfo.xml")):
        (usr / "share" / folder).mkdir(parents=True)
        source = ROOT / "packaging" / "linux" / "desktop" / f"{APPLICATION}.{name}"
        (usr / "share" / folder / source.name).write_bytes(source.read_bytes())
    icon = usr / "share" / "icons" / "hicolor" / "256x256" / "apps" / f"{APPLICATION}.png"
    icon.parent.mkdir(parents=True)
    icon.write_bytes(b"picture")
    return tmp_path / "tree"


def test_the_version_stands_in_one_place() -> None:
    assert version_of(ROOT) == penwright.__version__
    assert RELEASE.stem == "penwright-1.2.3-amd64"


def test_the_desktop_entry_has_the_names_that_the_window_bears() -> None:
    """A real window is asked in tests/gui/test_desktop_entry.py, where there is a display for it."""
    entry = (ROOT / "packaging" / "linux" / "desktop" / f"{APPLICATION}.desktop").read_text("utf-8")
    assert "Exec=penwright %F" in entry
    starting = (ROOT / "desktop" / "penwright" / "app" / "starting.py").read_text("utf-8")
    assert f'setDesktopFileName("{APPLICATION}")' in starting


def test_packages_hold_the_tree_and_ask_for_what_it_needs(tree: Path, tmp_path: Path) -> None:
    told = description(RELEASE, NEEDS, tree, tmp_path / "kind")
    assert told["contents"][0] == {"src": str(tree / "usr"), "dst": "/usr", "type": "tree"}  # type: ignore[index]
    assert "libc.so.6(GLIBC_2.35)(64bit)" in told["depends"]  # type: ignore[operator]
    assert "libvulkan.so.1()(64bit)" in told["recommends"]  # type: ignore[operator]
    lines = control(RELEASE, NEEDS, 2048).splitlines()
    assert "Depends: libc6 (>= 2.35), libstdc++6 (>= 12), libx11-6" in lines
    assert any(line.startswith("Recommends: libvulkan1, ") for line in lines)
    assert "Installed-Size: 2" in lines


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="made with dpkg-deb")
def test_a_deb_begins_with_the_launcher_and_ends_the_program_with_its_stamp(
    tree: Path, tmp_path: Path
) -> None:
    """dpkg puts files in their places in this order, so half an upgrade is seen by the two."""
    deb = make_deb(RELEASE, NEEDS, tree, tmp_path, quick=True)
    listed = subprocess.run(["dpkg-deb", "-c", deb], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines() if not line.startswith("d")]
    names = [row[5].removeprefix("./") for row in rows]
    assert {row[1] for row in rows} == {"root/root"}
    assert names[0] == "usr/bin/penwright"
    assert [each for each in names if each.startswith("usr/lib/")][-1] == "usr/lib/penwright/stamp"
    assert "usr/lib/penwright/_internal/penwright/installer" in names
    assert not any(each.startswith(("home/", "root/", "etc/", "var/")) for each in names)


def unpack(tree: Path, out: Path) -> Path:
    out.mkdir(exist_ok=True)
    with tarfile.open(make_archive(RELEASE, tree, out)) as archive:
        assert {entry.uname for entry in archive} == {"root"}
        archive.extractall(out, filter="data")
    return out / RELEASE.stem


@pytest.mark.parametrize("home", ["home", "my home 写作 😀"])
def test_the_archive_installs_for_one_user_and_goes_without_a_trace(
    tree: Path, tmp_path: Path, home: str
) -> None:
    folder = unpack(tree, tmp_path / "out")
    own = tmp_path / home
    texts = own / ".local" / "share" / "penwright"
    texts.mkdir(parents=True)
    (texts / "mine").write_text("kept")
    environment = {"HOME": str(own), "PATH": os.environ["PATH"]}
    for _ in range(2):  # the second is an upgrade
        subprocess.run([folder / "install.sh"], env=environment, check=True, capture_output=True)
    program = own / ".local" / "bin" / "penwright"
    assert subprocess.run([program, "a b"], capture_output=True, check=True).stdout == b"started with a b\n"
    entry = own / ".local" / "share" / "applications" / f"{APPLICATION}.desktop"
    assert f'Exec="{program}" %F\n' in entry.read_text("utf-8")
    subprocess.run([folder / "install.sh", "--uninstall"], env=environment, check=True, capture_output=True)
    left = [path for path in own.rglob("*") if path.is_file() or path.is_symlink()]
    assert left == [texts / "mine"]


def test_the_script_refuses_what_it_does_not_know(tree: Path, tmp_path: Path) -> None:
    folder = unpack(tree, tmp_path / "out")
    done = subprocess.run(
        [folder / "install.sh", "--help-me"],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2 and b"usage:" in done.stderr
    assert not (tmp_path / ".local").exists()


def test_an_old_libc_is_told_before_anything_is_copied(tree: Path, tmp_path: Path) -> None:
    folder = unpack(tree, tmp_path / "out")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "getconf").write_text('#!/bin/sh\necho "glibc 2.11"\n')
    (tools / "getconf").chmod(0o755)
    environment = {"HOME": str(tmp_path), "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run([folder / "install.sh"], env=environment, capture_output=True, check=False)
    assert done.returncode == 1 and b"this one has 2.11" in done.stderr
    assert not (tmp_path / ".local").exists()


def test_the_app_dir_starts_from_anywhere(tree: Path, tmp_path: Path) -> None:
    made = make_app_dir(RELEASE, tree, tmp_path)
    link = tmp_path / "elsewhere"
    link.symlink_to(made / "AppRun")
    assert subprocess.run([link, "x"], capture_output=True, check=True).stdout == b"started with x\n"
    assert (made / ".DirIcon").resolve().read_bytes() == b"picture"
    assert (made / f"{APPLICATION}.desktop").is_file()


def test_sums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"two")
    (tmp_path / "a").write_bytes(b"one")
    write_sums([tmp_path / "b", tmp_path / "a"], tmp_path / "SHA256SUMS")
    assert (tmp_path / "SHA256SUMS").read_text().splitlines() == [
        f"{hashlib.sha256(b'one').hexdigest()}  a",
        f"{hashlib.sha256(b'two').hexdigest()}  b",
    ]
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("broken", ["cp", "mv"])
def test_an_installation_that_breaks_off_leaves_the_program_of_before(
    tree: Path, tmp_path: Path, broken: str
) -> None:
    folder = unpack(tree, tmp_path / "out")
    environment = {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}
    subprocess.run([folder / "install.sh"], env=environment, check=True, capture_output=True)
    real = shutil.which(broken)
    tools = tmp_path / "tools"
    tools.mkdir()
    # Fails once the new program is to be put in its place: the disk is full, say.
    (tools / broken).write_text(f'#!/bin/sh\ncase "$*" in *.new*) exit 1 ;; esac\nexec {real} "$@"\n')
    (tools / broken).chmod(0o755)
    failing = {**environment, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run([folder / "install.sh"], env=failing, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"what was there before is still there" in done.stderr
    program = tmp_path / "home" / ".local" / "bin" / "penwright"
    assert subprocess.run([program, "x"], capture_output=True, check=True).stdout == b"started with x\n"
    subprocess.run([folder / "install.sh"], env=environment, check=True, capture_output=True)
    assert sorted(each.name for each in program.parents[1].joinpath("lib").iterdir()) == ["penwright"]
