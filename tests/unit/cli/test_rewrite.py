"""`penwright rewrite`: what comes out, what changes, and one sentence for what can't be done."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from penwright.base.paths import resources
from penwright.cli.main import main
from penwright.cli.rewrite import rewritten
from penwright.core.styles import style_from
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Load, Ready
from penwright.engine.scripted import ScriptedEngine

Run = Callable[..., subprocess.CompletedProcess[bytes]]
READY = Ready(1, "m", "", 1, 1, 99_999, 99_999, 1, 1, 1.0, "", "", chat_template="{{ messages[-1].content }}")
LONG = "The cat sat on teh mat. " + "It says more of it. " * 70


def outcome(text: str, *answers: str) -> tuple[str, list[str]]:
    path = resources() / "styles" / "fix-spelling.toml"
    style = style_from(Path(path).read_text("utf-8"), Path(path))
    told: list[str] = []
    with BlockingEngine(lambda hear: ScriptedEngine(hear, whole=answers, model=READY, room=99_999)) as engine:
        engine.load(Load("m"))
        new = rewritten(style, {}, text, READY, engine, tell=lambda key, _values: told.append(key))
    return new, told


def test_each_passage_is_rewritten_in_its_place() -> None:
    text = f"\n\n{LONG.strip()}\n\n```\nteh code\n```\nTeh end.\n"
    fixed = LONG.strip().replace("teh", "the")
    assert outcome(text, fixed, "The end.") == (
        text.replace("teh mat", "the mat").replace("Teh end", "The end"),
        ["rewrite.progress", "rewrite.progress"],
    )


def test_an_empty_answer_leaves_the_passage() -> None:
    assert outcome("Teh end.\n", "") == ("Teh end.\n", ["rewrite.progress", "rewrite.unfinished"])


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["nonsense"], "x", "no action called nonsense. There are: active-voice"),
        (["press-release"], "x", "no action called press-release"),
        (["shorten"], " \n", "There is no text"),
        (["own-instruction"], "x", "Still missing"),
        (["shorten", "--instruction", "x"], "x", "takes no instruction"),
        (["shorten", "--field", "share"], "x", "NAME=VALUE"),
        (["shorten", "--field", "share=huge"], "x", "huge"),
        (["shorten", "--model", "/nowhere.gguf"], "x", "nowhere.gguf"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: list[str],
    text: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["rewrite", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == "" and said in told.err and len(told.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"), [([], "only continues texts"), (["--anyway", "--diff"], "the model has room for")]
)
def test_the_starter_says_that_it_can_not(penwright: Run, arguments: list[str], said: str) -> None:
    done = penwright("rewrite", "fix-spelling", *arguments, stdin=b"The cat sat on teh mat.\n")
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode() and b"Traceback" not in done.stderr
