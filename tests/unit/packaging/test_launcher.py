"""The launcher: what can't be told by the program itself is told before it, in a line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installers.layout import write_launcher

STAMP = "1.2.3 0123456789abcdef"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the launcher of Linux")


@pytest.fixture
def usr(tmp_path: Path) -> Path:
    """Return a laid-out usr/ in a strange place, whose program says its arguments."""
    folder = tmp_path / "my place 写作 😀" / "usr"
    program = folder / "lib" / "penwright" / "penwright"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nfor each; do echo "<$each>"; done\n')
    program.chmod(0o755)
    write_launcher(folder, STAMP, "2.35")
    return folder


def launch(
    usr: Path,
    tmp_path: Path,
    *arguments: str,
    libc: str | None = "glibc 2.36",
    start: Path | str | None = None,
) -> subprocess.CompletedProcess[str]:
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "readlink").unlink(missing_ok=True)
    (tools / "readlink").symlink_to(str(shutil.which("readlink")))
    (tools / "getconf").unlink(missing_ok=True)
    if libc is not None:
        (tools / "getconf").write_text(f'#!/bin/sh\necho "{libc}"\n')
        (tools / "getconf").chmod(0o755)
    return subprocess.run(
        ["/bin/sh", start or usr / "bin" / "penwright", *arguments],
        env={"PATH": f"{tools}:{os.environ['PATH']}" if libc is not None else str(tools)},
        cwd=usr / "bin",
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_passes_on_what_it_was_given(usr: Path, tmp_path: Path) -> None:
    done = launch(usr, tmp_path, "a b", "第一章.md", "")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["<a b>", "<第一章.md>", "<>"]


def test_it_is_found_through_links_and_without_a_folder(usr: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(usr / "bin" / "penwright")
    assert launch(usr, tmp_path, "x", start=link).stdout == "<x>\n"
    assert launch(usr, tmp_path, "x", start="penwright").stdout == "<x>\n"


@pytest.mark.parametrize("libc", ["glibc 2.35", "glibc 2.35.9000", "glibc 2.100", "glibc 3.0", None])
def test_a_new_enough_libc_starts(usr: Path, tmp_path: Path, libc: str | None) -> None:
    assert launch(usr, tmp_path, "x", libc=libc).stdout == "<x>\n"


@pytest.mark.parametrize("libc", ["glibc 2.34", "glibc 2.9", "glibc 1.99", "undefined", ""])
def test_another_libc_is_told_in_a_line(usr: Path, tmp_path: Path, libc: str) -> None:
    done = launch(usr, tmp_path, libc=libc)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "needs a system with glibc 2.35 or newer" in done.stderr
    assert libc.removeprefix("glibc ") in done.stderr or "another C library" in done.stderr


def test_half_an_upgrade_is_told_in_a_line(usr: Path, tmp_path: Path) -> None:
    stamp = usr / "lib" / "penwright" / "stamp"
    for left in ("1.2.2 of before\n", "", None):
        stamp.unlink()
        if left is not None:
            stamp.write_text(left)
        done = launch(usr, tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "did not finish" in done.stderr and "your texts are untouched" in done.stderr
        stamp.touch()
