"""A screen of our own (Xvfb), a writer's fingers on its keys (XTest, by xdotool), and pictures of it."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
import zlib
from pathlib import Path

from installed.proof import ProofError

_SIZE = "1280x800x24"


class Screen:
    """An X server that listens on a file alone, so that programs without network reach it."""

    def __init__(self, folder: Path) -> None:
        """Start it. folder: where it keeps its memory, from which pictures are taken. Raises ProofError."""
        missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
        if missing:
            raise ProofError(f"{' and '.join(missing)} missing: apt-get install xvfb xdotool.")
        folder.mkdir(parents=True, exist_ok=True)
        self._memory = folder / "Xvfb_screen0"
        reading, writing = os.pipe()
        # It takes the first number that is free, and says which.
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE, "-fbdir", str(folder)]
        self._server = subprocess.Popen(
            [*command, "-nolisten", "tcp", "-ac"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(writing,),
        )
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as told:
            number = told.readline().strip()
        if not number:
            raise ProofError("Xvfb did not start.")
        self.name = f":{number}"

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait(20)

    def ask(self, *arguments: str) -> str:
        """Run xdotool; return what it says, "" where it fails."""
        done = subprocess.run(
            ["xdotool", *arguments],
            env={"DISPLAY": self.name, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=False,
        )
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""

    def window(self, title: str, seconds: float = 60) -> str:
        """Wait for a window with this in its title; give it the keys, and return its id."""
        found = ""

        def there() -> bool:
            nonlocal found
            found = self.ask("search", "--onlyvisible", "--name", title).split("\n")[0]
            return bool(found)

        wait_for(there, seconds, f"No window with {title!r} in its title opened within {seconds:.0f} s.")
        self.focus(found)
        return found

    def focus(self, window: str) -> None:
        """Give a window the keys; there is no window manager here to do it."""
        self.ask("windowfocus", "--sync", window)

    def type(self, text: str) -> None:
        """Type a text, 60 ms a key."""
        self.ask("type", "--delay", "60", text)

    def press(self, *keys: str) -> None:
        """Press keys such as "ctrl+s", one after the other."""
        self.ask("key", "--delay", "60", *keys)

    def picture(self, target: Path) -> None:
        """Write what the screen shows as a PNG."""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(png_of_xwd(self._memory.read_bytes()))


def wait_for(holds: object, seconds: float, sentence: str) -> None:
    """Wait until holds() is true; ProofError with the sentence where it is not in time."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise ProofError(sentence)
        time.sleep(0.1)


def png_of_xwd(dump: bytes) -> bytes:
    """Return a PNG of an X window dump with 32 bits a pixel, as Xvfb keeps its screen."""
    head = struct.unpack(">25I", dump[:100])
    size, width, height, order, bits, line, colours = (
        head[0],
        head[4],
        head[5],
        head[7],
        head[11],
        head[12],
        head[19],
    )
    if bits != 32:
        raise ProofError(f"The screen has {bits} bits a pixel instead of 32.")
    at = size + colours * 12
    rows = bytearray()
    for row in range(height):
        pixels = dump[at + row * line : at + row * line + width * 4]
        red, green, blue = (
            (pixels[2::4], pixels[1::4], pixels[0::4])
            if order == 0
            else (pixels[1::4], pixels[2::4], pixels[3::4])
        )
        coloured = bytearray(width * 3)
        coloured[0::3], coloured[1::3], coloured[2::3] = red, green, blue
        rows += b"\0" + coloured
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(rows))),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
