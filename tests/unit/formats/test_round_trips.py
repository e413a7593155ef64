"""Out and in again through each format that is read: counts of every element are equal."""

import io
import zipfile
from dataclasses import replace

import pytest

from penwright.formats.docx_in import read_docx
from penwright.formats.docx_out import write_docx
from penwright.formats.html_in import read_html
from penwright.formats.html_out import write_html
from penwright.formats.losses import Losses
from penwright.formats.markdown_in import read_markdown
from penwright.formats.model import (
    Document,
    Link,
    Listing,
    Picture,
    Table,
    change_document,
    change_inside,
    count,
    note_order,
    plain,
    walk,
)
from penwright.formats.odt_in import read_odt
from penwright.formats.odt_out import write_odt
from penwright.formats.pictures import Pictures, recognised


def through_html(document: Document, pictures: Pictures) -> Document:
    losses = Losses()
    page = write_html(document, pictures, losses)
    assert not losses.notes()
    return read_html(page)


def through_docx(document: Document, pictures: Pictures) -> Document:
    losses = Losses()
    document = read_docx(write_docx(document, pictures, losses), "a.docx", losses)
    assert not losses.notes()
    return document


def through_odt(document: Document, pictures: Pictures) -> Document:
    losses = Losses()
    document = read_odt(write_odt(document, pictures, losses), "a.odt", losses)
    assert not losses.notes()
    return document


WAYS = {"html": through_html, "docx": through_docx, "odt": through_odt}


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


def bare(document: Document, *, titles: bool = True) -> Document:
    """Return the document with what a way may change: pictures' places, footnotes' names."""
    numbers = {name: str(number) for number, name in enumerate(note_order(document), 1)}

    def change(piece):
        match piece:
            case Picture(words=words):
                return (Picture("", words),)
            case Link():
                return (replace(piece, title=piece.title if titles else ""),)
            case _ if type(piece).__name__ == "NoteMark":
                return (replace(piece, name=numbers[piece.name]),)
        return (piece,)

    changed = change_document(document, lambda inside: change_inside(inside, change))
    return replace(changed, notes={numbers[name]: changed.notes[name] for name in numbers})


def test_every_element_is_counted_alike(way, rich, counts, pictures):
    assert count(way(rich, pictures)) == counts


def test_html_brings_back_the_same_document(rich, pictures):
    assert bare(through_html(rich, pictures)) == bare(rich)


@pytest.mark.parametrize("through", [through_docx, through_odt])
def test_word_processors_bring_back_the_same_words_and_structure(rich, pictures, through):
    back = through(rich, pictures)
    sides = [block.alignments for block in walk(rich.blocks) if isinstance(block, Table)]
    assert [block.alignments for block in walk(back.blocks) if isinstance(block, Table)] == sides
    ours, theirs = bare(rich, titles=False), bare(back, titles=False)
    assert [type(piece) for piece in walk(theirs.blocks)] == [type(piece) for piece in walk(ours.blocks)]
    assert theirs.about == ours.about
    for mine, other in zip(ours.blocks, theirs.blocks, strict=True):
        if type(mine).__name__ != "CodeBlock":  # its language has no place there
            assert other == mine


def test_the_picture_itself_comes_back(way, rich, pictures, folder):
    (picture,) = (piece for piece in walk(way(rich, pictures).blocks) if isinstance(piece, Picture))
    back = Pictures().find(picture.target)
    assert back == recognised((folder / "dot.png").read_bytes())
    assert picture.words == "A dot, 一个点"


def test_lists_in_lists_and_numbers(way, pictures):
    text = "1. a\n   - b\n     1. c\n   - d\n2. e\n\nx\n\n7. f\n8. g\n"
    document = read_markdown(text)
    back = way(document, pictures)
    listings = [block for block in walk(back.blocks) if isinstance(block, Listing)]
    assert [(block.start is None, len(block.items)) for block in listings] == [
        (False, 2),
        (True, 2),
        (False, 1),
        (False, 2),
    ]
    assert count(back) == count(document)


def test_tracked_changes_are_taken_as_accepted_and_said(pictures):
    data = write_docx(read_markdown("old new\n"), pictures, Losses())
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                run = content[content.index(b"<w:r><w:t>old new") :].partition(b"</w:r>")[0] + b"</w:r>"
                gone = run.replace(b"old new", b"old").replace(b"w:t>", b"w:delText>")
                kept = run.replace(b"old new", b"new")
                marked = (
                    b'<w:del w:id="1" w:author="a">' + gone + b'</w:del><w:ins w:id="2">' + kept + b"</w:ins>"
                )
                content = content.replace(run, marked)
            new.writestr(name, content)
    losses = Losses()
    (paragraph,) = read_docx(stream.getvalue(), "a.docx", losses).blocks
    assert plain(paragraph.inside) == "new"
    assert losses.notes() == (("formats.lost.change", {"count": 2}),)


@pytest.mark.parametrize("write", [write_docx, write_odt])
def test_quotes_in_quotes_are_said(pictures, write):
    losses = Losses()
    write(read_markdown("> a\n>\n> > b\n"), pictures, losses)
    assert dict(losses.counted) == {"quote_in_quote": 1}


@pytest.mark.parametrize("through", [through_docx, through_odt])
def test_marks_of_phrases_stay_whole(pictures, through):
    document = read_markdown("a **b *c d* e** [f *g* h](#x) ~~*i* j~~\n\n# x\n")
    assert through(document, pictures).blocks == document.blocks


def test_letters_that_xml_cannot_hold_break_nothing(way, pictures):
    document = read_markdown("a\x01b\ud800c &amp; <d> ]]> \u2028 e\n")
    (paragraph,) = way(document, pictures).blocks
    assert "\N{REPLACEMENT CHARACTER}b" in paragraph.inside[0].text


@pytest.mark.parametrize(
    "text", ["", "x", "# ", "[^1]\n\n[^1]: x", "|a|\n|-|\n", "![x](nowhere.png)", "***", "- "]
)
def test_small_documents(way, pictures, text):
    document = read_markdown(text)
    losses = Losses()
    write_docx(document, pictures, losses)
    if "nowhere" in text:
        assert dict(losses.counted) == {"picture_missing": 1}
    else:
        assert count(way(document, pictures))["footnotes"] == count(document)["footnotes"]
