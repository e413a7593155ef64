"""Which letters a PDF's glyphs stand for, set right, so that what is copied or searched is the writer's text.

Qt names each glyph by the first letter that its font has it for: a tab for a space, and in Chinese faces a
radical for the word that looks the same.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from unicodedata import normalize

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, StreamObject

_LIST = re.compile(rb"\[([^\]]*)\]")
_CODE = re.compile(rb"<([0-9A-Fa-f]{4}|[0-9A-Fa-f]{8})>")
# Radicals without a decomposition of their own, and the words that have the same glyph in Chinese faces.
_RADICALS = dict(
    zip(
        "⺂⺃⺅⺉⺎⺏⺐⺒⺓⺔⺕⺖⺘⺙⺛⺞⺠⺡⺣⺦⺨⺫⺭⺯⺰⺱⺲⺹⺺⺾⻁⻂⻃⻅⻆⻈⻉⻋⻌⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛"
        "⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲⺋⺤⺳⺿⻎⻄⻍⻭",
        "乛乚亻刂兀尣尢巳幺彑彐忄扌攵旡歺民氵灬丬犭罒礻糹纟罓罒耂肀艹虎衤覀见角讠贝车辶钅長镸长门阝青韦页风"
        "飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐齿竜龙龜亀㔾爫㓁艹辶西辶歯",
        strict=True,
    )
)
_SEVERAL = {"⼾": "户戶戸"}
_SPACE = {"\t": " "}


def name_letters(writer: PdfWriter, letters: AbstractSet[str]) -> None:
    """Change what the glyphs of every font stand for. letters: all that the document holds."""
    seen: set[int] = set()
    for page in writer.pages:
        fonts = page.get("/Resources", DictionaryObject()).get_object()
        fonts = fonts.get("/Font", DictionaryObject()).get_object() if isinstance(fonts, dict) else {}
        for font in fonts.values():
            table = font.get_object().get("/ToUnicode")
            stream = table.get_object() if table is not None else None
            if isinstance(stream, StreamObject) and id(stream) not in seen:
                seen.add(id(stream))
                stream.set_data(_renamed(stream.get_data(), letters))


def _renamed(table: bytes, letters: AbstractSet[str]) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        letter = bytes.fromhex(found[1].decode("ascii")).decode("utf-16-be", "replace")
        named = _meant(letter, letters)
        return b"<" + named.encode("utf-16-be").hex().upper().encode("ascii") + b">"

    return _LIST.sub(lambda found: b"[" + _CODE.sub(one, found[1]) + b"]", table)


def _meant(letter: str, letters: AbstractSet[str]) -> str:
    if letter in _SPACE:
        return _SPACE[letter]
    if letter in letters:
        return letter
    candidates = _SEVERAL.get(letter) or _RADICALS.get(letter)
    if candidates is None:
        return normalize("NFKC", letter)
    return next((one for one in candidates if one in letters), candidates[0])
