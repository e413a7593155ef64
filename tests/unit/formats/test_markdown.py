"""Markdown into the model and back: what is written reads back as the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penwright.base.errors import DocumentError
from penwright.formats.markdown_in import read_markdown
from penwright.formats.markdown_out import write_markdown
from penwright.formats.model import (
    Break,
    Code,
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    Link,
    Listing,
    NoteMark,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
    count,
    note_order,
    plain,
)


def again(document: Document) -> Document:
    return read_markdown(write_markdown(document))


def test_the_rich_document(rich, counts):
    assert count(rich) == counts
    back = again(rich)
    assert count(back) == counts
    assert back.about == rich.about
    assert write_markdown(back) == write_markdown(rich)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("a *b* c", (Paragraph((Text("a "), Emphasis((Text("b"),)), Text(" c"))),)),
        ("**a *b***", (Paragraph((Strong((Text("a "), Emphasis((Text("b"),)))),)),)),
        ("~~a~~", (Paragraph((Struck((Text("a"),)),)),)),
        ("a\\\nb", (Paragraph((Text("a"), Break(), Text("b"))),)),
        ("a<br>b", (Paragraph((Text("a"), Break(), Text("b"))),)),
        ("one\ntwo", (Paragraph((Text("one two"),)),)),
        ("春天\n来了", (Paragraph((Text("春天来了"),)),)),
        ("한국\n말", (Paragraph((Text("한국 말"),)),)),
        ("\u3000\u3000春天", (Paragraph((Text("\u3000\u3000春天"),)),)),
        ("### A ###", (Heading(3, (Text("A"),)),)),
        ("A\n===", (Heading(1, (Text("A"),)),)),
        ("> a", (Quote((Paragraph((Text("a"),)),)),)),
        ("- a\n- b", (Listing(((Paragraph((Text("a"),)),), (Paragraph((Text("b"),)),))),)),
        (
            "4. a\n\n5. b",
            (Listing(((Paragraph((Text("a"),)),), (Paragraph((Text("b"),)),)), 4, tight=False),),
        ),
        ("```py x\na\n```", (CodeBlock("a", "py"),)),
        ("    a\n\n    b", (CodeBlock("a\n\nb"),)),
        ("***", (Rule(),)),
        ("`` a`b ``", (Paragraph((Code("a`b"),)),)),
        ('![w](p.png "t")', (Paragraph((Picture("p.png", "w", "t"),)),)),
        ("<https://a.b>", (Paragraph((Link("https://a.b", (Text("https://a.b"),)),)),)),
        ("|a|b|\n|-|-:|\n|c|", (Table(("", "right"), ((Text("a"),), (Text("b"),)), (((Text("c"),), ()),)),)),
        ("<p>a <em>b</em></p>", (Paragraph((Text("a "), Emphasis((Text("b"),)))),)),
        ("", ()),
    ],
)
def test_each_element_is_read_and_written_back(text, blocks):
    read = read_markdown(text)
    assert read.blocks == blocks
    assert again(read).blocks == blocks


def test_footnotes_with_names_blocks_and_within_a_line():
    read = read_markdown("a[^x] b^[c *d*] e[^x]\n\n[^x]: f\n\n    g\n")
    assert read.notes["x"] == (Paragraph((Text("f"),)), Paragraph((Text("g"),)))
    assert sum(isinstance(piece, NoteMark) for piece in read.blocks[0].inside) == 3
    back = again(read)
    assert [back.notes[name] for name in note_order(back)] == [read.notes[name] for name in note_order(read)]


def test_front_matter_is_no_text_and_comes_back():
    read = read_markdown('---\ntitle: "A: b"\nauthor:\n  - C\n  - D\nlang: zh-CN\n---\nx\n')
    assert (read.about.title, read.about.author, read.about.language) == ("A: b", "C, D", "zh-CN")
    assert read.blocks == (Paragraph((Text("x"),)),)
    assert again(read) == read


def test_a_rule_at_the_top_is_no_front_matter():
    assert read_markdown("---\n\na\n\n---\n").blocks == (Rule(), Paragraph((Text("a"),)), Rule())


def test_too_deep_is_refused_with_a_sentence():
    with pytest.raises(DocumentError) as caught:
        read_markdown("> " * 200 + "a")
    assert caught.value.key == "formats.too_deep"


words = st.text(
    st.one_of(
        st.sampled_from(list("\\`*_{}[]<>()#+-.!|~^&=:\"' ab1\u3000春。,é")),
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]),
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() == text)


@given(words)
@settings(deadline=None, max_examples=150)
def test_any_words_stay_words(text):
    for block in (Paragraph((Text(text),)), Heading(2, (Text(text),)), Quote((Paragraph((Text(text),)),))):
        assert again(Document((block,))).blocks == (block,), write_markdown(Document((block,)))
    table = Table(("",), ((Text(text),),), (((Text(text),),),))
    assert again(Document((table,))).blocks == (table,), write_markdown(Document((table,)))


@given(words, words, st.sampled_from([Emphasis, Strong, Struck]), words)
@settings(deadline=None, max_examples=150)
def test_marked_words_keep_every_letter(before, within, mark, after):
    document = Document((Paragraph((Text(before), mark((Text(within),)), Text(after))),))
    assert plain(again(document).blocks[0].inside) == before + within + after, write_markdown(document)


@given(st.text(st.sampled_from("`a ~b"), min_size=1, max_size=12))
@settings(deadline=None, max_examples=150)
def test_any_code_stays_code(text):
    block = Paragraph((Text("x "), Code(text), Text(" y")))
    assert again(Document((block,))).blocks == (block,)
    fenced = CodeBlock(text + "\nb")
    assert again(Document((fenced,))).blocks == (fenced,)


@given(
    st.text(st.sampled_from("ab()<>\\ %春\"'"), min_size=1, max_size=12).filter(
        lambda text: text.strip() == text
    ),
    words,
)
@settings(deadline=None, max_examples=150)
def test_any_target_stays_whole(target, title):
    block = Paragraph((Link(target, (Text("x"),), title), Picture(target, "y", title)))
    assert again(Document((block,))).blocks == (block,), write_markdown(Document((block,)))
