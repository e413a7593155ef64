"""Dictionaries are found where systems keep them, and taken in from files and extensions."""

import os
import zipfile
from pathlib import Path

import pytest

from penwright.base.errors import SpellingError
from penwright.spelling.dictionaries import Dictionary, find, folder_of_package, folders_of_system, take_in


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"1\nword\n" if name.endswith(".dic") else b"SET UTF-8\n")


def test_pairs_are_found_by_code_and_the_earlier_folder_counts(tmp_path: Path) -> None:
    put(tmp_path / "a", "de_DE.dic", "de_DE.aff", "fr.dic", "hyph_de.dic", "hyph_de.aff", "notes.txt")
    put(tmp_path / "b", "de_DE.dic", "de_DE.aff", "en_GB.dic", "en_GB.aff")
    assert find([tmp_path / "a", tmp_path / "none", tmp_path / "b"]) == (
        Dictionary("de_DE", tmp_path / "a"),
        Dictionary("en_GB", tmp_path / "b"),
    )


def test_where_the_three_systems_keep_them() -> None:
    linux = folders_of_system("linux", {"HOME": "/home/me", "DICPATH": os.pathsep.join(("/x", "/y"))})
    assert linux[:3] == (Path("/x"), Path("/y"), Path("/home/me/.local/share/hunspell"))
    assert Path("/usr/share/hunspell") in linux and Path("/usr/share/myspell/dicts") in linux
    assert Path("/home/me/Library/Spelling") in folders_of_system("darwin", {"HOME": "/home/me"})
    assert folders_of_system("win32", {"USERPROFILE": "/me"}) == ()


def test_english_comes_with_the_binding() -> None:
    folder = folder_of_package()
    assert folder is not None
    assert [each.code for each in find([folder])] == ["en_US"]


def test_a_pair_is_taken_in_by_either_file(tmp_path: Path) -> None:
    put(tmp_path / "from", "nl_NL.dic", "nl_NL.aff")
    for name in ("nl_NL.dic", "nl_NL.aff"):
        target = tmp_path / name.replace(".", "-")
        assert take_in(tmp_path / "from" / name, target) == ("nl_NL",)
        assert (target / "nl_NL.dic").read_bytes() == b"1\nword\n"


def test_an_extension_is_taken_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "dict.oxt"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("es/es_ES.dic", "es/es_MX.dic"):
            archive.writestr(name, "2\nuno\ndos\n")
            archive.writestr(name.replace(".dic", ".aff"), "SET UTF-8\n")
        archive.writestr("hyph_es.dic", "UTF-8\n")
        archive.writestr("../../evil.dic", "1\nx\n")
        archive.writestr("../../evil.aff", "")
    assert take_in(path, tmp_path / "own") == ("es_ES", "es_MX", "evil")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["dict.oxt", "own"], (
        "nothing beside the folder"
    )


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.oxt", b"no zip at all", "spelling.no_dictionary"),
        ("a.oxt", b"", "spelling.no_dictionary"),
        ("a.dic", b"1\nword\n", "spelling.half"),
        ("gone.dic", None, "spelling.half"),
    ],
)
def test_what_is_no_dictionary_is_told(tmp_path: Path, name: str, data: bytes | None, key: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(SpellingError) as caught:
        take_in(tmp_path / name, tmp_path / "own")
    assert caught.value.key == key
    assert not (tmp_path / "own").exists()


def test_a_text_that_ends_with_dic_is_none(tmp_path: Path) -> None:
    put(tmp_path, "x.aff")
    (tmp_path / "x.dic").write_text("Dear diary,\n")
    with pytest.raises(SpellingError) as caught:
        take_in(tmp_path / "x.dic", tmp_path / "own")
    assert caught.value.key == "spelling.no_dictionary"
