"""The life of an installed package: in, used, upgraded, out; and what it leaves."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installed.clean_root import CleanRoot
from installed.next_version import next_deb
from installed.proof import Done, doctor, expect, told
from installed.screen import Screen, wait_for
from installed.writing import quit_with, take_suggestion, write

WRITER, OTHER = "writer", "other"


@dataclass
class Life:
    """What the cases share. deb: the package. shots: where pictures go. seen: the root before the package."""

    root: CleanRoot
    screen: Screen
    deb: Path
    shots: Path
    seen: set[str]
    scratch: Path

    def program(self, user: str = WRITER, **variables: str) -> Callable[..., Done]:
        """Return how the installed program's command line is run by a user."""
        return lambda *arguments: self.root.run(user, "penwright", *arguments, **variables)

    def apt(self, deb: Path) -> None:
        """Install a package file with what it depends on, and nothing that it only recommends."""
        shutil.copyfile(deb, self.root.folder / "tmp" / "penwright.deb")
        words = ("install", "-y", "-qq", "--no-install-recommends", "--reinstall", "--allow-downgrades")
        self.root.system("apt-get", *words, "/tmp/penwright.deb")
        (self.root.folder / "tmp" / "penwright.deb").unlink()

    @property
    def data(self) -> dict[str, str]:
        """Each file in the writers' homes with a digest of it, without caches, logs and what runs."""
        found = {}
        for home in sorted((self.root.folder / "home").iterdir()):
            for each in sorted(home.rglob("*")):
                name = str(each.relative_to(home.parent))
                if each.is_file() and not any(
                    part in name for part in (".cache", "/log", ".local/state", "lock")
                ):
                    found[name] = hashlib.sha256(each.read_bytes()).hexdigest()
        return found


def install(life: Life) -> str:
    """Install it with what it depends on, into a root with no compiler and no checkout."""
    depends = subprocess.run(
        ["dpkg-deb", "-f", str(life.deb), "Depends"], capture_output=True, text=True, check=True
    ).stdout.strip()
    names = [each.split("(")[0].strip() for each in depends.split(",")]
    life.root.system("apt-get", "install", "-y", "-qq", "--no-install-recommends", *names)
    life.seen |= life.root.files()
    began = time.monotonic()
    life.apt(life.deb)
    took = time.monotonic() - began
    for tool in ("cc", "gcc", "python3", "pip", "cmake", "git"):
        found = life.root.run(WRITER, "sh", "-c", f"command -v {tool}")
        expect(found.status != 0, f"The clean root has {tool}: nothing would be proved.")
    size = sum(
        each.stat().st_size
        for each in (life.root.folder / "usr/lib/penwright").rglob("*")
        if each.is_file() and not each.is_symlink()
    )
    return (
        f"needs {len(names)} packages; installed in {took:.0f} s, {size / 1e6:.0f} MB; no compiler, no Python"
    )


def tells_of_itself(life: Life) -> str:
    """See doctor tell which build it is, and what of the engine it chose."""
    report = doctor(life.program())
    backends = str(report["engine"]["backends"])
    expect(report["versions"]["installer"] == "deb", "doctor does not say that it came as a .deb.")
    expect("cpu" in backends, "doctor does not say which of the engine's variants is in use.")
    expect("vulkan" not in backends, "Vulkan was loaded where there is none.")
    return told(report)


def write_and_save(life: Life) -> str:
    """Type at a window, take a suggestion with Tab, save, quit; nothing goes on running."""
    file = f"/home/{WRITER}/story.md"
    suggested = write(life.root, life.screen, WRITER, file, picture=life.shots / "installed.png")
    wait_for(lambda: not life.root.processes(), 15, f"Still running: {life.root.processes()}")
    return f"suggested and taken: |{suggested}|; saved, ended with 0, no process left"


def two_users(life: Life) -> str:
    """Have two users write at the same time, each in a program of their own."""
    life.root.add_user(OTHER)
    programs, files = {}, {}
    for user in (WRITER, OTHER):
        files[user] = f"/home/{user}/{user}s.md"
        programs[user] = life.root.start(user, "penwright", files[user], DISPLAY=life.screen.name)
    said = []
    for user in (WRITER, OTHER):
        window = life.screen.window(f"{user}s.md")
        said.append(take_suggestion(life.root, life.screen, files[user]))
        quit_with(life.screen, window, programs[user])
    return f"both wrote and saved: |{said[0]}| and |{said[1]}|"


def upgrade(life: Life) -> str:
    """Install the next version: settings, documents and models stay, another start works."""
    home = life.root.folder / "home" / WRITER
    model = (
        life.root.folder / "usr/lib/penwright/_internal/penwright/resources/models/penwright-starter-en.gguf"
    )
    own = home / "my model.gguf"
    shutil.copyfile(model, own)
    shutil.chown(own, *_owner(home))
    done = life.root.run(WRITER, "penwright", "models", "import", f"/home/{WRITER}/my model.gguf")
    expect(done.status == 0, f"A model could not be taken in: {done.err[-200:]}")
    program = life.root.start(WRITER, "penwright", f"/home/{WRITER}/zoomed.md", DISPLAY=life.screen.name)
    window = life.screen.window("zoomed.md")
    life.screen.press("ctrl+plus", "ctrl+plus")
    quit_with(life.screen, window, program)
    settings = home / ".config" / "penwright" / "settings.json"
    expect(settings.is_file(), "The window kept no settings.")
    before = life.data
    upgraded, version = next_deb(life.deb, life.scratch / "next")
    life.apt(upgraded)
    after = life.data
    lost = sorted(name for name in before if after.get(name) != before[name])
    expect(not lost, f"The upgrade changed the writer's files: {', '.join(lost)}")
    listed = life.root.run(WRITER, "penwright", "models", "list").out
    expect("my model" in listed.lower(), f"The model is gone after the upgrade: {listed}")
    report = doctor(life.program())
    expect(report["versions"].get("commit") == "next", "After the upgrade the old build still runs.")
    suggested = write(life.root, life.screen, WRITER, f"/home/{WRITER}/story.md")
    return f"to {version}: {len(before)} files of the writers' unchanged; wrote on: |{suggested}|"


def broken_off(life: Life) -> str:
    """Kill upgrades: the program runs or says what to do, and installing once more mends it."""
    package = life.root.folder / "tmp" / "penwright.deb"
    shutil.copyfile(life.deb, package)
    command = ["chroot", str(life.root.folder), "dpkg", "--install", "/tmp/penwright.deb"]
    outcomes = []
    internal = life.root.folder / "usr/lib/penwright/_internal"
    for wait in (0.0, 0.5, 2.0):
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as running:
            wait_for(
                lambda: next(internal.glob("*.dpkg-new"), None) or running.poll() is not None,
                60,
                "dpkg did nothing.",
            )
            time.sleep(wait)
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
        outcomes.append(_how_it_starts(life))
    # The moment that no killing meets surely: the first file is the new one's, the last is not yet.
    launcher = life.root.folder / "usr/bin/penwright"
    whole = launcher.read_text(encoding="utf-8")
    launcher.write_text(whole.replace('stamp="', 'stamp="half '), encoding="utf-8")
    half = life.root.run(WRITER, "penwright", "--version")
    expect(
        half.status == 2 and "did not finish" in half.err,
        f"Half an upgrade was not told: {half.err or half.out}",
    )
    life.root.system("dpkg", "--configure", "-a", check=False)
    life.root.system("dpkg", "--install", "/tmp/penwright.deb")
    package.unlink()
    expect(
        life.root.run(WRITER, "penwright", "--version").status == 0, "Installing once more did not mend it."
    )
    left = [str(each) for each in (life.root.folder / "usr/lib/penwright").rglob("*.dpkg-*")]
    expect(not left, f"Half files are left: {left[:3]}")
    return f"killed three times: {'; '.join(outcomes)}. Half in place: {half.err.strip()} Once more: whole"


def _how_it_starts(life: Life) -> str:
    done = life.root.run(WRITER, "penwright", "complete", "--before", "The door", "--max-tokens", "3")
    told_why = done.status == 2 and "did not finish" in done.err
    expect(done.status == 0 or told_why, f"After a killed upgrade it says: {(done.err or done.out)[-300:]}")
    return "it said what to do" if told_why else "it ran"


def uninstall(life: Life) -> str:
    """Remove and purge it: nothing of its own is left, and all that is the writers'."""
    before = life.data
    life.root.system("dpkg", "--remove", "penwright")
    removed = _state(life)
    purged = life.root.system("dpkg", "--purge", "penwright").out
    expect("stay in their homes" in purged or removed == "gone", "Purging does not say what stays.")
    expect(_state(life) == "gone", f"After purging dpkg still knows it: {_state(life)}")
    left = sorted(each for each in life.root.files() - life.seen)
    expect(not left, f"Left behind: {', '.join(left[:10])}")
    expect(life.data == before, "Uninstalling changed the writers' files.")
    kept = sorted({name.split("/", 2)[1] for name in before})  # what lies at the top of a home
    return (
        f"removed ({removed}), purged (gone); left behind: nothing; the writers' {len(before)} files are as "
        f"they were, in {json.dumps(kept, ensure_ascii=False)}"
    )


def _state(life: Life) -> str:
    told_by = life.root.system("dpkg-query", "-W", "-f", "${Status}", "penwright", check=False)
    return told_by.out.strip() if told_by.status == 0 and "not-installed" not in told_by.out else "gone"


def _owner(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_uid, status.st_gid
