"""A small vocabulary of the starter's kind, trained on the project's own English."""

from pathlib import Path

import pytest

from devtools.checkout import Checkout
from starter_model.vocabulary import Vocabulary, train

ENGLISH = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


@pytest.fixture(scope="session")
def english() -> str:
    """Return some pages of English with headings, lists, tables and code."""
    root = Checkout.here().root
    return "\n".join((root / name).read_text(encoding="utf-8") for name in ENGLISH)


@pytest.fixture(scope="session")
def small_vocabulary(english: str, tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    """Return a vocabulary of 800 pieces with tokens for the middle of a text."""
    path: Path = tmp_path_factory.mktemp("vocabulary") / "small.model"
    train((line for line in english.split("\n") if line), 800, path, seed=1)
    return Vocabulary(path)
