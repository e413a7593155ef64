"""What the starter is measured by: n-grams held against NLTK's, runs known by heart, llama.cpp's surprise."""

import math
from pathlib import Path

import numpy as np
import pytest

from starter_model import measure, memorised
from starter_model.ngram import NGrams
from starter_model.reading import reading
from starter_model.vocabulary import Vocabulary

BEFORE, AFTER = 1, 2
TEXT = "The writer begins with a word. The word becomes a sentence, the sentence a page.\n\nAnother page."


@pytest.fixture
def lines(small_vocabulary: Vocabulary, english: str) -> list[np.ndarray]:
    return [small_vocabulary.encode(line) for line in english.split("\n") if len(line) > 40]


def test_what_n_grams_expect_adds_up_to_one(lines: list[np.ndarray], small_vocabulary: Vocabulary) -> None:
    model = NGrams(lines[:200], small_vocabulary.size, 3, (BEFORE, AFTER))
    for start in (lines[0][:4], lines[300][:2], np.array([7, 7, 7], np.uint16)):
        every = (np.append(start, token).astype(np.uint16) for token in range(small_vocabulary.size))
        likely = [math.exp(-model.surprise(text)[len(start)]) for text in every]
        assert sum(likely) == pytest.approx(1.0, abs=1e-9)
        assert min(likely) > 0


def test_n_grams_are_those_of_nltk(lines: list[np.ndarray], small_vocabulary: Vocabulary) -> None:
    lm = pytest.importorskip("nltk.lm", reason="NLTK is in the training's own environment only")
    everygrams = pytest.importorskip("nltk.util").everygrams
    for order in (2, 3):
        theirs = lm.KneserNeyInterpolated(order, discount=0.75)

        def padded(line: np.ndarray, order: int = order) -> list[str]:
            return [*["<s>"] * (order - 1), *(str(token) for token in line), "</s>"]

        seen = [padded(line) for line in lines[:150]]
        theirs.fit(
            [list(everygrams(line, max_len=order)) for line in seen], (word for line in seen for word in line)
        )
        ours = NGrams(lines[:150], small_vocabulary.size, order, (BEFORE, AFTER), floor=False)
        compared = 0
        for line in lines[60:80]:
            if not {str(token) for token in line} <= set(theirs.vocab):
                continue
            text = padded(line)
            grams = [text[at : at + order] for at in range(len(text) - order + 1)]
            expected = [-math.log(theirs.score(gram[-1], gram[:-1])) for gram in grams]
            assert ours.surprise(line) == pytest.approx(expected, rel=1e-9)
            compared += len(expected)
        assert compared > 150


def test_orders_that_do_not_fit_are_refused(lines: list[np.ndarray]) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        NGrams(lines[:2], 8192, 5, (BEFORE, AFTER))


def test_runs_that_stand_in_the_corpus_are_found() -> None:
    chance = np.random.default_rng(1)
    corpus = chance.integers(3, 8000, 5000).astype(np.uint16)
    new = chance.integers(3, 8000, 100).astype(np.uint16)
    copied = np.concatenate([new[:30], corpus[1000:1050], new[30:50]])
    nearly = np.concatenate([new[:30], corpus[2000:2049], new[30:50]])
    found = memorised.runs([new, copied, nearly, new[:10]], [corpus[:3000], corpus[3000:]], (16, 49, 50, 60))
    assert found == {16: 0.5, 49: 0.5, 50: 0.25, 60: 0.0}


def test_surprise_is_that_of_the_model(starter: Path) -> None:
    with reading(starter, 256) as model:
        tokens = model.tokens(TEXT).tolist()
        whole = model.surprise(tokens)
        assert whole.shape == (len(tokens),)
        assert 0 < whole.mean() < math.log(model.vocabulary)
        assert model.surprise(tokens[:9]) == pytest.approx(whole[:9], abs=0.05)
        likeliest = model.write_on(tokens[:9], 3)
        assert model.surprise([*tokens[:9], int(likeliest[0])])[-1] <= whole[9] + 0.05


def test_a_text_is_measured_by_bytes_and_by_place(
    starter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["measure.py", "--text", str(tmp_path / "text.txt"), str(starter)])
    assert measure.main() == 0
    said = capsys.readouterr().out
    assert "bits_per_byte" in said and "perplexity_0_16" in said and "perplexity_64_256" not in said


@pytest.mark.parametrize("content", [None, "", "\n\n"])
def test_no_text_is_told_in_a_sentence(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "text.txt").write_text(content, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["measure.py", "--text", str(tmp_path / "text.txt")])
    assert measure.main() == 2
    assert capsys.readouterr().err.startswith("measure.py: ")


def test_the_curve_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is in the training's own environment only")
    from starter_model.curve import draw

    table = tmp_path / "curve.csv"
    table.write_text("step,seconds,tokens,rate,train,held_books,held_modern\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no figures yet"):
        draw(table, tmp_path / "curve.png")
    with table.open("a", encoding="utf-8") as out:
        out.write("0,0,0,0.1,nan,4.4,3.7\n9,60,4096,1.0,4.0,4.2,3.6\n")
    draw(table, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
