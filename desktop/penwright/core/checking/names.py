"""Names of people, places and institutions in a text, as far as they can be told from other words.

English marks names by capitals. Chinese marks nothing: there a name is known by a surname before a title or a
word of saying, and an institution or a place by its last letters. What is not sure is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_CAPITAL = re.compile(r"[A-Z]\.(?=\s?[A-Z])|[A-Z][\w’'\-]*")
_JOINER = re.compile(r"[ \u00a0]?(?:(?:of|the|and|de|van|von|der|la|&) )*(?=[A-Z])")
_SAYS = re.compile(r"(?:['’]s)?,? (?:said|says|told|added|explained|wrote|announced|who|which)\b|['’]s\b")
_STARTS = re.compile(r"(?:^|[.!?…:;]['\"”’)]*\s+|[\n“\"‘(\[|]|[-*•#>]\s|\d[.)]\s)[ \t*_#>“\"‘(]*$")
_PLAIN = """
    i i'm i've i'll i'd mr mrs ms dr prof st the a an am pm ok dear re ps pps faq vip diy pdf usb tv what why
    how when where who yes no
"""
_NO_NAMES = frozenset(_PLAIN.split())
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&’'\-]{2,}")

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = r"[^\W\d_a-zA-Z的了是在有和也都就又还很们这那不]"
_PERSON = re.compile(
    rf"(?<![\u4e00-\u9fff])([{_SURNAMES}]{_GIVEN}{{1,2}})(?=说|表示|指出|认为|告诉|称|介绍|坦言|回忆|透露|补充|解释|强调)"
    rf"|([{_SURNAMES}]{_GIVEN}{{0,2}}(?:先生|女士|教授|主任|经理|总裁|董事长|博士|医生|院长|校长|局长|镇长|市长|书记|记者))"
    rf"|(?<=记者|作家|教授|主任|经理|院长|校长|局长|专家|老师|医生|居民|村民|市民|业主|工人|学生|队员|责人|人员)([{_SURNAMES}]{_GIVEN}{{1,2}})(?=说|表示|指出|认为|告诉|称|介绍|坦言|透露)"
)
_NO_PERSON = frozenset(
    {"任何人", "方面", "何人", "文章", "高兴", "白天", "马上", "石头", "金额", "万一", "常说", "文中"}
)
_INSTITUTION = re.compile(
    r"[\u4e00-\u9fff]{2}(?:有限公司|公司|集团|大学|学院|医院|银行|研究院|研究所|委员会|协会|基金会|出版社|报社|电视台|法院"
    r"|检察院|公安局|小学|中学|幼儿园)"
)
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2}(?:省|市|县|镇|乡|村)(?![\u4e00-\u9fff]{0,1}(?:级|里|长|民|委|场|值|政|面))"
)
_NO_PLACE = re.compile(
    r".(?:城|超|都|股|夜|上|集|门|早|菜|本|全|该)市|.(?:家|故|下|城|老|回|他)乡|.(?:农|乡|全|山|进|本)村|.(?:小|城|全|冰|古)镇"
    r"|.(?:全|本|该)县|.(?:节|全|反|本|外)省|[一二三四五六七八九十这那哪个座每两几]..?"
)
_GENERIC = frozenset("该本我这那其家所们在到的一是与和及从向对为由")


def names_in(text: str) -> Iterator[Span]:
    """Give where names stand, each once; a span may hold some words before an institution's own."""
    yield from _capitals(text)
    for found in _PERSON.finditer(text):
        if found[0] not in _NO_PERSON:
            yield found.span()
    for found in _INSTITUTION.finditer(text):
        if not set(found[0][:2]) & _GENERIC:
            yield found.span()
    for found in _PLACE.finditer(text):
        if not _NO_PLACE.fullmatch(found[0]) and not set(found[0][:2]) & _GENERIC:
            yield found.span()


def _capitals(text: str) -> Iterator[Span]:
    start = 0
    for line in text.splitlines(keepends=True):
        if any("\u4e00" <= letter <= "\u9fff" for letter in line):
            yield from ((start + a.start(), start + a.end()) for a in _LATIN.finditer(line))
        elif not _titled(line):
            for first, last in _groups(line):
                yield start + first, start + last
        start += len(line)


def _titled(line: str) -> bool:
    """Whether a line is written with capitals throughout, as headlines are."""
    words = re.findall(r"[A-Za-z][\w’'-]{3,}", line)
    if re.search(r"[.!?]['\"”’)]*\s*$", line):
        return False
    return len(words) >= 2 and sum(1 for word in words if word[0].isupper()) >= 0.7 * len(words)


def _groups(line: str) -> Iterator[Span]:
    """Give runs of capitalised words; the first word of a sentence counts only where more follows."""
    at = 0
    while found := _CAPITAL.search(line, at):
        start, end = found.span()
        if start and (line[start - 1].isalnum() or line[start - 1] in "'’@/."):
            at = end
            continue
        words = [found]
        while (joint := _JOINER.match(line, end)) and (more := _CAPITAL.match(line, joint.end())):
            words.append(more)
            end = more.end()
        at = end
        if _STARTS.search(line[:start]) is not None or not line[:start].strip():
            if len(words) == 1 and not _SAYS.match(line, end):
                continue
            if len(words) > 1:
                start = words[1].start()
        yield start, end


def words_of(name: str) -> list[str]:
    """Return what of a name has to be known: its words without titles and endings, in small letters."""
    words = re.findall(r"[^\W_]+(?:[’'\-][^\W_]+)*", name.lower())
    made = (re.sub(r"['’]s$", "", word) for word in words)
    return [word for word in made if word and word not in _NO_NAMES and not word.isdigit()]
