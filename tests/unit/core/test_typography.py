import pytest

from penwright.core.typography import MARKS, typed


def write(text: str, language: str) -> str:
    """Return what the keys of `text` write in one line."""
    line = ""
    for letter in text:
        change = typed(line, letter, language)
        if change is None:
            line += letter
        else:
            line = line[: len(line) - change.removed] + change.text
    return line


@pytest.mark.parametrize(
    ("language", "keys", "written"),
    [
        ("en", '"Don\'t," she said--"ever."', "“Don’t,” she said–“ever.”"),
        ("en", "a---b and so...", "a—b and so…"),
        ("en", "\"'Yes,' he said.\"", "“‘Yes,’ he said.”"),
        ("en", '*"so"*', "*“so”*"),
        ("en-gb", "'\"Yes,\" he said.'", "‘“Yes,” he said.’"),
        ("de", 'Er sagte: "Geht\'s?"', "Er sagte: „Geht’s?“"),
        ("fr", 'Il dit: "Oui !"', "Il dit: «\u202fOui\u202f!\u202f»"),
        ("fr", "Vraiment ? Oui : non ; si", "Vraiment\u202f? Oui\u00a0: non\u202f; si"),
        ("sv", '"Ja"', "”Ja”"),
        ("da", '"Ja"', "»Ja«"),
        ("zh", '他说："好。"她说："不--"', "他说：“好。”她说：“不——”"),
        ("zh", "然后...", "然后……"),
        ("ja", '"はい"', "「はい」"),
    ],
)
def test_what_the_keys_write(language, keys, written) -> None:
    assert write(keys, language) == written


@pytest.mark.parametrize(
    "keys", ["---", "- item", '`a "b"--', "|---|---|", "<!-- a", "- - -", "1999-2000", "> --"]
)
def test_what_stays(keys) -> None:
    assert write(keys, "en") == keys


def test_the_plain_letters_are_known() -> None:
    change = typed("a-", "-", "en")
    assert change is not None and (change.removed, change.text, change.plain) == (1, "–", "--")
    change = typed("oui ", "!", "fr")
    assert change is not None and change.plain == " !"


@pytest.mark.parametrize("language", MARKS)
def test_every_language_opens_and_closes(language) -> None:
    marks = MARKS[language]
    key = "'" if marks.outer[1] == "’" and marks.outer[0] != "’" else '"'
    assert write(f"{key}a{key}", language) == marks.outer[0] + "a" + marks.outer[1]
