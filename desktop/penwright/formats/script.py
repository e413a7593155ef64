"""In which script a document is written, where it doesn't say its language."""

from __future__ import annotations

import re
from itertools import islice

from penwright.formats.model import Code, Document, Text, walk

_LOOKED_AT = 20_000  # letters; more would say the same
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")


def language_of(document: Document) -> str:
    """Return what the document says its language is, else "zh", "ja" or "ko" by its letters, else ""."""
    if document.about.language:
        return document.about.language
    texts = (piece.text for piece in walk(document.blocks) if isinstance(piece, Text | Code))
    sample = document.about.title + " ".join(islice(texts, 2000))[:_LOOKED_AT]
    kana, hangul, han = (len(found.findall(sample)) for found in (_KANA, _HANGUL, _HAN))
    # A word of Latin letters weighs as much as two ideographs.
    most = 2 * len(_LATIN.findall(sample))
    if kana + han + hangul <= most:
        return ""
    if hangul > han + kana:
        return "ko"
    return "ja" if kana * 10 > han else "zh"
