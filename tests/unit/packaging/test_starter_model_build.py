"""The one command: what it refuses, and what it makes where PyTorch is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from devtools.checkout import Checkout
from starter_model import build, environment

BUILD = Checkout.here().root / "packaging" / "starter_model" / "build.py"


def test_its_requirements_are_locked_and_name_no_host() -> None:
    lock = BUILD.with_name("requirements.txt").read_text(encoding="utf-8")
    pinned = [line.split("==")[0] for line in lock.splitlines() if line[:1].isalpha()]
    assert {"sentencepiece", "gguf", "numpy", "tqdm", "matplotlib"} <= set(pinned)
    assert "torch" not in pinned, "which build of it is right differs from machine to machine"
    assert "://" not in lock


def test_what_is_missing_is_found_without_loading_it() -> None:
    assert environment.missing(("json", "no_such_package_at_all")) == ["no_such_package_at_all"]
    assert "torch" not in sys.modules or not environment.missing(("torch",))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--minutes", "5"], "--corpus"),
        (["--corpus", "x"], "--minutes"),
        (["--corpus", "x", "--minutes", "0"], "no number above 0"),
        (["--corpus", "x", "--minutes", "many"], "no number above 0"),
        (["--corpus", "x", "--minutes", "1", "--modern", "7"], "no share"),
        (["--corpus", "x", "--minutes", "1", "--device", "abacus"], "--device"),
    ],
)
def test_bad_options_are_told_in_a_sentence(arguments: list[str], says: str) -> None:
    done = subprocess.run(
        [sys.executable, str(BUILD), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr and "Traceback" not in done.stderr


def test_a_failure_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("The disk is full.")

    monkeypatch.setattr(environment, "ensure", refuse)
    monkeypatch.setattr(sys, "argv", ["build.py", "--corpus", str(tmp_path), "--minutes", "1"])
    assert build.main() == 2
    assert capsys.readouterr().err == "build.py: The disk is full.\n"
