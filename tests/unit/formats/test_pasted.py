"""Rich text from the clipboards of other programs."""

import pytest

from penwright.formats.pasted import LONGEST, markdown_of, only_picture, picture_link

DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr"><span '
    'style="font-weight:400;">Title</span></h1><p><span style="font-weight:400;">Plain </span><span '
    'style="font-weight:700;">bold</span></p><ul><li><p>one</p></li></ul></b>'
)
WORD = (
    "<html xmlns:o='x'><head><style>p{}</style><title>t</title></head><body><!--StartFragment-->"
    "<p class=MsoNormal>Hello <b>bold</b> and <i>it</i><o:p></o:p></p><!--EndFragment--></body></html>"
)


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        (DOCS, "# Title\n\nPlain **bold**\n\n- one"),
        (WORD, "Hello **bold** and *it*"),
        ('see <a href="https://x.org/a_b">this</a>', "see [this](https://x.org/a_b)"),
        ("<ol><li>渡口</li><li>灯</li></ol>", "1. 渡口\n2. 灯"),
        ("<meta charset='utf-8'><span style=\"color: red\">just text</span>", None),
        ("<p style='font-weight:bold'></p>", None),
        ("<script>alert(1)</script><b></b>", None),
        ("plain * text", None),
        ("<p><b>" * 3000 + "deep", "**deep**"),
        ("<i>" + "x" * LONGEST, None),
    ],
)
def test_what_is_meant_is_taken(markup, markdown):
    assert markdown_of(markup) == markdown


def test_a_lone_picture():
    assert only_picture('<meta charset="utf-8"><img src="https://x.org/a.png" alt="A">')
    assert not only_picture('<p>See <img src="a.png"></p>')
    assert not only_picture("<p>no</p>")


def test_links_to_pictures():
    assert picture_link("ferry-1.png") == "![](ferry-1.png)"
    assert picture_link("my ferry (1).png") == "![](<my ferry (1).png>)"
