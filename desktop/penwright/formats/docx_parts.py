"""What python-docx has no words for: footnotes, lists' numbering, links, and the styles of our documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.styles.style import BaseStyle, CharacterStyle, ParagraphStyle
    from lxml import etree

_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_NOTES_RELATION = f"{RELATIONSHIP_TYPE.FOOTNOTES}"
_ASIAN_FONTS = {"zh": "SimSun", "ja": "MS Mincho", "ko": "Batang"}
_ASIAN_CODES = {"zh": "zh-CN", "ja": "ja-JP", "ko": "ko-KR"}
CODE, CODE_LINES, SCENE_BREAK = "Verbatim Char", "Source Code", "Scene Break"
NOTE_TEXT, NOTE_MARK, LINK, QUOTE = "Footnote Text", "Footnote Reference", "Hyperlink", "Quote"
TABLE_HEADING = "Table Heading"
_LEVELS = 9  # of lists in one another, as many as the format has
INDENT = Mm(7)  # of one level of lists or quotes


def attributes(element: etree._Element, **values: object) -> None:
    """Set attributes of the word processor's namespace."""
    for name, value in values.items():
        element.set(qn(f"w:{name}"), str(value))


def make(tag: str, **values: object) -> etree._Element:
    """Return a new element, such as "w:br", with attributes of the word processor's namespace."""
    element = OxmlElement(tag)
    attributes(element, **values)
    return element


class Styles:
    """Makes the styles that the template lacks, once each."""

    def __init__(self, document: DocxDocument, language: str) -> None:
        self._styles = document.styles
        self._identifiers: dict[str, str] = {}
        normal = self._paragraph("Normal")
        normal.font.name, normal.font.size = "Georgia", Pt(11)
        normal.paragraph_format.line_spacing = 1.3
        normal.paragraph_format.space_after = Pt(8)
        self._set_language(language)
        for level in range(1, 7):
            self._paragraph(f"Heading {level}").font.color.rgb = RGBColor(0x22, 0x20, 0x1C)
        for name in ("Title", *(f"Heading {level}" for level in range(1, 7))):
            # The template's theme fonts would be used in place of the text's.
            fonts = self._styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for key in list(fonts.attrib):
                del fonts.attrib[key]
            attributes(fonts, ascii="Georgia", hAnsi="Georgia")
        code = self._added(CODE, WD_STYLE_TYPE.CHARACTER)
        code.font.name, code.font.size = "Consolas", Pt(9.5)
        lines = self._added_paragraph(CODE_LINES)
        lines.font.name, lines.font.size = "Consolas", Pt(9.5)
        lines.paragraph_format.line_spacing = 1.0
        scene = self._added_paragraph(SCENE_BREAK)
        scene.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._added_paragraph(TABLE_HEADING).font.bold = True
        note = self._added_paragraph(NOTE_TEXT)
        note.font.size = Pt(9)
        note.paragraph_format.space_after = Pt(2)
        self._added(NOTE_MARK, WD_STYLE_TYPE.CHARACTER).font.superscript = True
        link = self._added(LINK, WD_STYLE_TYPE.CHARACTER)
        link.font.color.rgb, link.font.underline = RGBColor(0x1F, 0x4E, 0x99), True
        quote = self._paragraph(QUOTE)
        quote.font.italic = False
        quote.paragraph_format.left_indent = INDENT
        self._added_paragraph("Author")
        self._added_paragraph("Date")

    def identifier(self, name: str) -> str:
        """Return the id by which elements name a style; python-docx would look through all of them."""
        if name not in self._identifiers:
            self._identifiers[name] = str(self._styles[name].style_id)
        return self._identifiers[name]

    def _paragraph(self, name: str) -> ParagraphStyle:
        style: BaseStyle = self._styles[name]
        return style  # type: ignore[return-value] # the template has it as a paragraph's style

    def _added(self, name: str, kind: WD_STYLE_TYPE) -> CharacterStyle:
        style: CharacterStyle = self._styles.add_style(name, kind)
        return style  # of either kind: both have a font

    def _added_paragraph(self, name: str) -> ParagraphStyle:
        style: ParagraphStyle = self._added(name, WD_STYLE_TYPE.PARAGRAPH)  # type: ignore[assignment]
        style.base_style = self._styles["Normal"]
        return style

    def _set_language(self, language: str) -> None:
        """Choose faces and proofing by the script; without them ideographs come out in a Japanese face."""
        properties = self._styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        short = language.split("-", maxsplit=1)[0].lower()
        for element in (properties, self._styles["Normal"].element.get_or_add_rPr()):
            fonts = element.find(qn("w:rFonts"))
            if fonts is not None and short in _ASIAN_FONTS:
                fonts.attrib.pop(qn("w:eastAsiaTheme"), None)
                attributes(fonts, eastAsia=_ASIAN_FONTS[short])
        codes = properties.find(qn("w:lang"))
        if codes is None:
            codes = make("w:lang")
            properties.append(codes)
        if short in _ASIAN_CODES:
            attributes(codes, eastAsia=language if "-" in language else _ASIAN_CODES[short])
        elif language:
            attributes(codes, val=language)


class Numbering:
    """Makes lists: one definition for bullets, one for numbers, and for each list a use of its own."""

    def __init__(self, document: DocxDocument) -> None:
        self._root = document.part.numbering_part.element
        taken = [int(one.get(qn("w:abstractNumId"))) for one in self._root.findall(qn("w:abstractNum"))]
        self._first = max(taken, default=0) + 1
        used = [int(one.get(qn("w:numId"))) for one in self._root.findall(qn("w:num"))]
        self._next = max(used, default=0) + 1
        before = self._root.find(qn("w:num"))
        for number, ordered in enumerate((False, True)):
            definition = self._definition(self._first + number, ordered=ordered)
            if before is None:
                self._root.append(definition)
            else:
                before.addprevious(definition)

    def new_list(self, start: int | None) -> int:
        """Return the number of a new list, for its paragraphs; `start`: its first, None for bullets."""
        number, self._next = self._next, self._next + 1
        use = make("w:num", numId=number)
        use.append(make("w:abstractNumId", val=self._first + (start is not None)))
        for level in range(_LEVELS if start is not None else 0):
            override = make("w:lvlOverride", ilvl=level)
            override.append(make("w:startOverride", val=start))
            use.append(override)
        self._root.append(use)
        return number

    @staticmethod
    def _definition(number: int, *, ordered: bool) -> etree._Element:
        definition = make("w:abstractNum", abstractNumId=number)
        definition.append(make("w:multiLevelType", val="hybridMultilevel"))
        for level in range(_LEVELS):
            one = make("w:lvl", ilvl=level)
            one.append(make("w:start", val=1))
            one.append(make("w:numFmt", val="decimal" if ordered else "bullet"))
            one.append(make("w:lvlText", val=f"%{level + 1}." if ordered else "•◦▪"[level % 3]))
            one.append(make("w:lvlJc", val="left"))
            indent = make("w:pPr")
            indent.append(make("w:ind", left=INDENT.twips * (level + 1), hanging=INDENT.twips))
            one.append(indent)
            definition.append(one)
        return definition


class NotesPart:
    """The part that holds the footnotes' texts, with the two lines that every such part begins with."""

    def __init__(self, document: DocxDocument) -> None:
        self.root = parse_xml(
            f"<w:footnotes {nsdecls('w', 'r')}>"
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="0">'
            "<w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote></w:footnotes>"
        )
        self._main = document.part
        package = document.part.package
        assert package is not None
        self.part = _XmlPart(PackURI("/word/footnotes.xml"), _NOTES_TYPE, b"", package)
        self.part.root = self.root
        self._related = False

    def add(self, number: int) -> etree._Element:
        """Return a new, empty footnote; an id is 1 or more."""
        if not self._related:
            self._main.relate_to(self.part, _NOTES_RELATION)
            self._related = True
        note = make("w:footnote", id=number)
        self.root.append(note)
        return note


class _XmlPart(Part):
    """A part whose XML is made while the document is."""

    root: etree._Element

    @property
    def blob(self) -> bytes:
        from lxml import etree  # noqa: PLC0415 - beside python-docx, which has loaded it

        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)
