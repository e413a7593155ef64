"""Answers of the real model: the same however the cache was filled, and never half a word."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llama_cpp as binding
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penwright.core import segment
from penwright.core.snapshot import utf16_units
from penwright.engine.messages import Done, Load, Request
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.prompts import code_point
from penwright.engine.worker.session import Session

PASSAGE = "She closed the door and looked out of the window at the quiet street."
STARTS = [
    "She closed the door and looked out of the wi",
    "It was a dark night, and the",
    "“Where are you going?” he",
    "The first line.\nThe second",
    "",
    " ",
    "x",
    "今日は",
    "So 😀",
    "He could'",
    "The end.",
    "The end. ",
    "a\n",
    "\n\n\n",
    "word " * 600,
    "supercalifragilistic" * 20,
]


def ignore(_text: str) -> None:
    """Take a chunk."""


def answer(session: Session, before: str, **fields: Any) -> Done:
    return session.complete(Request(1, before, **{"document": "one", "patient": True, **fields}), ignore)


def same(done: Done) -> tuple[object, ...]:
    return done.text, done.stop, done.tokens, done.best.ends, done.best.logprobs


@pytest.fixture(scope="module")
def warm(library: Library, starter: Any) -> Iterator[Session]:
    session = Session(library, Load(str(starter), n_threads=1))
    yield session
    session.close()


def fresh_answer(session: Session, before: str, **fields: Any) -> Done:
    """Answer with nothing held: no cache, no window's edge."""
    session.forget()
    return answer(session, before, **fields)


def test_a_cache_filled_by_typing_answers_as_a_fresh_one(new_session: Callable[..., Session]) -> None:
    typed, fresh = new_session(n_ctx=512), new_session(n_ctx=512)
    reused = []
    for end in range(1, len(PASSAGE) + 1):
        done = answer(typed, PASSAGE[:end], max_tokens=6)
        assert same(done) == same(fresh_answer(fresh, PASSAGE[:end], max_tokens=6)), PASSAGE[:end]
        reused.append(done.reused_tokens)
    assert reused[-1] > reused[20] > 0
    backwards = answer(typed, PASSAGE[:30], max_tokens=6)
    assert same(backwards) == same(fresh_answer(fresh, PASSAGE[:30], max_tokens=6))


def test_another_document_between_changes_nothing(new_session: Callable[..., Session]) -> None:
    session = new_session(n_ctx=512)
    first = answer(session, PASSAGE[:40])
    answer(session, "Something else altogether, in another text", document="two")
    assert same(answer(session, PASSAGE[:40])) == same(first)


@pytest.mark.parametrize("before", STARTS, ids=lambda text: repr(text[:24]))
@pytest.mark.parametrize("most", [1, 24])
def test_figures_and_text_agree(warm: Session, before: str, most: int) -> None:
    chunks: list[str] = []
    done = warm.complete(Request(1, before, document=before[:9], max_tokens=most), chunks.append)
    assert 0 <= done.tokens <= most
    assert done.stop in {"sentence", "newline", "limit", "end"}
    assert len(done.best.ends) == len(done.best.logprobs) <= done.tokens
    assert list(done.best.ends) == sorted(done.best.ends)
    assert all(0 <= end <= len(done.text) for end in done.best.ends)
    assert all(logprob <= 1e-4 for logprob in done.best.logprobs)
    assert not done.text or done.best.ends[-1] == len(done.text)
    assert "\n" not in done.text
    assert done.text == done.text.rstrip(" \t")
    assert "".join(chunks).startswith(done.text) or done.stop in {"sentence", "newline"}
    assert done.reused_tokens <= done.prompt_tokens
    if done.stop == "sentence":
        assert segment.sentence_end(done.text, before) == len(done.text)


@pytest.mark.parametrize("before", [PASSAGE[:30], "The old man", "It was not until the summer that"])
def test_no_half_word_at_the_end(warm: Session, before: str) -> None:
    longest = answer(warm, before, max_tokens=40)
    for most in range(1, 20):
        done = answer(warm, before, max_tokens=most)
        if done.stop != "limit":
            continue
        assert longest.text.startswith(done.text)
        following = longest.text[len(done.text) : len(done.text) + 1]
        assert not (done.text[-1:].isalnum() and following.isalnum()), (done.text, longest.text)


@pytest.fixture(scope="module")
def model(library: Library, starter: Any) -> Iterator[Model]:
    loaded = Model(library, starter)
    yield loaded
    loaded.close()


def test_letters_that_look_special_stay_letters(model: Model) -> None:
    silent = [token for token in range(model.n_vocab) if not model.piece(token)]
    names = {binding.llama_vocab_get_text(model._vocab, token).decode() for token in silent}
    assert {"<s>", "</s>", "<unk>"} <= names
    first = model.begin("")
    for letters in (*names, "<0x0A>", "<|im_end|>", "<|fim_middle|>", "<s></s><unk>"):
        tokens = model.begin(f"so {letters} on")[len(first) :]
        assert not set(tokens) & set(silent), letters
        assert b"".join(model.piece(token) for token in tokens).decode().strip() == f"so {letters} on"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_tokenised_as_letters(model: Model, text: str) -> None:
    first = model.begin("")
    assert all(model.piece(token) for token in model.begin(text)[len(first) :])


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\x00",
        "a\x00b \x00 wor",
        "\ud83d",
        "half a letter \udc00 here and the",
        "half at the end \ud83d",
        "\ufeffword",
        "\u202eright to left",
        "\r\n\r\n",
        "\x1b[31m",
        "a" * 5_000,
        "字" * 5_000,
        "😀" * 5_000,
        " " * 5_000,
    ],
    ids=ascii,
)
def test_strange_texts(warm: Session, before: str) -> None:
    began = time.monotonic()
    answer(warm, before[:200], document=ascii(before), max_tokens=4)
    answer(warm, before, document=ascii(before), max_tokens=4)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("unit", ["It was a quiet street. ", "字は。", "x"])
def test_fifty_megabytes(new_session: Callable[..., Session], unit: str) -> None:
    session = new_session(n_ctx=512)
    text = unit * (50_000_000 // len(unit.encode()))
    began = time.monotonic()
    done = answer(session, text, max_tokens=4)
    assert time.monotonic() - began < 10
    assert done.prompt_tokens <= 0.8 * 512 + 1


@pytest.mark.parametrize("n_ctx", [1, 64])
def test_a_very_small_context(new_session: Callable[..., Session], n_ctx: int) -> None:
    session = new_session(n_ctx=n_ctx)
    for most in (1, 16, 500):
        done = answer(session, PASSAGE * 30 + " And th", max_tokens=most)
        assert done.prompt_tokens + done.tokens <= session.ready().n_ctx
    assert answer(session, PASSAGE[:30], max_tokens=8).stop in {"sentence", "newline", "limit", "end"}


def test_the_limit_is_at_least_one(warm: Session) -> None:
    assert answer(warm, PASSAGE[:30], max_tokens=0).tokens == 1
    assert answer(warm, PASSAGE[:30], max_tokens=-5).tokens == 1


def test_stopped_in_the_prompt_and_gone_on(new_session: Callable[..., Session]) -> None:
    long = (PASSAGE + " ") * 110  # some 2,000 tokens
    session, fresh = new_session(), new_session()
    wanted = answer(fresh, long, max_tokens=8)
    stopped = 0
    for wait in (0.0, 0.005, 0.02, 0.05):
        session.forget()
        timer = threading.Timer(wait, session.abort)
        timer.start()
        done = answer(session, long, max_tokens=8)
        timer.join()
        stopped += done.stop == "cancelled"
        evaluation = session._evaluation
        for strand in evaluation._strands:
            assert len(strand) == evaluation.context.length(strand.sequence)
        session.resume()
        assert same(answer(session, long, max_tokens=8)) == same(wanted)
    assert stopped, "no evaluation was caught"


def test_stopped_before_it_began(warm: Session) -> None:
    warm.abort()
    done = answer(warm, "Something new that is not held")
    warm.resume()
    assert (done.stop, done.text) == ("cancelled", "")


@given(st.text(), st.integers(-3, 30))
def test_places_in_code_points_and_in_utf16_agree(text: str, units: int) -> None:
    assert utf16_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2
    places = {utf16_units(text[:end]): end for end in range(len(text) + 1)}
    if units in places:
        assert code_point(text, units) == places[units]
    elif units < 0 or units > utf16_units(text):
        assert code_point(text, units) is None


def test_a_vocabulary_without_a_first_token(starter: Path, tmp_path: Path, library: Library) -> None:
    """Many models put no token before a text; a prompt that is all stem still has to begin with one."""
    data = bytearray(starter.read_bytes())
    key = b"tokenizer.ggml.add_bos_token"
    place = data.index(key) + len(key) + 4  # past the type of the value, a bool
    assert data[place] == 1
    data[place] = 0
    bare = tmp_path / "bare.gguf"
    bare.write_bytes(data)
    session = Session(library, Load(str(bare)))
    try:
        for before in ("", "Hel", "Hello wor"):
            done = session.complete(Request(1, before, max_tokens=4), lambda _text: None)
            assert done.tokens > 0
            assert done.prompt_tokens > 0
    finally:
        session.close()


def test_letters_inside_a_word_evaluate_no_prompt(new_session: Callable[..., Session]) -> None:
    session = new_session()
    first = answer(session, "She closed the door and looked out of the w")
    second = answer(session, "She closed the door and looked out of the wi")
    assert first.reused_tokens < first.prompt_tokens
    assert second.reused_tokens == second.prompt_tokens == first.prompt_tokens
    assert same(second) == same(fresh_answer(new_session(), "She closed the door and looked out of the wi"))
