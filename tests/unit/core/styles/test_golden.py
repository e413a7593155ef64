"""Golden prompts of each bundled style, and what each format of conversations makes of them."""

from collections.abc import Callable, Sequence
from functools import cache

import pytest

from penwright.core.chat import ChatFormat
from penwright.core.composition import Job, Piece
from penwright.core.sandbox import render
from penwright.engine.jobs import prompt_of
from penwright.engine.messages import Ready
from prompts import golden
from prompts.formats import FORMATS

job: Callable[[str, str], Job] = cache(golden.made)


@pytest.mark.parametrize(("style", "language"), golden.names())
def test_the_prompt_is_the_kept_one(style: str, language: str) -> None:
    kept = golden.kept(style, language)
    assert kept.exists(), "`python tests/prompts/golden.py` writes it; look at it, then keep it"
    assert golden.told(job(style, language)) == kept.read_text("utf-8"), "golden.py writes it anew"


def test_no_golden_prompt_is_left_over() -> None:
    assert {golden.kept(*each) for each in golden.names()} == set(golden.FOLDER.glob("*.txt"))


def joined(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.template])
def test_each_format_frames_every_style(chat_templates: dict[str, str], name: str) -> None:
    format_ = FORMATS[name]
    made = ChatFormat(chat_templates[format_.template], render, bos="<s>", eos="</s>")
    for each in golden.names():
        system, user = (message.content for message in job(*each).messages)
        pieces = made.render(job(*each).messages)
        assert joined(pieces) == format_.frame.format(system, user), each
        data = [piece.text for piece in pieces if not piece.frame]
        assert data in ([system, user], [f"{system}\n\n{user}"]), each


def test_a_model_without_a_format_gets_the_base_form() -> None:
    ready = Ready(1, "", "", 1, 1, 1, 1, 1, 1, 1.0, "", "")
    for each in golden.names():
        wanted = job(*each)
        prompt = prompt_of(wanted, ready)
        assert (prompt.form, prompt.pieces) == ("base", (Piece(wanted.base),)), each
        assert wanted.base, each
