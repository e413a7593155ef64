"""A document of the model set in type: the QTextDocument that is printed, exported as PDF and previewed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextListFormat,
    QTextTableCellFormat,
    QTextTableFormat,
)

from penwright.formats.anchors import anchors
from penwright.formats.losses import Losses
from penwright.formats.model import (
    Block,
    Blocks,
    Break,
    Code,
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    Inlines,
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
    note_order,
)
from penwright.formats.model import Text as Letters
from penwright.formats.pictures import Pictures
from penwright.formats.script import language_of
from penwright.ui.pages.picture_sizes import decoded
from penwright.ui.typeface import SERIF, chosen

_INK, _LINK, _SHADE, _LINE = QColor("#1a1a18"), QColor("#1f4e99"), QColor("#f3f1ea"), QColor("#a8a39a")
_HEADING_SIZES = (1.7, 1.4, 1.2, 1.08, 1.0, 1.0)  # of the text's size
_LINE_HEIGHT = 135.0  # per cent
_FIRST_FACES = {"ja": "Noto Serif CJK JP", "ko": "Noto Serif CJK KR", "zh-tw": "Noto Serif CJK TC"}
_MONO = ("Consolas", "Menlo", "Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono")
HEADING_PROPERTY = QTextFormat.Property.UserProperty + 1  # on a heading's block: its level


@dataclass(frozen=True)
class _Place:
    """How blocks are set: what they lie in. left, right: margins in pixels at 96 dpi."""

    left: float = 0.0
    right: float = 0.0
    level: int = 0  # of lists
    space: float = 8.0  # below a paragraph


class Typesetter:
    """Sets one document. points: the text's size. width: of the column, in pixels at 96 dpi.

    scale: of the device's dots to such pixels. Qt scales sizes, and margins above and below, but neither
    margins beside nor borders.
    """

    def __init__(
        self,
        document: Document,
        pictures: Pictures,
        losses: Losses,
        *,
        points: float,
        width: float,
        scale: float,
    ) -> None:
        self._document = document
        self._pictures = pictures
        self._losses = losses
        self._width = width
        self._points = points
        self._scale = scale
        self._numbers = {name: number for number, name in enumerate(note_order(document), 1)}
        self._anchors = anchors(document)
        self._mono = next((face for face in _MONO if face in QFontDatabase.families()), "monospace")
        self._set = QTextDocument()
        self._cursor = QTextCursor(self._set)
        self._fresh = True  # the next block is the one that every document begins with

    def set(self) -> QTextDocument:
        """Return the document, set but not laid out yet."""
        self._set.setUndoRedoEnabled(False)
        self._set.setDefaultFont(self._font())
        self._set.setDocumentMargin(0)
        self._cursor.beginEditBlock()
        about = self._document.about
        if about.title:
            self._title(about.title, 2.1, bold=True, below=6)
        for words in (about.author, about.date):
            if words:
                self._title(words, 1.0, bold=False, below=2)
        self._blocks(self._document.blocks, _Place())
        self._notes()
        self._cursor.endEditBlock()
        return self._set

    def _font(self) -> QFont:
        families = chosen(SERIF, QFontDatabase.families())
        language = language_of(self._document).lower()
        first = _FIRST_FACES.get(language) or _FIRST_FACES.get(language.partition("-")[0])
        if first:
            families.insert(1, first)
        font = QFont()
        font.setFamilies(families)
        font.setPointSizeF(self._points)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def _letters(self) -> QTextCharFormat:
        manner = QTextCharFormat()
        manner.setForeground(_INK)
        manner.setFontPointSize(self._points)
        return manner

    def _title(self, words: str, size: float, *, bold: bool, below: float) -> None:
        shape = QTextBlockFormat()
        shape.setBottomMargin(below)
        self._begin(shape)
        manner = self._letters()
        manner.setFontPointSize(self._points * size)
        manner.setFontWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        self._cursor.insertText(words, manner)

    def _begin(self, shape: QTextBlockFormat) -> None:
        """Begin a block; it has the document's letters until others are inserted."""
        if self._fresh:
            self._cursor.setBlockFormat(shape)
            self._cursor.setBlockCharFormat(self._letters())
            self._fresh = False
        else:
            self._cursor.insertBlock(shape, self._letters())

    def _shape(self, place: _Place) -> QTextBlockFormat:
        shape = QTextBlockFormat()
        shape.setLeftMargin(place.left * self._scale)
        shape.setRightMargin(place.right * self._scale)
        shape.setBottomMargin(place.space)
        shape.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        return shape

    def _blocks(self, blocks: Blocks, place: _Place) -> None:
        for block in blocks:
            self._block(block, place)

    def _block(self, block: Block, place: _Place) -> None:
        match block:
            case Heading():
                self._heading(block, place)
            case Paragraph(inside):
                self._begin(self._shape(place))
                self._inline(inside, self._letters())
            case Quote(blocks):
                self._blocks(blocks, replace(place, left=place.left + 28, right=place.right + 16))
            case Listing():
                self._listing(block, place)
            case CodeBlock(text):
                self._code_block(text, place)
            case Table():
                self._table(block, place)
            case Rule():
                shape = self._shape(place)
                shape.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                shape.setTopMargin(10)
                shape.setBottomMargin(18)
                self._begin(shape)
                self._cursor.insertText("* * *", self._letters())

    def _heading(self, heading: Heading, place: _Place) -> None:
        size = self._points * _HEADING_SIZES[heading.level - 1]
        shape = self._shape(place)
        shape.setTopMargin(size * 1.3)
        shape.setBottomMargin(size * 0.5)
        shape.setLineHeight(115, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setProperty(HEADING_PROPERTY, heading.level)
        self._begin(shape)
        manner = self._letters()
        manner.setFontPointSize(size)
        manner.setFontWeight(QFont.Weight.Bold)
        manner.setAnchor(True)
        manner.setAnchorNames([self._anchors.get(id(heading), "")])
        self._inline(heading.inside, manner)

    def _listing(self, listing: Listing, place: _Place) -> None:
        marks = QTextListFormat()
        circles = (QTextListFormat.Style.ListDisc, QTextListFormat.Style.ListCircle)
        ordered = listing.start is not None
        marks.setStyle(QTextListFormat.Style.ListDecimal if ordered else circles[place.level % 2])
        marks.setStart(listing.start or 0 if ordered else 1)
        marks.setIndent(1)
        inner = replace(place, level=place.level + 1, space=2.0 if listing.tight else place.space)
        made = None
        for item in listing.items:
            first, *rest = item or (Paragraph(()),)
            self._block(first if isinstance(first, Paragraph) else Paragraph(()), inner)
            if made is None:
                made = self._cursor.createList(marks)
            else:
                made.add(self._cursor.block())
            further = rest if isinstance(first, Paragraph) else item
            self._blocks(tuple(further), replace(inner, left=place.left + self._set.indentWidth()))
        if listing.tight and place.level == 0:
            shape = self._cursor.blockFormat()
            shape.setBottomMargin(place.space)
            self._cursor.setBlockFormat(shape)

    def _code_block(self, text: str, place: _Place) -> None:
        shape = self._shape(replace(place, left=place.left + 10))
        shape.setBackground(QBrush(_SHADE))
        shape.setLineHeight(115, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        self._begin(shape)
        self._cursor.insertText(text.replace("\n", "\u2028"), self._code_letters())

    def _code_letters(self) -> QTextCharFormat:
        manner = self._letters()
        manner.setFontFamilies([self._mono, *chosen(SERIF, QFontDatabase.families())[1:]])
        manner.setFontPointSize(self._points * 0.88)
        return manner

    def _table(self, table: Table, place: _Place) -> None:
        shape = QTextTableFormat()
        shape.setBorderCollapse(True)
        shape.setBorder(0)
        shape.setCellPadding(5)
        shape.setCellSpacing(0)
        shape.setLeftMargin(place.left * self._scale)
        shape.setTopMargin(4)
        shape.setBottomMargin(12)
        shape.setHeaderRowCount(1)
        shape.setWidth(QTextLength())
        self._fresh = False
        made = self._cursor.insertTable(1 + len(table.rows), len(table.alignments), shape)
        lined = QTextTableCellFormat()
        lined.setBorder(0.7)
        lined.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        lined.setBorderBrush(_LINE)
        sides = {"center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}
        for row, cells in enumerate((table.header, *table.rows)):
            for column, (inside, side) in enumerate(zip(cells, table.alignments, strict=True)):
                cell = made.cellAt(row, column)
                cell.setFormat(lined)
                self._cursor = cell.firstCursorPosition()
                line = QTextBlockFormat()
                line.setAlignment(sides.get(side, Qt.AlignmentFlag.AlignLeft))
                self._cursor.setBlockFormat(line)
                manner = self._letters()
                if row == 0:
                    manner.setFontWeight(QFont.Weight.Bold)
                self._inline(inside, manner)
        self._cursor = QTextCursor(self._set)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._fresh = True  # Qt puts an empty block behind a table: it takes what follows

    def _notes(self) -> None:
        if not self._numbers:
            return
        shape = self._shape(_Place(space=4))
        shape.setProperty(
            QTextFormat.Property.BlockTrailingHorizontalRulerWidth,
            QTextLength(QTextLength.Type.PercentageLength, 30),
        )
        shape.setTopMargin(24)
        self._begin(shape)
        whole, self._points = self._points, self._points * 0.88
        for name, number in self._numbers.items():
            first, *rest = self._document.notes[name] or (Paragraph(()),)
            self._begin(self._shape(_Place(left=20, space=4)))
            small = self._letters()
            mark = QTextCharFormat(small)
            mark.setAnchor(True)
            mark.setAnchorHref(f"#ref-{number}")
            mark.setAnchorNames([f"note-{number}"])
            mark.setForeground(_LINK)
            self._cursor.insertText(f"{number}.", mark)
            self._cursor.insertText(" ", small)
            if isinstance(first, Paragraph):
                self._inline(first.inside, small)
                self._blocks(tuple(rest), _Place(left=20, space=4))
            else:
                self._blocks((first, *rest), _Place(left=20, space=4))
        self._points = whole

    def _inline(self, inside: Inlines, manner: QTextCharFormat) -> None:
        for piece in inside:
            changed = QTextCharFormat(manner)
            match piece:
                case Letters(text):
                    self._cursor.insertText(text, manner)
                case Code(text):
                    changed.merge(self._code_letters())
                    self._cursor.insertText(text, changed)
                case Break():
                    self._cursor.insertText("\u2028", manner)
                case Emphasis(within):
                    changed.setFontItalic(not manner.fontItalic())
                    self._inline(within, changed)
                case Strong(within):
                    changed.setFontWeight(QFont.Weight.Bold)
                    self._inline(within, changed)
                case Struck(within):
                    changed.setFontStrikeOut(True)
                    self._inline(within, changed)
                case Link(target, within):
                    changed.setAnchor(True)
                    changed.setAnchorHref(target)
                    changed.setForeground(_LINK)
                    self._inline(within, changed)
                case Picture():
                    self._picture(piece, manner)
                case NoteMark(name) if name in self._numbers:
                    self._mark(self._numbers[name], changed)

    def _mark(self, number: int, manner: QTextCharFormat) -> None:
        manner.setAnchor(True)
        manner.setAnchorHref(f"#note-{number}")
        manner.setAnchorNames([f"ref-{number}"])
        manner.setForeground(_LINK)
        manner.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        self._cursor.insertText(str(number), manner)

    def _picture(self, picture: Picture, manner: QTextCharFormat) -> None:
        found = self._pictures.find(picture.target)
        image, loss = decoded(found)
        if image is None:
            self._losses.add(loss)
            self._cursor.insertText(picture.words or picture.target, manner)
            return
        name = f"picture:{found.name if found else ''}"
        self._set.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
        shape = QTextImageFormat()
        shape.setName(name)
        shape.setWidth(min(self._width, _shown_width(image)))
        shape.setHeight(shape.width() * image.height() / max(1, image.width()))
        self._cursor.insertImage(shape)


def _shown_width(image: QImage) -> float:
    """Return how wide a picture is shown, in pixels at 96 dpi: as it says itself, within reason."""
    dots = image.dotsPerMeterX() * 0.0254
    return image.width() * 96 / dots if 50 <= dots <= 1200 else image.width()
