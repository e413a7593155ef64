"""A Debian with nothing but its smallest system, in which a package is installed and used as people do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from installed.proof import LONG, Done, ProofError

PATH = "/usr/local/bin:/usr/bin:/bin"
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
X_FOLDER = "tmp/.X11-unix"
# What a system keeps of its own doing, which is nobody's leftover.
_OWN_BOOKS = (
    "dev/",
    "proc/",
    "tmp/",
    "home/",
    "root/",
    "run/",
    "var/lib/dpkg/",
    "var/lib/apt/",
    "var/cache/",
    "var/log/",
    "etc/ld.so.cache",
)


@dataclass
class CleanRoot:
    """A root folder, and the users in it. Needs root and debootstrap; see `make`."""

    folder: Path
    log: Path
    mounted: list[Path] = field(default_factory=list)

    def make(self, base: Path, suite: str, mirror: str | None) -> None:
        """Fill the folder from `base`, which is made first where it is missing, and stays."""
        if not (base / "etc" / "debian_version").is_file():
            self._make_base(base, suite, mirror)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(self.folder)], check=True)
        for how, what, where in (("--bind", "/dev", "dev"), ("--types=proc", "proc", "proc")):
            self.mount(how, what, where)
        shutil.copyfile("/etc/resolv.conf", self.folder / "etc" / "resolv.conf")
        # Asked nothing, and no service is started in a folder.
        policy = self.folder / "usr" / "sbin" / "policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
        self.system("apt-get", "update", "-qq")

    def _make_base(self, base: Path, suite: str, mirror: str | None) -> None:
        if shutil.which("debootstrap") is None:
            raise ProofError("debootstrap is missing: apt-get install debootstrap.")
        part = base.with_name(f".{base.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        command = ["debootstrap", "--variant=minbase", suite, str(part), *([mirror] if mirror else [])]
        with self.log.open("ab") as output:
            if subprocess.run(command, stdout=output, stderr=output, check=False).returncode != 0:
                raise ProofError(f"debootstrap failed; its log is {self.log}.")
        part.rename(base)

    def mount(self, how: str, what: str, where: str) -> None:
        """Mount something into the root until it is removed."""
        target = self.folder / where
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", how, what, str(target)], check=True)
        self.mounted.append(target)

    def unmount(self, where: str) -> None:
        """Unmount what `mount` put there last."""
        target = self.folder / where
        subprocess.run(["umount", str(target)], check=True)
        self.mounted.remove(target)

    def add_user(self, name: str) -> Path:
        """Add a user with a home; return the home as seen from outside."""
        self.system("useradd", "--create-home", name)
        return self.folder / "home" / name

    def system(self, *command: str, check: bool = True) -> Done:
        """Run a command of the system's own as root, with the network; ProofError where it fails."""
        variables = {
            "PATH": _SYSTEM_PATH,
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        done = self._run(["chroot", str(self.folder), "env", "-i", *_pairs(variables), *command])
        if check and done.status != 0:
            raise ProofError(f"{' '.join(command)} failed in the clean root: {(done.out + done.err)[-600:]}")
        return done

    def command(self, user: str, arguments: Sequence[str], variables: Mapping[str, str]) -> list[str]:
        """Return the command that runs the program as a user would, with no network at all."""
        own = {"PATH": PATH, "HOME": f"/home/{user}", "LANG": "C.UTF-8", "USER": user, **variables}
        return [
            *("unshare", "--net", "--", "chroot", f"--userspec={user}:{user}", str(self.folder)),
            *("/usr/bin/env", "-i", f"--chdir=/home/{user}", *_pairs(own)),
            *arguments,
        ]

    def run(self, user: str, *arguments: str, **variables: str) -> Done:
        """Run a command as a user, without network, to its end."""
        return self._run(self.command(user, arguments, variables))

    def start(self, user: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start a command as a user, without network; what it says goes to the log."""
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self.command(user, arguments, variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def _run(self, command: list[str]) -> Done:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=LONG * 5, stdin=subprocess.DEVNULL
        )
        with self.log.open("ab") as output:
            output.write(f"$ {' '.join(command)}\n".encode() + done.stdout + done.stderr)
        return Done(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        )

    def processes(self) -> list[str]:
        """Return the commands of the program's processes that run in the root."""
        found = []
        for each in Path("/proc").iterdir():
            if each.name.isdecimal():
                try:
                    inside = (each / "root").readlink() == self.folder
                    words = (each / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if inside and words[0].endswith(b"penwright"):
                    found.append(b" ".join(words).decode("utf-8", "replace").strip())
        return found

    def files(self) -> set[str]:
        """Return every file's path in the root, without users' homes and the system's own books."""
        found = set()
        for folder, folders, names in os.walk(self.folder):
            inside = os.path.relpath(folder, self.folder)
            if f"{inside}/".startswith(_OWN_BOOKS):
                folders.clear()
                continue
            found |= {os.path.normpath(os.path.join(inside, name)) for name in [*names, *folders]}  # noqa: PTH118
        return {each for each in found if not f"{each}/".startswith(_OWN_BOOKS) and each not in _OWN_BOOKS}

    @contextmanager
    def kept_until_the_end(self, *, keep: bool) -> Iterator[None]:
        """Unmount everything in the end, and remove the root unless it is to be kept."""
        try:
            yield
        finally:
            for target in reversed(self.mounted):
                if subprocess.run(["umount", str(target)], check=False).returncode != 0:
                    subprocess.run(["umount", "--lazy", str(target)], check=False)
            self.mounted.clear()
            if not keep and not _mounts_in(self.folder):
                shutil.rmtree(self.folder, ignore_errors=True)


def _mounts_in(folder: Path) -> bool:
    inside = f"{folder.resolve()}/".replace(" ", "\\040")
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return any(line.split(" ")[1].startswith(inside) for line in lines)


def _pairs(variables: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in variables.items()]
