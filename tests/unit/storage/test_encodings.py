"""Bytes that nobody edited come back as they were."""

import codecs
import contextlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penwright.storage.encodings import (
    FRAME_MARKS,
    NEWLINES,
    TURNING_MARKS,
    DamagedTextError,
    DecodingError,
    decode,
    encode,
    encoding_name,
    may_hold_marks,
    unify_newlines,
)
from penwright.storage.guess import LEGACY

CHINESE = "春天来了,院子里的桃花开得正好。母亲坐在窗边,慢慢地写着一封长信。"
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
KOREAN = "나는 오늘 아침에 일찍 일어나서 산책을 했다. 바람이 시원했다."
GERMAN = "Über die Brücke gingen müde Männer, die schöne Straße hinauf; später hörten sie Glocken."
RUSSIAN = "Сегодня утром я встал рано и пошёл гулять по городу."

UNICODE = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# Qt's frame marks and NUL make a file no text; what a plain text holds is anything else.
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufdd0\ufdd1")
texts = st.text(letters, max_size=60)


def round_trip(data: bytes) -> bytes:
    decoded = decode(data)
    text, newline, mixed = unify_newlines(decoded.text)
    assert not mixed
    return encode(text.replace("\n", newline), decoded.encoding, bom=decoded.bom)


def with_newlines(text: str, newline: str) -> str:
    return unify_newlines(text)[0].replace("\n", newline)


@given(texts, st.sampled_from(UNICODE), st.sampled_from(NEWLINES))
@settings(deadline=None, max_examples=400)
def test_any_unicode_text_comes_back(text, encoding, newline):
    data = encode(with_newlines(text, newline), encoding, bom=True)
    assert round_trip(data) == data
    assert decode(data).bom


@given(texts, st.sampled_from(NEWLINES))
@settings(deadline=None)
def test_any_utf8_text_without_a_mark_comes_back(text, newline):
    data = with_newlines(text, newline).encode("utf-8")
    assert round_trip(data) == data


@given(
    st.text(st.sampled_from(CHINESE + JAPANESE + KOREAN + GERMAN + RUSSIAN + "\n\f\x85 "), max_size=60),
    st.sampled_from(sorted(LEGACY)),
    st.sampled_from(NEWLINES[:3]),
)
@settings(deadline=None, max_examples=400)
def test_any_other_text_comes_back_or_is_refused(text, encoding, newline):
    data = with_newlines(text, newline).encode(encoding, "ignore")
    with contextlib.suppress(DecodingError):
        assert round_trip(data) == data


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=400)
def test_any_bytes_come_back_or_are_refused(data):
    try:
        decoded = decode(data)
    except DecodingError:
        return
    assert encode(decoded.text, decoded.encoding, bom=decoded.bom) == data
    text, newline, mixed = unify_newlines(decoded.text)
    assert mixed or text.replace("\n", newline) == decoded.text


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        (CHINESE, "gb18030", "gb18030"),
        ("Dear reader, 你好。", "gb18030", "gb18030"),
        ("こんにちは", "cp932", "cp932"),
        ("こんにちは", "euc_jp", "euc_jp"),
        ("안녕하세요", "euc_kr", "cp949"),
        ("你好,世界", "big5", "big5"),
        ("Привет", "cp1251", "cp1251"),
        (CHINESE + "𠀀", "gb18030", "gb18030"),
        ("你好,世界", "gb18030", "gb18030"),
        ("春天來了,院子裡的桃花開得正好。", "big5", "big5"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (KOREAN, "euc_kr", "cp949"),
        (GERMAN, "latin_1", "cp1252"),
        ("He said “it’s fine” — and left for the café.", "cp1252", "cp1252"),
        ("L'été dernier, nous étions à la plage près de Bésançon.", "latin_1", "cp1252"),
        ("café", "latin_1", "cp1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8_r", "koi8_r"),
        ("Žluťoučký kůň úpěl ďábelské ódy.", "cp1250", "cp1250"),
    ],
)
def test_guesses(text, encoding, guess):
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.guessed) == (text, guess, True)


def test_a_guess_looks_where_the_letters_are():
    data = b"plain ascii line\n" * 40_000 + (CHINESE + "\n").encode("gb18030") * 400
    decoded = decode(data)
    assert decoded.encoding == "gb18030" and decoded.text.endswith(CHINESE + "\n")


def test_bytes_outside_of_the_sample_count():
    # The sample is Russian; a byte that Windows-1251 lacks stands far behind it.
    data = (RUSSIAN + "\n").encode("cp1251") * 8_000 + b"\x98"
    try:
        decoded = decode(data)
    except DecodingError:
        return
    assert decoded.text.encode(decoded.encoding) == data


@pytest.mark.parametrize(
    "data",
    [
        b"a\0b",
        b"\x7fELF\x02\x01\0\0",
        "text".encode("utf-16-le"),
        codecs.BOM_UTF8 + b"a\0",
        b"\xff\xfea\0\0\0",
    ],
)
def test_nul_is_no_text(data):
    with pytest.raises(DecodingError):
        decode(data)


def test_noise_is_no_text():
    noise = bytes(1 + (byte * 7919 + at * at * 31) % 255 for at, byte in enumerate(os.urandom(5_000)))
    with pytest.raises(DecodingError):
        decode(noise)


@pytest.mark.parametrize(
    ("data", "encoding", "line"),
    [
        (CHINESE.encode() + b"\n\n" + CHINESE.encode()[:-1], "utf-8", 3),
        ((GERMAN * 3).encode() + b"\n\xff", "utf-8", 2),
        (codecs.BOM_UTF8 + b"a\n\xff", "utf-8", 2),
        (codecs.BOM_UTF16_LE + "a\n".encode("utf-16-le") + b"\0\xd8b\0", "utf-16-le", 2),
        (codecs.BOM_UTF16_BE + b"\0", "utf-16-be", 1),
    ],
)
def test_damaged_text_is_not_guessed_at(data, encoding, line):
    with pytest.raises(DamagedTextError) as caught:
        decode(data)
    assert (caught.value.encoding, caught.value.line) == (encoding, line)


@pytest.mark.parametrize(
    ("text", "unified", "newline", "mixed"),
    [
        ("", "", "\n", False),
        ("a", "a", "\n", False),
        ("a\nb\r\nc\r\n", "a\nb\nc\n", "\r\n", True),
        ("a\r\r\nb", "a\n\nb", "\r\n", True),
        ("a\n\rb", "a\n\nb", "\n", True),
        ("a\rb\r", "a\nb\n", "\r", False),
        ("a\u2029b", "a\nb", "\u2029", False),
        ("a\u2029b\nc\n", "a\nb\nc\n", "\n", True),
        ("a\x85b\fc\vd\u2028e\x1cf", "a\x85b\fc\vd\u2028e\x1cf", "\n", False),
    ],
)
def test_newlines(text, unified, newline, mixed):
    assert unify_newlines(text) == (unified, newline, mixed)


def test_names_of_encodings():
    assert [encoding_name(name) for name in ("utf-8", "utf-16-le", "utf-32-be", "cp932", "latin_1")] == [
        "UTF-8",
        "UTF-16",
        "UTF-32",
        "Shift-JIS",
        "Latin-1",
    ]


def test_marks_are_found_among_the_bytes() -> None:
    for mark in (*FRAME_MARKS, *TURNING_MARKS):
        assert may_hold_marks(f"a—“{mark}b".encode(), "utf-8")
    ordinary = "a—“”…\u200d\u2060\u202f\u2069\u202cﷺ渡😀"
    assert not may_hold_marks(ordinary.encode(), "utf-8")
    assert may_hold_marks(ordinary.encode("utf-16-le"), "utf-16-le"), "there it has to be looked for"
