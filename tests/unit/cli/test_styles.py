"""`penwright styles` and `penwright write`: what is listed, refused, written and found."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from penwright.base.paths import resources
from penwright.cli.main import main

Run = Callable[..., subprocess.CompletedProcess[bytes]]
BUNDLED = resources() / "styles"
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep this user's own styles and settings out of it."""
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path / "data" / "penwright" / "styles"


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    return err


def test_all_are_listed_and_a_faulty_one_is_told(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_folders.mkdir(parents=True)
    (own_folders / "mine.toml").write_text("id = \n", "utf-8")
    assert main(["styles", "list", "--json"]) == 0
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert {row["id"] for row in rows} == {path.stem for path in BUNDLED.glob("*.toml")}
    assert err.startswith("mine.toml, line 1: this is no TOML")
    assert main(["styles", "list", "--language", "zh"]) == 0
    assert "广告语" in capsys.readouterr().out


@pytest.mark.parametrize("style", ["news-report", "translate", "continue-text"])
def test_one_is_shown_and_holds(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = BUNDLED / f"{style}.toml"
    for language in ("en", "zh"):
        assert main(["styles", "show", path.stem, "--language", language]) == 0
        assert "--field" in capsys.readouterr().out
        assert main(["styles", "show", path.stem, "--language", language, "--prompt"]) == 0
        assert "[system]" in capsys.readouterr().out
    assert main(["styles", "check", str(path)]) == 0
    assert "holds" in capsys.readouterr().out


def test_a_test_that_does_not_hold_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (BUNDLED / "slogan-set.toml").read_text("utf-8")
    file = tmp_path / "slogans.toml"
    file.write_text(text.replace("5. Follow the bread home", "5. Redefined by 7 ovens", 1), "utf-8")
    assert main(["styles", "check", str(file), "--language", "en"]) == 1
    out = capsys.readouterr().out
    assert "5:4: “redefined” is a phrase that this style leaves out." in out
    assert "“7” is in nothing you gave." in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("styles", "show", "nothing"), "no style “nothing”"),
        (("styles", "show", "poem", "--language", "de"), "en, zh"),
        (("styles", "check", "/nowhere/x.toml"), "x.toml"),
        (("styles", "paint"), "invalid choice"),
        (("write", "nothing"), "no style “nothing”"),
        (("write", "slogan-set"), "Still missing"),
        (("write", "slogan-set", "--field", "name"), "no NAME=VALUE"),
        (("write", "slogan-set", "--field", "nam=x"), "It has: name, promise"),
        (("write", "slogan-set", "--field", "name=a", "--field", "name=b"), "twice"),
        (("write", "slogan-set", "--field", "name=a", "--field", "promise=@/nowhere/x.txt"), "x.txt"),
        (
            ("write", "slogan-set", "--field", "name=a", "--field", "promise=b", "--field", "count=99"),
            "between",
        ),
        (("write", "shorten"), "no text to rewrite"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in complaint(capsys, *arguments)


def test_the_prompt_is_shown_without_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "promise.txt"
    file.write_text("Bread at night.", "utf-8")
    given = ("--field", "name=@@Lowtide", "--field", f"promise=@{file}", "--field", "count=4")
    assert main(["write", "slogan-set", *given, "--language", "en", "--prompt"]) == 0
    out = capsys.readouterr().out
    assert "<name>\n@Lowtide\n</name>" in out
    assert "<promise>\nBread at night.\n</promise>" in out
    assert "Write 4 slogans" in out


def test_the_starter_says_beforehand_that_it_can_not(penwright: Run) -> None:
    given = ("--field", "name=Lowtide", "--field", "promise=bread")
    done = penwright("write", "slogan-set", *given, "--language", "en")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("This model only continues texts")
    assert done.stderr.count(b"\n") == 1


def test_a_model_with_conversations_writes_and_its_text_is_looked_at(
    penwright: Run, shape: Callable[..., Path]
) -> None:
    model = str(shape("llama", template=CHATML, special=("<|im_start|>", "<|im_end|>")))
    given = ("--model", model, "--gpu", "off", "--seed", "3", "--language", "en")
    done = penwright("write", "continue-text", "--field", "before=The bridge", *given)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert b"only continues" not in done.stderr
    tested = penwright("styles", "test", "continue-text", *given)
    assert tested.returncode in (0, 1)
    assert b"obey" in tested.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C can't be sent to a process of its own there")
def test_an_interrupt_keeps_what_was_written(shape: Callable[..., Path]) -> None:
    model = str(shape("llama", template=CHATML, special=("<|im_start|>", "<|im_end|>")))
    given = ("--field", "before=The bridge", "--field", "amount=page", "--language", "en", "--gpu", "off")
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "penwright", "write", "continue-text", "--model", model, *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    begun = running.stdout.read(1)  # it writes
    running.send_signal(signal.SIGINT)
    rest, said = running.communicate(timeout=60)
    assert begun and rest.endswith(b"\n")
    assert running.returncode in (0, 130), said  # 0: it had come to its end before
    assert b"Traceback" not in said
