"""What no writer wants to be offered, whatever its probability: markup, loops, what was just said.

Each rule names the place in an answer from which on it must not be shown; 0 is all of it. They look for
what small models and models of chats are known to leak, not for what a text may say: the only words that
are withheld are the writer's own list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from penwright.core import segment

_CONTEXT = 24  # letters before the caret in which a mark may have begun that the answer ends
# Looks like a control token or a part of a prompt. "<" and "[" alone are text.
_MARKUP = re.compile(
    r"<\|[^\s<>|]*\|?>?|\|>|</?(?:im_|fim_|begin|end|start|eot|eos|bos|system|user|assistant|think|tool|0x)"
    r"|</?(?:s|unk|pad|bom|eom)>|\[/?INST\]|<</?SYS>>|#{3,}|`{2,}|~{3,}",
    re.IGNORECASE,
)
# The turns of a dialogue, at the beginning of a line.
_TURN = re.compile(r"\s*(?:User|Assistant|System|Human|Instruction|Response|Input|Output)\s*:", re.IGNORECASE)
# Three dots are an ellipsis; "?!" and "--" and closing quotes after a full stop are writing.
_RUN = re.compile(r"([^\w\s.]|_)\1{2,}|\.{4,}|[^\w\s\"'”’»)\]}*_「」『』（）《》—–-]{4,}")
_SAID = 160  # letters before the caret that count as just said
_PHRASE = 3  # words that, coming again so soon, are no chance
_PERIOD = 5  # words


def first_fault(text: str, before: str, banned: Iterable[str] = ()) -> tuple[int, str]:
    """Return where the first fault of `text` begins, and its name; its length and "" when there is none.

    Names: "garbled", "markup", "marks" (a run of them), "banned".
    """
    found = [
        (_garbled(text), "garbled"),
        (_markup(text, before), "markup"),
        (_run_of_marks(text, before), "marks"),
        (_banned(text, before, banned), "banned"),
    ]
    at, name = min(found, key=lambda fault: fault[0])
    return (at, name) if at < len(text) else (len(text), "")


def mismatch(text: str, before: str) -> str:
    """Return why `text` can't be what goes on right after `before`, or "".

    "script": Latin letters right after Chinese or Japanese, with no space. "glued": a capital letter, or a
    letter of another script, within a word.
    """
    if not before or not text:
        return ""
    last, first = before[-1], text[0]
    if segment.is_ideographic(last):
        return "script" if first.isalpha() and _latin(first) else ""
    if not (segment.in_word(last) and segment.in_word(first)):
        return ""
    if last.islower() and (first.isupper() or first.isdigit()):
        return "glued"
    return "glued" if last.isalpha() and first.isalpha() and _latin(last) != _latin(first) else ""


def _latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" or "\uff21" <= letter <= "\uff5a"


def _garbled(text: str) -> int:
    """Return where a letter stands that no text has: of a broken sequence of bytes, or a control."""
    for at, letter in enumerate(text):
        if letter == "\ufffd" or (letter < " " and letter != "\t") or "\x7f" <= letter <= "\x9f":
            return at
        if "\ud800" <= letter <= "\udfff" or "\ue000" <= letter <= "\uf8ff":
            return at
    return len(text)


def _in_text(pattern: re.Pattern[str], text: str, before: str) -> int:
    """Return where `pattern` is found in `text`, even when it began before the caret."""
    tail = before[-_CONTEXT:].rsplit("\n", 1)[-1]
    for match in pattern.finditer(tail + text):
        if match.end() > len(tail):
            return max(0, match.start() - len(tail))
    return len(text)


def _markup(text: str, before: str) -> int:
    line = before.rsplit("\n", 1)[-1]
    if not line.strip() and _TURN.match(text):
        return 0
    return _in_text(_MARKUP, text, before)


def _run_of_marks(text: str, before: str) -> int:
    return _in_text(_RUN, text, before)


def _banned(text: str, before: str, phrases: Iterable[str]) -> int:
    """Return where the first of the writer's banned phrases begins, begun before the caret or not."""
    first = len(text)
    for phrase in phrases:
        words = phrase.split()
        if not words:
            continue
        pattern = r"\s+".join(re.escape(word) for word in words)
        # At word bounds, where the script has them.
        if segment.in_word(words[0][0]):
            pattern = rf"(?<![^\W_])(?:{pattern})"
        if segment.in_word(words[-1][-1]):
            pattern = rf"(?:{pattern})(?![^\W_])"
        tail = before[-len(phrase) - 8 :] if before else ""
        for match in re.compile(pattern, re.IGNORECASE).finditer(tail + text):
            if match.end() > len(tail):
                first = min(first, max(0, match.start() - len(tail)))
                break
    return first


def _words(text: str) -> list[tuple[int, str]]:
    """Return where each word of `text` begins (its white space too), and the word in lower case."""
    found: list[tuple[int, str]] = []
    start = 0
    for end in segment.piece_ends(text):
        word = "".join(letter for letter in text[start:end] if not letter.isspace()).casefold()
        found.append((start, word.strip("\"'“”‘’(),;:.!?")))
        start = end
    return [(at, word) for at, word in found if word]


def first_repetition(text: str, before: str) -> int:
    """Return where `text` begins to say something again that it, or `before`, has just said.

    The same word twice, or one of up to _PERIOD words that comes again at once, is a loop of the model's;
    a name or a term that comes again later is writing, and mostly right.
    """
    stem = "" if text[:1].isspace() else segment.trailing_word(before)
    said = [word for _, word in _words(before.removesuffix(stem)[-_SAID:])]
    fresh = [(max(0, at - len(stem)), word) for at, word in _words(stem + text)]
    words = [*said, *(word for _, word in fresh)]
    for place in range(len(said), len(words)):
        if place and place == len(said) and words[place] == words[place - 1]:
            return 0
        for period in range(1, _PERIOD + 1):
            length = _PHRASE if period > 1 else 2
            # The words from here on are those of one period before.
            again = words[place : place + length]
            earlier = words[max(0, place - period) : place - period + length]
            if place >= period and len(again) == length and again == earlier:
                return fresh[place - len(said)][0]
    return len(text)
