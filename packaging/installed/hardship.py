"""What an installed program meets that nobody wished for: each told in a line, and nothing lost."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

from installed.life import WRITER, Life
from installed.nehalem import suggest_on
from installed.proof import START, doctor, expect
from installed.screen import wait_for
from installed.writing import quit_with, write

STRANGE = "my writing 写作 😀"


def no_display(life: Life) -> str:
    """See a sentence and exit code 2 where there is no display."""
    done = life.root.run(WRITER, "penwright")
    expect(
        done.status == 2 and done.err.count("\n") == 1, f"Without a display: {done.status}, {done.err[-300:]}"
    )
    gone = life.root.run(WRITER, "penwright", DISPLAY=":4711")
    expect(gone.status == 2 and gone.err.count("\n") == 1, f"With a wrong display: {gone.err[-300:]}")
    return f"{done.err.strip()} / {gone.err.strip()}"


def no_vulkan(life: Life) -> str:
    """See it write on the processor without libvulkan, and with a loader but no driver."""
    without = doctor(life.program())["engine"]
    life.root.system("apt-get", "install", "-y", "-qq", "--no-install-recommends", "libvulkan1")
    driverless = doctor(life.program())["engine"]
    life.root.system("apt-get", "purge", "-y", "-qq", "libvulkan1")
    expect(
        without["gpu_layers"] == driverless["gpu_layers"] == 0, "Layers on a graphics card that is not there."
    )
    told = (f"no libvulkan1: {without['backends']}", f"no driver: {driverless['backends']}")
    return f"{'; '.join(told)}: {driverless['placement']}"


def old_glibc(life: Life) -> str:
    """See the launcher tell of a C library that is too old, before the program is loaded."""
    told = []
    for version in ("glibc 2.31", ""):
        tool = life.root.folder / "usr" / "local" / "bin" / "getconf"
        tool.write_text(f'#!/bin/sh\necho "{version}"\n', encoding="utf-8")
        tool.chmod(0o755)
        done = life.root.run(WRITER, "penwright", "--version")
        tool.unlink()
        expect(
            done.status == 2 and done.err.count("\n") == 1,
            f"With {version or 'another libc'}: {done.err[-300:]}",
        )
        told.append(done.err.strip())
    return " / ".join(told)


def read_only_home(life: Life) -> str:
    """Write in a home that can't be written to: the window opens, says so, saves where there is room."""
    reader = "reader"
    if not (life.root.folder / "home" / reader).exists():
        life.root.add_user(reader)
    home = f"home/{reader}"
    life.root.mount("--bind", str(life.root.folder / home), home)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(life.root.folder / home)], check=True)
    try:
        suggested = write(
            life.root,
            life.screen,
            reader,
            "/tmp/read-only.md",
            picture=life.shots / "read-only-home.png",
        )
        report = doctor(life.program(reader))
    finally:
        wait_for(lambda: not life.root.processes(), 15, "Still running.")
        life.root.unmount(home)
    expect(
        "can't be written" in str(report["folders"]["config"]), "doctor does not say that nothing is kept."
    )
    return f"wrote into /tmp: |{suggested}|; {report['folders']['config']}"


def strange_path(life: Life) -> str:
    """Install the archive from and to a path with spaces, Chinese and an emoji, and write there."""
    archive = next(life.deb.parent.glob(f"{life.deb.stem}.tar.xz"), None)
    expect(archive, f"There is no archive beside {life.deb.name}.")
    assert archive is not None
    home = life.root.folder / "home" / WRITER
    where = home / STRANGE
    with tarfile.open(archive) as packed:
        packed.extractall(where, filter="tar")
    unpacked = where / archive.name.removesuffix(".tar.xz")
    subprocess.run(["chown", "-R", f"{home.stat().st_uid}:{home.stat().st_gid}", str(where)], check=True)
    inside = f"/home/{WRITER}/{STRANGE}"
    prefix = f"{inside}/prefix"
    script = f"{inside}/{unpacked.name}/install.sh"
    done = life.root.run(WRITER, script, PENWRIGHT_PREFIX=prefix)
    expect(done.status == 0, f"The archive's script failed: {(done.err or done.out)[-300:]}")
    shutil.rmtree(unpacked / "usr")
    suggested = write(
        *(life.root, life.screen, WRITER, f"{inside}/第一章 😀.md"),
        command=f"{prefix}/bin/penwright",
        picture=life.shots / "strange-path.png",
    )
    report = doctor(lambda *rest: life.root.run(WRITER, f"{prefix}/bin/penwright", *rest))
    expect(report["versions"]["installer"] == "archive", "doctor does not say that it came as an archive.")
    done = life.root.run(WRITER, script, "--uninstall", PENWRIGHT_PREFIX=prefix)
    left = [each.name for each in (where / "prefix").rglob("*") if not each.is_dir()]
    expect(done.status == 0 and not left, f"The archive's script left {left}")
    expect((where / "第一章 😀.md").read_text(encoding="utf-8").startswith(START), "The text is gone.")
    return f"installed, wrote |{suggested}|, taken away: nothing left but the text"


def old_processor(life: Life) -> str:
    """Load and suggest on a processor without AVX, by qemu's model of one."""
    if shutil.which("qemu-x86_64") is None:
        return "NOT RUN: qemu-x86_64 is missing (apt-get install qemu-user)"
    return suggest_on("Nehalem", life.root.folder)


def full_window(life: Life) -> str:
    """Open a Markdown file that is there already, and close it: it holds what it held."""
    home = life.root.folder / "home" / WRITER
    text = "# 标题 Heading\n\nA *first* paragraph.\n"
    file = home / "there.md"
    file.write_text(text, encoding="utf-8")
    shutil.chown(file, home.stat().st_uid, home.stat().st_gid)
    program = life.root.start(WRITER, "penwright", f"/home/{WRITER}/there.md", DISPLAY=life.screen.name)
    window = life.screen.window("there.md")
    life.screen.picture(life.shots / "opened.png")
    quit_with(life.screen, window, program)
    expect(Path(file).read_text(encoding="utf-8") == text, "Opening changed the file.")
    return "opened, closed, not a byte changed"
