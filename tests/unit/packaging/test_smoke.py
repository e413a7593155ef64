"""What smoke.py is made of, where it can be tried without a clean root: the rest is its own run."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from installed.next_version import numbered_on
from installed.proof import Done, ProofError, doctor, program_at, prove_anywhere
from installed.screen import png_of_xwd

SMOKE = Path(__file__).resolve().parents[3] / "packaging" / "smoke.py"


def test_a_dump_of_the_screen_becomes_a_picture() -> None:
    head = [0] * 25
    head[0], head[4], head[5], head[7], head[11], head[12], head[19] = 104, 2, 1, 0, 32, 8, 1
    dump = struct.pack(">25I", *head) + b"name" + b"\0" * 12 + bytes([1, 2, 3, 0, 40, 50, 60, 0])
    picture = png_of_xwd(dump)
    assert picture.startswith(b"\x89PNG")
    at = picture.index(b"IDAT")
    (length,) = struct.unpack(">I", picture[at - 4 : at])
    assert zlib.decompress(picture[at + 4 : at + 4 + length]) == bytes([0, 3, 2, 1, 60, 50, 40])


def test_the_next_version_differs_in_its_last_number() -> None:
    text, version = numbered_on("Package: penwright\nVersion: 0.1.9\nDepends: libc6 (>= 2.35)\n")
    assert version == "0.1.10"
    assert text == "Package: penwright\nVersion: 0.1.10\nDepends: libc6 (>= 2.35)\n"


def test_a_program_whose_model_does_not_load_does_not_pass() -> None:
    with pytest.raises(ProofError, match="ended with 2"):
        doctor(lambda *_: Done(2, "", "no model"))
    with pytest.raises(ProofError, match="does not load"):
        doctor(lambda *_: Done(0, '{"model": {"loads": false}}', ""))


def test_the_program_of_this_checkout_passes() -> None:
    program = program_at([sys.executable, "-P", "-m", "penwright"])
    seen = prove_anywhere(program)
    assert "installer none" in seen[0] and "cpu" in seen[0]
    assert seen[1].startswith("complete: ") and "suggestion" in seen[2]


@pytest.mark.parametrize(
    "arguments", [["nowhere.deb"], ["--kind", "program", "nowhere"], ["--kind", "disk", "x"]]
)
def test_what_can_not_be_tried_is_told_in_a_line(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SMOKE, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.strip()
