"""The writer's own words."""

import stat
from pathlib import Path

import pytest

from penwright.base.errors import SpellingError
from penwright.spelling.personal import PersonalWords


def test_words_of_a_language_and_of_a_text_are_kept_apart_and_private(tmp_path: Path) -> None:
    words = PersonalWords(tmp_path / "words")
    text = tmp_path / "novel.md"
    assert words.of_language("en_US") == words.of_document(text) == frozenset()
    words.add("en_US", "Zürbel")
    words.add("en_US", "penwright")
    words.add_to_document(text, ["Quillon"])
    assert words.of_language("en_US") == {"Zürbel", "penwright"}
    assert words.of_document(text) == {"Quillon"}
    assert words.of_document(tmp_path / "other.md") == words.of_language("de_DE") == frozenset()
    for path in (tmp_path / "words").rglob("*.txt"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "novel" not in str(path.relative_to(tmp_path))
    words.forget_document(text)
    words.forget_document(text)
    assert words.of_document(text) == frozenset()


def test_a_list_that_is_rubbish_or_a_folder_gives_what_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "de.txt").write_bytes(b"gut\n\xff\xfe\nbesser")
    (tmp_path / "fr.txt").mkdir()
    words = PersonalWords(tmp_path)
    assert {"gut", "besser"} <= words.of_language("de")
    assert words.of_language("fr") == frozenset()
    with pytest.raises(SpellingError):
        words.add("fr", "mot")
