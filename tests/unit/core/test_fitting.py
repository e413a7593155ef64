"""A prompt is shortened where a reader would cut it, in the order of its parts, and what was cut is told."""

from hypothesis import given
from hypothesis import strategies as st

from penwright.core.composition import Cut, Part, Piece
from penwright.core.fitting import cuts, shorten

SENTENCES = (
    "The rain fell all night. In the morning the street was quiet. Nobody came. The tea was cold.\n" * 6
)
CHINESE = "雨下了一整夜。早上街上很安静。没有人来，茶也凉了。\n" * 20


def shortened(text: str, excess: int, **fields: object) -> str:
    part = Part("text", text, **fields)  # type: ignore[arg-type]
    pieces, parts = shorten([Piece(f"Shorten this: {text}!")], [len(text) + 15], [part], excess)
    assert pieces == (Piece(f"Shorten this: {parts[0].text}!"),)
    return parts[0].text


def test_a_beginning_ends_with_a_paragraph_or_a_sentence() -> None:
    text = SENTENCES.strip()
    assert shortened(text, 100).endswith("The tea was cold.")
    one = text.splitlines()[0]
    assert shortened(one, 18) == "The rain fell all night. In the morning the street was quiet. Nobody came."
    assert shortened(CHINESE.strip(), 30).endswith("。")


def test_an_end_begins_with_a_paragraph_or_a_sentence() -> None:
    assert shortened(SENTENCES.strip(), 130, keeps_end=True).startswith("The rain fell")
    one = SENTENCES.splitlines()[0]
    assert (
        shortened(one, 20, keeps_end=True)
        == "In the morning the street was quiet. Nobody came. The tea was cold."
    )
    assert CHINESE.strip().endswith(shortened(CHINESE.strip(), 30, keeps_end=True))


def test_no_word_is_cut_in_two() -> None:
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau"
    for excess in range(1, len(words) - 5):
        assert set(shortened(words, excess).split()) <= set(words.split())
        assert set(shortened(words, excess, keeps_end=True).split()) <= set(words.split())


def test_the_first_part_goes_first_and_keeps_its_least() -> None:
    before, text = "b" * 100, "t" * 100
    piece = Piece(f"{before}|{text}")
    parts = [Part("before", before, keeps_end=True, least=20), Part("text", text)]
    pieces, left = shorten([Piece("<user>", frame=True), piece], [1, 201], parts, 50)
    assert cuts(parts, left) == (Cut("before", 50, 100, ends=True),)
    assert pieces[1].text == f"{'b' * 50}|{text}"
    _, left = shorten([piece], [201], parts, 150)
    assert cuts(parts, left) == (Cut("before", 20, 100, ends=True), Cut("text", 30, 100))


def test_what_stands_nowhere_or_in_the_frame_is_left_alone() -> None:
    frame = Piece("a template with these words " * 5 + "?", frame=True)
    parts = [Part("words", frame.text), Part("empty", " "), Part("gone", "not there" * 20)]
    pieces, left = shorten([frame], [5], parts, 3)
    assert pieces == (frame,)
    assert cuts(parts, left) == ()


@given(st.text(min_size=80, max_size=300), st.integers(1, 400), st.booleans(), st.integers(0, 50))
def test_it_is_always_a_beginning_or_an_end(text: str, excess: int, ends: bool, least: int) -> None:
    stripped = text.strip()
    if len(stripped) < 80:
        return
    made = shortened(stripped, excess, keeps_end=ends, least=least)
    assert stripped.endswith(made) if ends else stripped.startswith(made)
    assert len(made) >= min(least, len(stripped)) - 1 or made == made.strip()
    assert len(made) < len(stripped)
