"""The process that spells, with the real hunspell: what is right, what is meant, and what ends it."""

import queue
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from penwright.spelling.dictionaries import Dictionary, folder_of_package
from penwright.spelling.speller import Checked, Event, Speller, Suggested, Trouble

Make = Callable[..., Speller]


@pytest.fixture
def events() -> queue.Queue[Event]:
    return queue.Queue()


@pytest.fixture
def make(events: queue.Queue[Event]) -> Iterator[Make]:
    made: list[Speller] = []

    def build(*command: str, patience: float = 20.0) -> Speller:
        made.append(Speller(events.put, command or None, patience))
        return made[-1]

    yield build
    for each in made:
        each.close()
        assert not each._thread.is_alive()


def english() -> Dictionary:
    folder = folder_of_package()
    assert folder is not None
    return Dictionary("en_US", folder)


def small(folder: Path, code: str, *words: str, affixes: str = "SET UTF-8\n") -> Dictionary:
    (folder / f"{code}.aff").write_text(affixes, "utf-8")
    (folder / f"{code}.dic").write_text(f"{len(words)}\n" + "".join(f"{word}\n" for word in words), "utf-8")
    return Dictionary(code, folder)


def test_words_are_judged_and_what_was_meant_is_suggested(make: Make, events: queue.Queue[Event]) -> None:
    speller = make()
    speller.use([english()])
    speller.check(["writer's", "wrtier", "café", "recieve"])
    assert events.get(timeout=30) == Checked(
        ("writer's", "wrtier", "café", "recieve"), frozenset({"wrtier", "recieve"})
    )
    speller.suggest("recieve")
    found = events.get(timeout=30)
    assert isinstance(found, Suggested) and found.options[0] == "receive"


def test_a_word_is_right_in_any_language_and_one_of_no_language_in_use_is_left_alone(
    make: Make, events: queue.Queue[Event], tmp_path: Path
) -> None:
    speller = make()
    russian = small(tmp_path, "ru_RU", "мир", "труд")
    speller.use([english(), russian])
    speller.check(["world", "мир", "мирр", "worlld", "κόσμος", "Dvořák"])
    answer = events.get(timeout=30)
    assert isinstance(answer, Checked) and answer.wrong == {"мирр", "worlld"}
    speller.use([russian])
    speller.check(["worlld", "мирр"])
    answer = events.get(timeout=30)
    assert isinstance(answer, Checked) and answer.wrong == {"мирр"}, (
        "no dictionary for Latin letters is in use"
    )


def test_a_dictionary_that_can_not_be_read_is_left_out(
    make: Make, events: queue.Queue[Event], tmp_path: Path
) -> None:
    speller = make()
    (tmp_path / "xx.aff").write_text("SET NO-SUCH\n")
    speller.use([Dictionary("xx", tmp_path), english()])
    speller.check(["worlld"])
    assert events.get(timeout=30) == Trouble("spelling.bad_dictionary", {"code": "xx"})
    answer = events.get(timeout=30)
    assert isinstance(answer, Checked) and answer.wrong == {"worlld"}


# Stands for hunspell where a dictionary ends the process: a real one that does is not to be had for sure.
_BREAKS = """
import json, os, sys
for line in sys.stdin.buffer:
    asked = json.loads(line)
    if asked.get("load", [""])[0] == "bad": os.abort()
    if "hang" in asked.get("check", []): sys.stdin.read()
    if "die" in asked.get("check", []): os._exit(3)
    kind = next(iter(asked))
    answer = {"load": {"loaded": True}, "drop": {"dropped": True}, "check": {"wrong": ["wrong"]}}[kind]
    print(json.dumps(answer), flush=True)
"""


def test_a_dictionary_that_ends_the_process_is_left_out_and_the_others_go_on(
    make: Make, events: queue.Queue[Event], tmp_path: Path
) -> None:
    speller = make(sys.executable, "-c", _BREAKS)
    speller.use([Dictionary("good", tmp_path), Dictionary("bad", tmp_path), Dictionary("last", tmp_path)])
    speller.check(["wrong"])
    assert events.get(timeout=30) == Trouble("spelling.bad_dictionary", {"code": "bad"})
    assert events.get(timeout=30) == Checked(("wrong",), frozenset({"wrong"}))
    assert set(speller._loaded) == {"good", "last"}


@pytest.mark.parametrize("word", ["die", "hang"])
def test_a_process_that_ends_or_hangs_is_started_again_and_after_three_times_left_alone(
    make: Make, events: queue.Queue[Event], tmp_path: Path, word: str
) -> None:
    speller = make(sys.executable, "-c", _BREAKS, patience=0.5)
    speller.use([Dictionary("good", tmp_path)])
    speller.check([word])
    speller.check(["wrong"])
    assert events.get(timeout=30) == Checked(("wrong",), frozenset({"wrong"}))
    for _ in range(4):
        speller.check([word])
    assert events.get(timeout=30) == Trouble("spelling.stopped", {})
    speller.check(["wrong"])
    with pytest.raises(queue.Empty):
        events.get(timeout=0.3)
    speller.use([Dictionary("good", tmp_path)])
    speller.check(["wrong"])
    assert isinstance(events.get(timeout=30), Checked), "the languages were chosen again"


def test_a_program_that_is_not_there_is_told_once(make: Make, events: queue.Queue[Event]) -> None:
    speller = make("/no/such/program")
    speller.use([english()])
    for _ in range(5):
        speller.check(["word"])
    assert events.get(timeout=30) == Trouble("spelling.stopped", {})


def test_closing_ends_a_question_that_is_under_way(
    make: Make, events: queue.Queue[Event], tmp_path: Path
) -> None:
    speller = make(sys.executable, "-c", _BREAKS)
    speller.use([Dictionary("good", tmp_path)])
    speller.check(["wrong"])
    events.get(timeout=30)
    speller.check(["hang"])
    speller.close()
    assert not speller._thread.is_alive()
    assert events.empty()
