"""The engine and a peer typed at in turn, so that a busy machine slows both."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from itertools import islice

from penwright.cli.measuring.figures import mean, percentile
from penwright.cli.measuring.keystrokes import request
from penwright.cli.measuring.peer import Peer
from penwright.cli.measuring.prose import document, sentences
from penwright.core.suggestion import Suggestion
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Request

_SHARE = 0.5  # of the words that are forced
_AHEAD = 48  # letters that are forced at most: more than the answer's tokens have


@dataclass
class Comparison:
    """Milliseconds for each key, ours and the peer's; and how many tokens the answers had in all."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    asked: int = 0
    our_tokens: int = 0
    their_tokens: int = 0

    def ask(self, engine: BlockingEngine, question: Request) -> str:
        """Ask the engine; return its answer's text."""
        done = engine.ask(question)
        self.asked += 1
        self.our_tokens += done.tokens
        return done.text

    def ask_peer(self, peer: Peer, prompt: str) -> None:
        """Ask the peer, and keep its time."""
        ms, tokens = peer.complete(prompt)
        self.theirs.append(ms)
        self.their_tokens += tokens

    def figures(self) -> dict[str, float]:
        """Return what is reported."""
        ours, theirs = mean(self.ours), mean(self.theirs)
        our_p50, their_p50 = percentile(self.ours, 0.5), percentile(self.theirs, 0.5)
        return {
            "keys": len(self.ours),
            "asked": self.asked,
            "mean_ms": round(ours, 2),
            "peer_mean_ms": round(theirs, 2),
            "mean_ratio": round(ours / theirs, 4),
            "p50_ms": round(our_p50, 2),
            "peer_p50_ms": round(their_p50, 2),
            "p50_ratio": round(our_p50 / their_p50, 4),
            "tokens_an_answer": round(self.our_tokens / max(1, self.asked), 2),
            "peer_tokens_an_answer": round(self.their_tokens / len(self.theirs), 2),
        }


class Passage:
    """A text that stands there already, and words to be typed after it, half of them forced."""

    def __init__(self, letters: int, keys: int, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - the same passage each time is what is wanted
        self.start = document(seed + 300, letters)
        self._words: list[str] = []
        for sentence in islice(sentences(seed + 301), keys):
            self._words += [" " + word for word in sentence.split(" ")]
            if sum(map(len, self._words)) > keys + _AHEAD:
                break
        self._forced = [chance.random() < _SHARE for _ in self._words]
        self.typed = "".join(self._words)[:keys]

    def forced_after(self, count: int) -> str:
        """Return what an answer after the first `count` typed letters has to begin with.

        That is the rest of the word under way and the words after it, as far as they are forced.
        """
        found, place = "", 0
        for word, forced in zip(self._words, self._forced, strict=True):
            place += len(word)
            if place <= count:
                continue
            if not forced or len(found) >= _AHEAD:
                break
            found += word[max(0, count - place + len(word)) :]
        return found


def typed_passage(engine: BlockingEngine, peer: Peer, passage: Passage, *, forced: bool) -> Comparison:
    """Type the passage with both: the peer is asked at each key.

    A key that the shown suggestion goes on with asks our engine nothing (core.suggestion); its time is that
    of finding so. Every answer is shown, however unsure.
    """
    name = f"passage, forced {forced}"
    engine.ask(request(passage.start, "", name, patient=True))
    peer.complete(passage.start)
    found = Comparison()
    shown: Suggestion | None = None
    for count, letter in enumerate(passage.typed, 1):
        before = passage.start + passage.typed[:count]
        if count % 2:
            found.ask_peer(peer, before)
        began = time.perf_counter()
        shown = shown.typed(letter) if shown is not None else None
        if shown is None or not shown.text:
            wanted = passage.forced_after(count) if forced else ""
            shown = Suggestion(count, found.ask(engine, request(before, "", name, forced=wanted)))
        found.ours.append((time.perf_counter() - began) * 1000)
        if not count % 2:
            found.ask_peer(peer, before)
    return found


def one_request(engine: BlockingEngine, peer: Peer, letters: int, times: int, seed: int) -> Comparison:
    """Ask both for single answers after a text that is in their caches but for the last word."""
    text = document(seed + 302, letters)
    spaces = [at for at, letter in enumerate(text) if letter == " " and at > len(text) // 2]
    chance = random.Random(seed)  # noqa: S311 - as above
    found = Comparison()
    for number in range(times):
        place = chance.randrange(len(spaces) - 1)
        known, before = text[: spaces[place]], text[: spaces[place + 1]]
        name = f"one {number}"
        engine.ask(request(known, "", name, patient=True))
        peer.complete(known)
        if number % 2:
            found.ask_peer(peer, before)
        began = time.perf_counter()
        found.ask(engine, request(before, "", name))
        found.ours.append((time.perf_counter() - began) * 1000)
        if not number % 2:
            found.ask_peer(peer, before)
    return found
