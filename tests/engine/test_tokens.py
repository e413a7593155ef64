"""The table of tokens: made once, read from its file after that, and never from a file that is not it."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.tokens import TokenTable


@pytest.fixture(scope="module")
def model(library: Library, starter: Any) -> Iterator[Model]:
    loaded = Model(library, starter)
    yield loaded
    loaded.close()


class Vocabulary:
    """A vocabulary that counts how often it is asked for its pieces."""

    def __init__(self, pieces: list[bytes], name: str = "name") -> None:
        self.vocabulary = name
        self.n_vocab = len(pieces)
        self.asked = 0
        self._pieces = pieces

    def pieces(self) -> list[bytes]:
        self.asked += 1
        return self._pieces


PIECES = [b"", b"a", b"ab", b"abc", b"b", b"\xff", b"\xff\xff", b"a", b"", b"\0"]
STEMS = [b"a", b"ab", b"abcd", b"b", b"\xff", b"\xff\xff\xff", b"\0", b"z", b""]


def same(one: TokenTable, other: TokenTable) -> None:
    assert list(one.pieces) == list(other.pieces)
    assert one.longest == other.longest
    for stem in STEMS:
        assert one.allowed(stem).tolist() == other.allowed(stem).tolist(), stem


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_the_bytes_are_those_of_llama(model: Model) -> None:
    table = TokenTable(model.pieces())
    assert list(table.pieces) == [model.piece(token) for token in range(model.n_vocab)]
    assert table.pieces[5:9] == [model.piece(token) for token in range(5, 9)]


def test_the_second_time_it_is_read(tmp_path: Path) -> None:
    vocabulary = Vocabulary(PIECES)
    folder = tmp_path / "deep" / "tokens"
    first = TokenTable.of(vocabulary, str(folder))
    second = TokenTable.of(vocabulary, str(folder))
    assert vocabulary.asked == 1
    same(first, second)
    same(second, TokenTable(PIECES))
    assert list(second.pieces) == PIECES


def test_that_of_the_starter_is_read_as_it_was_made(model: Model, tmp_path: Path) -> None:
    made = TokenTable.of(model, str(tmp_path))
    same(made, TokenTable.of(model, str(tmp_path)))


def test_nothing_is_kept_without_a_folder_or_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    TokenTable.of(Vocabulary(PIECES), "")
    TokenTable.of(Vocabulary(PIECES, name=""), str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    same(TokenTable.of(Vocabulary(PIECES), str(tmp_path / "file")), TokenTable(PIECES))


def test_vocabularies_without_a_piece(tmp_path: Path) -> None:
    for pieces in ([], [b""], [b"", b""]):
        for _ in range(2):
            table = TokenTable.of(Vocabulary(pieces, f"{len(pieces)}"), str(tmp_path))
            assert table.longest == 0
            assert not len(table.allowed(b"a"))
            assert list(table.pieces) == pieces


def test_every_cut_and_every_wrong_byte_is_seen(tmp_path: Path) -> None:
    vocabulary = Vocabulary(PIECES)
    TokenTable.of(vocabulary, str(tmp_path))
    path = only_file(tmp_path)
    whole = path.read_bytes()
    chance = random.Random(1)
    broken = [whole[:length] for length in range(len(whole))] + [whole + b"x", b"\0" * 200]
    for place in range(len(whole)):
        wrong = bytearray(whole)
        wrong[place] ^= chance.randrange(1, 256)
        broken.append(bytes(wrong))
    for count, data in enumerate(broken, 2):
        path.write_bytes(data)
        same(TokenTable.of(vocabulary, str(tmp_path)), TokenTable(PIECES))
        assert vocabulary.asked == count  # made anew
        assert path.read_bytes() == whole  # and put in its place


def test_a_file_of_another_vocabulary(tmp_path: Path) -> None:
    TokenTable.of(Vocabulary(PIECES), str(tmp_path))
    other = [*PIECES, b"more"]
    same(TokenTable.of(Vocabulary(other), str(tmp_path)), TokenTable(other))


def test_the_one_that_was_used_longest_ago_is_removed(tmp_path: Path) -> None:
    for number in range(12):
        TokenTable.of(Vocabulary(PIECES, f"{number}"), str(tmp_path))
        os.utime(tmp_path / f"{number}.tokens", ns=(number * 10**9, number * 10**9))
        if number == 7:
            TokenTable.of(Vocabulary(PIECES, "0"), str(tmp_path))  # used: it is now
    kept = {path.stem for path in tmp_path.iterdir()}
    assert kept == {"0", *(f"{number}" for number in range(5, 12))}


def test_the_name_tells_vocabularies_apart(
    model: Model, library: Library, starter: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.gguf"
    data = starter.read_bytes()
    place = data.index(b"<s>")
    changed.write_bytes(data[:place] + b"<S>" + data[place + 3 :])
    other = Model(library, changed)
    same_words = tmp_path / "same words.gguf"
    same_words.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    third = Model(library, same_words)
    assert other.vocabulary != model.vocabulary == third.vocabulary
    other.close()
    third.close()
