"""What is never offered: each rule, and what must not fall under it."""

import pytest

from penwright.core.junk import first_fault, first_repetition, mismatch


@pytest.mark.parametrize(
    ("before", "text", "kept", "name"),
    [
        ("He said", " so<|im_end|>", " so", "markup"),
        ("He said", "<|im_start|>user", "", "markup"),
        ("He said", " so [INST] Write", " so ", "markup"),
        ("He said", " so [/INST]", " so ", "markup"),
        ("He said", "</s>", "", "markup"),
        ("He said", " ### Response", " ", "markup"),
        ("He said", " ```python", " ", "markup"),
        ("He said", " <think>", " ", "markup"),
        ("He said <|im_", "end|> and", "", "markup"),
        ("One.\n", "Assistant: Sure", "", "markup"),
        ("One.\n", "User : what", "", "markup"),
        ("He said", " <<SYS>>", " ", "markup"),
        ("He said", "!!!!", "", "marks"),
        ("He said!", "!!", "", "marks"),
        ("He said", " so____", " so", "marks"),
        ("He said", " so.....", " so", "marks"),
        ("He said", " so,;:,", " so", "marks"),
        ("He said", " so\ufffd", " so", "garbled"),
        ("He said", " so\x00 it", " so", "garbled"),
        ("He said", " so\ud83d", " so", "garbled"),
    ],
)
def test_faults_are_cut_off(before: str, text: str, kept: str, name: str) -> None:
    end, found = first_fault(text, before)
    assert (text[:end], found) == (kept, name)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("He said", "..."),
        ("He said", " so… and"),
        ("He asked", " why?!"),
        ("“He said", " so.”) And"),
        ("It is", " <5 and >3"),
        ("It is", " [sic] so"),
        ("He said", " -- and went"),
        ("The user", ": he who uses"),
        ("It was the", " beginning of the end"),
        ("See", " #3 and `code`"),
        ("他说", "……好"),
        ("他说", "《红楼梦》（上）。"),
    ],
)
def test_writing_is_no_fault(before: str, text: str) -> None:
    assert first_fault(text, before) == (len(text), "")


@pytest.mark.parametrize(
    ("before", "text", "phrases", "kept"),
    [
        ("It was", " very unique", ("very unique",), " "),
        ("It was", " so Very  Unique", ("very unique",), " so "),
        ("It was very", " unique", ("very unique",), ""),
        ("It was ve", "ry unique", ("very unique",), ""),
        ("It was", " very uniquely", ("very unique",), None),
        ("It was", " every unique", ("very unique",), None),
        ("He", " delved", ("delve",), None),
        ("He", " will delve, and", ("delve", "and"), " will "),
        ("今天", "天气很好", ("很好",), "天气"),
        ("It was very unique", " and so", ("very unique",), None),
        ("It was", " so", ("",), None),
        ("It was", " so", ("  ",), None),
        ("It was", " a (b) c", ("(b)",), " a "),
    ],
)
def test_the_writers_banned_phrases(
    before: str, text: str, phrases: tuple[str, ...], kept: str | None
) -> None:
    end, name = first_fault(text, before, phrases)
    assert (text[:end], name) == ((text, "") if kept is None else (kept, "banned"))


def test_the_first_fault_counts() -> None:
    assert first_fault(" so ### !!!!", "He", ("so",)) == (1, "banned")


@pytest.mark.parametrize(
    ("before", "text", "kept"),
    [
        ("It was so", " so late", ""),
        ("It was so ", "so late", ""),
        ("It was t", "he", "he"),
        ("of the th", "e room", ""),
        ("of the th", "en room", "en room"),
        ("He said", " no no no", " no"),
        ("He said", " the room and the room and the room", " the room and"),
        ("It was late and", " it was late", ""),
        ("It was late and", " so it was late", " so"),
        ("is in the hall,", " in the hall", ""),
        ("of the house and of", " the garden", " the garden"),
        ("The Mobile Apps Directory lists them. Use the Mob", "ile Apps Directory", "ile Apps Directory"),
        ("It was late and", " it was dark", " it was dark"),
        ("He had", " had it", ""),
        ("She went", " up and up and down", " up and up and down"),
        ("", "Once upon a time", "Once upon a time"),
    ],
)
def test_repetition(before: str, text: str, kept: str) -> None:
    assert text[: first_repetition(text, before)] == kept


def test_what_was_said_long_ago_may_be_said_again() -> None:
    before = "It was late and dark. " + "Somebody came up the stairs and knocked at the door. " * 4 + "And"
    assert first_repetition(" it was late and dark", before) == len(" it was late and dark")


@pytest.mark.parametrize(
    ("before", "text", "reason"),
    [
        ("今天", "room", "script"),
        ("今天", "Ｒoom", "script"),
        ("今天", " room", ""),
        ("今天 ", "room", ""),
        ("今天", "天气", ""),
        ("今天", "，room", ""),
        ("the 20", "th", ""),
        ("18", "F", ""),
        ("the aft", "Ernoon", "glued"),
        ("the aft", "3", "glued"),
        ("the aft", "ernoon", ""),
        ("the aft", " Ernoon", ""),
        ("the NA", "SA", ""),
        ("the дом", "s", "glued"),
        ("", "room", ""),
        ("the ", "Room", ""),
    ],
)
def test_what_can_not_go_on_here(before: str, text: str, reason: str) -> None:
    assert mismatch(text, before) == reason
