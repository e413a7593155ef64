"""The parts of an OpenDocument text that hold no words: styles, lists' marks, what lies in the file."""

from __future__ import annotations

from penwright.formats.html_out import xml_text
from penwright.formats.model import About

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
}
DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LEVELS = 10
_ASIAN = {"zh": ("SimSun", "zh", "CN"), "ja": ("MS Mincho", "ja", "JP"), "ko": ("Batang", "ko", "KR")}


def manifest(pictures: dict[str, str]) -> str:
    """Return the list of what lies in the file. pictures: media types by names."""
    entries = {
        "/": MEDIA_TYPE,
        **dict.fromkeys(("content.xml", "styles.xml", "meta.xml"), "text/xml"),
        **pictures,
    }
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>\n'
        for name, kind in entries.items()
    )
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3">\n{listed}</manifest:manifest>\n'
    )


def meta(about: About, language: str) -> str:
    """Return what the document says of itself."""
    said = {
        "dc:title": about.title,
        "meta:initial-creator": about.author,
        "dc:creator": about.author,
        "dc:language": language,
    }
    lines = "".join(f"<{name}>{xml_text(value)}</{name}>\n" for name, value in said.items() if value)
    return (
        f'{_HEAD}<office:document-meta {DECLARED} office:version="1.3"><office:meta>\n'
        f"<meta:generator>Penwright</meta:generator>\n{lines}</office:meta></office:document-meta>\n"
    )


def styles(language: str) -> str:
    """Return the document's styles, under the names that LibreOffice gives its own."""
    short, _, country = language.partition("-")
    font, asian, region = _ASIAN.get(short.lower(), ("SimSun", "zh", "CN"))
    western = f' fo:language="{xml_text(short)}" fo:country="{xml_text(country or "none")}"'
    if not short or short.lower() in _ASIAN:
        western = ""
    lists = _listing("Bullets", ordered=False) + _listing("Numbers", ordered=True)
    paragraphs = [
        _style("Standard", "", "", f'style:font-name-asian="{font}"'),
        _style("Text body", "Standard", 'fo:margin-bottom="0.25cm" fo:line-height="130%"'),
        _style(
            "Heading",
            "Standard",
            'fo:margin-top="0.6cm" fo:margin-bottom="0.25cm" fo:keep-with-next="always"',
        ),
        _style("Title", "Heading", "", _bold(24)),
        _style("Author", "Text body", 'fo:margin-bottom="0.1cm"'),
        _style("Date", "Text body", 'fo:margin-bottom="0.5cm"'),
        _style("Quotations", "Text body", 'fo:margin-left="1cm" fo:margin-right="1cm"'),
        _style("Preformatted Text", "Standard", 'fo:margin-bottom="0.25cm"', _mono("9.5pt")),
        _style("Table Contents", "Standard", 'fo:padding="0.05cm"'),
        _style("Table Heading", "Table Contents", "", 'fo:font-weight="bold" style:font-weight-asian="bold"'),
        _style("Scene Break", "Text body", 'fo:text-align="center" fo:margin-top="0.3cm"'),
        _style(
            "Footnote", "Standard", 'fo:margin-left="0.5cm" fo:text-indent="-0.5cm"', 'fo:font-size="9pt"'
        ),
    ]
    sizes = (18, 15, 13, 12, 11, 11)
    paragraphs += [
        _style(f"Heading {level}", "Heading", "", _bold(size), f'style:default-outline-level="{level}"')
        for level, size in enumerate(sizes, 1)
    ]
    letters = "".join(
        f'<style:style style:name="{code}" style:display-name="{name}" style:family="text">'
        f"<style:text-properties {look}/></style:style>\n"
        for name, code, look in (
            ("Emphasis", "Emphasis", 'fo:font-style="italic" style:font-style-asian="italic"'),
            ("Strong Emphasis", "Strong_20_Emphasis", 'fo:font-weight="bold" style:font-weight-asian="bold"'),
            ("Struck", "Struck", 'style:text-line-through-style="solid"'),
            ("Source Text", "Source_20_Text", _mono("9.5pt")),
            ("Internet link", "Internet_20_link", 'fo:color="#1f4e99" style:text-underline-style="solid"'),
        )
    )
    return (
        f'{_HEAD}<office:document-styles {DECLARED} office:version="1.3">\n<office:font-face-decls>'
        '<style:font-face style:name="Georgia" svg:font-family="Georgia"/>'
        '<style:font-face style:name="Mono" svg:font-family="Consolas" style:font-pitch="fixed"/>'
        f'<style:font-face style:name="{font}" svg:font-family="{font}"/></office:font-face-decls>\n'
        '<office:styles>\n<style:default-style style:family="paragraph"><style:text-properties '
        f'style:font-name="Georgia" fo:font-size="11pt" style:font-size-asian="11pt"{western} '
        f'style:language-asian="{asian}" style:country-asian="{region}"/></style:default-style>\n'
        f"{''.join(paragraphs)}{letters}{lists}"
        '<text:notes-configuration text:note-class="footnote" style:num-format="1" '
        'text:footnotes-position="page" text:start-numbering-at="document"/>\n</office:styles>\n'
        '<office:automatic-styles><style:page-layout style:name="page"><style:page-layout-properties '
        'fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2.5cm"/></style:page-layout>'
        "</office:automatic-styles>\n"
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page"/>'
        "</office:master-styles>\n</office:document-styles>\n"
    )


def code_of(name: str) -> str:
    """Return a style's name as elements refer to it."""
    return name.replace(" ", "_20_")


def _bold(points: int) -> str:
    size = f'fo:font-size="{points}pt" style:font-size-asian="{points}pt"'
    return f'{size} fo:font-weight="bold" style:font-weight-asian="bold"'


def _mono(size: str) -> str:
    return f'style:font-name="Mono" fo:font-size="{size}"'


def _style(name: str, parent: str, shape: str = "", letters: str = "", extra: str = "") -> str:
    above = f' style:parent-style-name="{code_of(parent)}"' if parent else ""
    return (
        f'<style:style style:name="{code_of(name)}" style:display-name="{name}" style:family="paragraph"'
        f"{above} {extra}><style:paragraph-properties {shape}/>"
        f"<style:text-properties {letters}/></style:style>\n"
    )


def _listing(name: str, *, ordered: bool) -> str:
    levels = []
    for level in range(1, _LEVELS + 1):
        place = (
            '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
            f'<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.6cm" '
            f'fo:margin-left="{0.7 * level + 0.3:.1f}cm"/></style:list-level-properties>'
        )
        if ordered:
            levels.append(
                f'<text:list-level-style-number text:level="{level}" style:num-format="1" '
                f'style:num-suffix=".">{place}</text:list-level-style-number>'
            )
        else:
            bullet = "•◦▪"[level % 3 - 1]
            levels.append(
                f'<text:list-level-style-bullet text:level="{level}" text:bullet-char="{bullet}">'
                f"{place}</text:list-level-style-bullet>"
            )
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>\n'
