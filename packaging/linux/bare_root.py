"""Prove that `python3 packaging/dev.py run` works on a Debian with nothing but Python and certificates.

Makes a fresh root with debootstrap, copies this checkout into it, and runs the command there twice as root in
an empty environment: once to install everything, once to see that nothing is installed again. Run it as root:

    python3 packaging/linux/bare_root.py --root DIR
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
MOUNTS = Path("/proc/self/mounts")
INSIDE = "/root/penwright"
INSIDE_CACHE = "/var/cache/penwright-engine"
INSIDE_CA = "/etc/ssl/certs/ca-certificates.crt"


class BareRootError(Exception):
    """A part of the proof that could not be done, in one sentence."""


@dataclass
class BareRoot:
    """A fresh Debian root, and what is mounted into it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Where debootstrap's output goes: beside the root."""
        return self.folder.with_name(self.folder.name + "-debootstrap.log")

    def make(self, suite: str, mirror: str | None) -> None:
        """Fill the folder with debootstrap's smallest system plus Python and certificates."""
        if self.folder.exists() and any(self.folder.iterdir()):
            raise BareRootError(f"{self.folder} is not empty; give a new folder.")
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            "debootstrap",
            "--variant=minbase",
            "--include=python3,ca-certificates",
            suite,
            str(self.folder),
        ]
        with self.log.open("w", encoding="utf-8") as output:
            done = subprocess.run(
                [*command, *([mirror] if mirror else [])],
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            raise BareRootError(f"debootstrap failed; its log is {self.log}.")

    def add_certificate(self, certificate: Path) -> None:
        """Trust one more certificate bundle inside, and tell pip, which has its own."""
        bundle = certificate.read_text(encoding="utf-8")
        with (self.folder / INSIDE_CA.lstrip("/")).open("a", encoding="utf-8") as trusted:
            trusted.write("\n" + bundle)
        self.environment["PIP_CERT"] = INSIDE_CA

    def add_checkout(self, names: Sequence[str]) -> None:
        """Copy the checkout's files."""
        target = self.folder / INSIDE.lstrip("/")
        for name in names:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)

    @contextmanager
    def mounted(self, build_cache: Path | None) -> Iterator[None]:
        """Mount /proc and /dev inside, and a cache of built engines if one is lent; unmount in the end."""
        mounts = [("--bind", "/dev", "dev"), ("--types=proc", "proc", "proc")]
        if build_cache is not None:
            build_cache.mkdir(parents=True, exist_ok=True)
            mounts.append(("--bind", str(build_cache.resolve()), INSIDE_CACHE.lstrip("/")))
            self.environment["PENWRIGHT_BUILD_CACHE"] = INSIDE_CACHE
        done: list[Path] = []
        try:
            for how, what, where in mounts:
                target = self.folder / where
                target.mkdir(parents=True, exist_ok=True)
                subprocess.run(["mount", how, what, str(target)], check=True)
                done.append(target)
            yield
        finally:
            for target in reversed(done):
                if subprocess.run(["umount", str(target)], check=False).returncode != 0:
                    subprocess.run(["umount", "--lazy", str(target)], check=False)

    def run(self, command: str) -> tuple[int, float]:
        """Run a shell line in the checkout inside, as root in a bare environment; return status and time."""
        variables = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            **self.environment,
        }
        began = time.monotonic()
        done = subprocess.run(
            [
                *("chroot", str(self.folder), "/usr/bin/env", "-i"),
                *(f"{name}={value}" for name, value in variables.items()),
                *("/bin/sh", "-c", f"cd {INSIDE} && {command}"),
            ],
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode, time.monotonic() - began

    def remove(self) -> None:
        """Remove the folder; never while anything is still mounted inside it."""
        inside = f"{self.folder.resolve()}/".replace(" ", "\\040")
        mounts = [line.split(" ")[1] for line in MOUNTS.read_text(encoding="utf-8").splitlines()]
        if any(where.startswith(inside) for where in mounts):
            raise BareRootError(
                f"Something is still mounted under {self.folder}; unmount it, then remove it by hand."
            )
        shutil.rmtree(self.folder)
        self.log.unlink(missing_ok=True)


def checkout_files() -> list[str]:
    """Return what a clone would hold: tracked files, and new ones that git does not ignore."""
    command = ["git", "-C", str(CHECKOUT), "ls-files", "-coz", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=False)
    if listed.returncode != 0:
        raise BareRootError("git can't list this checkout's files, so there is nothing to copy.")
    names = sorted(set(os.fsdecode(listed.stdout).split("\0")) - {""})
    return [name for name in names if (CHECKOUT / name).is_file()]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Prove dev.py run in a fresh, bare Debian root.")
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="a new folder for the root")
    parser.add_argument("--keep", action="store_true", help="leave the root there afterwards")
    parser.add_argument("--suite", default="bookworm", help="Debian release (bookworm)")
    parser.add_argument("--mirror", help="Debian mirror, if not debootstrap's own choice")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help="more certificates to trust inside")
    parser.add_argument(
        "--pass-env", action="append", default=[], metavar="NAME", help="carry a variable inside"
    )
    parser.add_argument("--build-cache", type=Path, metavar="DIR", help="lend built engines, for quick tries")
    parser.add_argument("--arguments", default="", help="arguments for dev.py run, as one string")
    parser.add_argument("--then", metavar="COMMAND", help="a shell line to run in the checkout afterwards")
    return parser.parse_args(arguments)


def prove(root: BareRoot, options: argparse.Namespace) -> int:
    """Make the root, run the command twice, report, and return the exit status."""
    names = checkout_files()
    began = time.monotonic()
    root.make(options.suite, options.mirror)
    if options.ca_file is not None:
        root.add_certificate(options.ca_file)
    root.environment.update({name: os.environ[name] for name in options.pass_env if name in os.environ})
    root.add_checkout(names)
    print(f"Bare root made: {time.monotonic() - began:.0f} s", flush=True)
    line = shlex.join(["python3", "packaging/dev.py", "run", *shlex.split(options.arguments)])
    commands = [("first run", line), ("second run", line)]
    if options.then:
        commands.append(("afterwards", options.then))
    results = []
    with root.mounted(options.build_cache):
        for name, command in commands:
            print(f"== {name}: {command}", flush=True)
            results.append((name, *root.run(command)))
    print("== summary")
    for name, status, took in results:
        print(f"{name}: exit {status} after {took:.1f} s")
    return 1 if any(status for _, status, _ in results) else 0


def main(arguments: Sequence[str]) -> int:
    """Prove it, and clean up."""
    options = parse(arguments)
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("This needs Linux, root and debootstrap.", file=sys.stderr)
        return 2
    root = BareRoot(options.root.resolve())
    try:
        status = prove(root, options)
        if not options.keep:
            root.remove()
    except (BareRootError, subprocess.CalledProcessError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
