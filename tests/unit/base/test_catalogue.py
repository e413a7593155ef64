"""Every sentence that the code asks for exists, and gets the values that its fields need."""

import ast
import inspect
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penwright.base import errors
from penwright.base.catalogue import Catalogue
from penwright.base.errors import DocumentError, PenwrightError
from penwright.base.files import FOLDER_DENIED, KINDS, OTHER, WINDOWS_KINDS
from penwright.base.paths import resources

NAMES = ("title_", "page_", "choice_", "zero_", "starter_title")  # of things, not sentences
PACKAGE = Path(errors.__file__).parents[1]
ERRORS = {
    name for name, thing in inspect.getmembers(errors, inspect.isclass) if issubclass(thing, PenwrightError)
}


def asked_for(tree: ast.AST) -> Iterator[tuple[int, str, set[str] | None]]:
    """Line, key and names of values of each error and each .say() with a literal key; None for **values."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        key = node.args[0]
        if (name in ERRORS or name == "say") and isinstance(key, ast.Constant) and isinstance(key.value, str):
            names = {keyword.arg for keyword in node.keywords}
            known = None if None in names else {name for name in names if name is not None}
            yield node.lineno, key.value, known


def fields_of(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(resources() / "i18n")


def sentences(catalogue: Catalogue) -> dict[str, str]:
    """Return the English sentences with their fields unfilled."""
    known: dict[str, str] = {}

    def flatten(table: dict[str, Any], prefix: str) -> None:
        for name, entry in table.items():
            if isinstance(entry, dict):
                flatten(entry, f"{prefix}{name}.")
            else:
                known[f"{prefix}{name}"] = entry

    for path in (resources() / "i18n" / "en").glob("*.toml"):
        flatten(tomllib.loads(path.read_text("utf-8")), "")
    assert known.keys() == catalogue.keys()
    return known


def problems(tree: ast.AST, known: dict[str, str]) -> Iterator[str]:
    for line, key, values in asked_for(tree):
        if key not in known:
            yield f"{line}: no sentence {key}"
        elif values is not None and not fields_of(known[key]) <= values:
            yield f"{line}: {key} needs {sorted(fields_of(known[key]) - values)}"


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_every_key_in_the_code_has_its_sentence(path: Path, catalogue: Catalogue) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert list(problems(tree, sentences(catalogue))) == []


def test_the_search_itself_finds_a_wrong_key_and_a_missing_value(catalogue: Catalogue) -> None:
    tree = ast.parse("raise DocumentError('document.nowhere')\nself.texts.say('document.locked', nam=1)")
    assert list(problems(tree, sentences(catalogue))) == [
        "1: no sentence document.nowhere",
        "2: document.locked needs ['name']",
    ]


@pytest.mark.parametrize("table", ["files.reading", "files.writing", "document.saving"])
def test_every_fault_of_a_file_has_its_sentence(table: str, catalogue: Catalogue) -> None:
    known = sentences(catalogue)
    kinds = {*KINDS.values(), *WINDOWS_KINDS.values(), FOLDER_DENIED, OTHER}
    assert {key.rpartition(".")[2] for key in known if key.startswith(f"{table}.")} == kinds
    for kind in kinds:
        assert fields_of(known[f"{table}.{kind}"]) <= {"name", "folder", "reason"}


def test_no_sentence_shouts_and_each_ends(catalogue: Catalogue) -> None:
    for key, sentence in sentences(catalogue).items():
        if key.split(".")[0] in {"document", "files", "settings", "display", "model"}:
            assert "!" not in sentence and "Oops" not in sentence
            assert sentence.endswith(".") or key.split(".")[1].startswith(NAMES), key


def test_an_error_becomes_its_sentence(catalogue: Catalogue) -> None:
    error = DocumentError("document.guessed_encoding", encoding="GB18030")
    assert catalogue.sentence(error) == (
        "This file is not UTF-8. It was read as GB18030 and will be saved so."
    )
