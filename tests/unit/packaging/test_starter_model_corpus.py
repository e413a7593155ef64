"""The starter's corpus: what is cleaned, what is left out, what is held out, and how it is dressed."""

import lzma
import random
from pathlib import Path

import pytest

from starter_model.corpus import CorpusError, Document, clean, documents, each_once
from starter_model.dressing import dressed, typographic, with_markdown

LONG = "It was the same long sentence about the harbour and the boats, and the man who counts them. "


def written(folder: Path, name: str, *texts: str) -> None:
    with lzma.open(folder / f"{name}.txt.xz", "wt", encoding="utf-8") as out:
        out.write("\n\0\n".join(texts) + "\n")


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ("a  b\t c\u00a0d", "a b c d"),
        ("one \r\n\r\n two\r", "one\ntwo"),
        ("Tom &amp; Jerry&#39;s", "Tom & Jerry's"),
        ("zero\u200bwidth\ufeff and \u202eturned\ufffd", "zerowidth and turned"),
        ("soft\u00adly", "softly"),
        ("\x07\n\x00", ""),
        ("naïve café — “so”", "naïve café — “so”"),
    ],
)
def test_only_what_a_writer_types_is_kept(found: str, kept: str) -> None:
    assert clean(found) == kept
    assert clean(clean(found)) == clean(found)


def test_documents_are_read_in_order_with_their_source(tmp_path: Path) -> None:
    written(tmp_path, "modern", "First page.\nIts second line.", "Second page.")
    written(tmp_path, "books", "A book.")
    found = list(documents(tmp_path))
    assert [(each.source, each.text) for each in found] == [
        ("books", "A book."),
        ("modern", "First page.\nIts second line."),
        ("modern", "Second page."),
    ]


@pytest.mark.parametrize(
    "content", [b"no xz at all", lzma.compress(b"\xff\xfe\xff"), lzma.compress(b"cut")[:-8]]
)
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.txt.xz").write_bytes(content)
    with pytest.raises(CorpusError, match=r"broken\.txt\.xz can't be read"):
        list(documents(tmp_path))


def test_a_folder_without_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no file named \*\.txt\.xz"):
        list(documents(tmp_path))


def test_what_stands_mostly_in_an_earlier_document_is_left_out() -> None:
    paragraphs = [f"{number}. {LONG}" for number in range(10)]
    first = Document("books", "\n".join(paragraphs))
    same = Document("modern", "\n".join(["A new heading", *(each.upper() for each in paragraphs)]))
    half_new = Document("modern", "\n".join([*paragraphs[:4], *(f"New {each}" for each in paragraphs[4:])]))
    short = Document("modern", "Short.")
    assert list(each_once([first, same, half_new, Document("modern", ""), short])) == [first, half_new, short]


def test_one_document_of_fifty_is_held_out_and_no_other_changes_it() -> None:
    found = [Document("books", f"Text number {number}.") for number in range(5000)]
    held = sum(document.held_out for document in found)
    assert 60 <= held <= 140
    assert [Document("modern", each.text).held_out for each in found] == [each.held_out for each in found]
    half = sum(document.in_part(0.5) for document in found)
    assert 2300 <= half <= 2700
    assert all(document.in_part(1.0) for document in found)


@pytest.mark.parametrize(
    ("typed", "set_in_type"),
    [
        ('"Yes," he said, "it\'s late."', "“Yes,” he said, “it’s late.”"),
        ("the dogs' bowls", "the dogs’ bowls"),
        ("\"She said 'no' to me.\"", "“She said ‘no’ to me.”"),
        ('one\n"two"', "one\n“two”"),
    ],
)
def test_quotes_are_curved_by_where_they_stand(typed: str, set_in_type: str) -> None:
    assert typographic(typed) == set_in_type


def test_titles_become_headings_and_rows_of_them_lists() -> None:
    lines = [
        "Chapter One",
        "It was a dark night.",
        "apples",
        "pears",
        "They were sold.",
        "The End of It",
        "So it ended.",
    ]
    assert with_markdown(lines) == [
        "## Chapter One",
        "It was a dark night.",
        "- apples",
        "- pears",
        "They were sold.",
        "## The End of It",
        "So it ended.",
    ]


def test_dressing_is_drawn_by_the_seed_and_comes_in_every_look() -> None:
    text = 'A Title\n"Well," she said.\nIt ended.'
    looks = {dressed(text, random.Random(seed)) for seed in range(60)}
    assert len(looks) == 8  # quotes, blank lines and Markdown, each with and without
    assert dressed(text, random.Random(7)) == dressed(text, random.Random(7))
