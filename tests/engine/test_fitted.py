"""Whatever is asked, a prompt fits with its text, or it is told that it does not; what was cut is told."""

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from penwright.base.errors import EngineError
from penwright.core.composition import Job, Message, Part, Piece
from penwright.core.segment import is_ideographic
from penwright.engine.jobs import fitted, prompt_of
from penwright.engine.messages import Compose, Counted, Done, Ready

READY = Ready(1, "", "", 1, 1, 1, 1, 1, 1, 1.0, "", "")
WORDS = st.sampled_from(
    ["rain ", "the quiet street, ", "Nobody came. ", "雨", "下了一整夜。", "\n", "😀 ", "x" * 30]
)
TEXT = st.lists(WORDS, max_size=120).map("".join)


class Counting:
    """An engine that only counts: ideographs have one or two tokens, other letters a third of one."""

    def __init__(self, room: int) -> None:
        self.room = room

    def count(self, pieces: tuple[Piece, ...]) -> Counted:
        each = tuple(
            math.ceil(sum(1.5 if is_ideographic(letter) else 0.33 for letter in piece.text))
            for piece in pieces
        )
        return Counted(0, sum(each) + 1, self.room, each)

    def compose(self, compose: Compose, heard: object) -> Done:
        raise AssertionError("nothing is written here")


@settings(max_examples=150, deadline=None)
@given(TEXT, TEXT, TEXT, st.integers(10, 600), st.integers(1, 120), st.integers(0, 300))
def test_it_fits_or_is_told(before: str, after: str, text: str, room: int, most: int, least: int) -> None:
    parts = (Part("after", after), Part("before", before, keeps_end=True, least=least))
    job = Job((Message("user", ""),), f"[{before}]\n({text})\n{{{after}}}", parts=parts, max_tokens=most)
    job = replace(job, whole=(text,) if text else ())
    engine = Counting(room)
    whole = engine.count((Piece(job.base),)).tokens
    try:
        prompt, given_most, cut = fitted(job, prompt_of(job, READY), engine)
    except EngineError as error:
        assert error.key == "compose.too_long"
        assert whole + most > room
        return
    (piece,) = prompt.pieces
    assert engine.count(prompt.pieces).tokens + given_most <= room
    assert most / 4 <= given_most <= most
    assert f"({text})" in piece.text, "what is written about is never cut"
    if whole + most <= room:
        assert (piece.text, given_most, cut) == (job.base, most, ())
    texts = {part.name: part.text.strip() for part in parts}
    for each in cut:
        assert each.whole == len(texts[each.name])
        assert each.kept < each.whole
        kept = texts[each.name][-each.kept :] if each.name == "before" else texts[each.name][: each.kept]
        assert (kept if each.kept else "") in piece.text
