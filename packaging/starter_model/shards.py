"""A corpus as tokens on disk: made once, read without loading it whole.

For each source and side ("train", "held") two files: `SOURCE-SIDE.npy`, all tokens in a row (uint16), and
`SOURCE-SIDE.starts.npy`, where each document begins, with the end of the last one (int64). `made.json` says
what they were made from; where that is the same they are not made again.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from starter_model.corpus import CorpusError, documents
from starter_model.dressing import dressed
from starter_model.vocabulary import Tokens, Vocabulary

MODERN = "modern"  # the source that is wanted whole, and more of than there is
_MADE = "made.json"


@dataclass(frozen=True)
class Shard:
    """The documents of one source and side. tokens: shape (n,), on disk; starts: shape (documents + 1,)."""

    source: str
    tokens: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, folder: Path, source: str, side: str) -> Shard:
        """Open one. Raises OSError."""
        tokens = np.load(folder / f"{source}-{side}.npy", mmap_mode="r")
        return cls(source, tokens, np.load(folder / f"{source}-{side}.starts.npy"))

    def __iter__(self) -> Iterator[Tokens]:
        for first, end in zip(self.starts[:-1], self.starts[1:], strict=True):
            yield np.asarray(self.tokens[first:end])


def made_of(corpus: Path, vocabulary: Vocabulary, seed: int, part: float) -> dict[str, object]:
    """Return what shards of this corpus and vocabulary are known by."""
    files = {file.name: file.stat().st_size for file in sorted(corpus.glob("*.txt.xz"))}
    return {"files": files, "vocabulary": vocabulary.digest, "seed": seed, "part": part}


def make(corpus: Path, vocabulary: Vocabulary, folder: Path, seed: int, part: float = 1.0) -> list[str]:
    """Tokenize a corpus into `folder` unless it is there already; return the sources' names.

    part: how much of sources other than modern prose is used, 0 to 1; a short training sees no more.

    Raises CorpusError, OSError.
    """
    wanted = made_of(corpus, vocabulary, seed, part)
    try:
        kept = json.loads((folder / _MADE).read_text("utf-8"))
        if kept["of"] == wanted:
            return list(kept["sources"])
    except (OSError, ValueError, LookupError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    texts: dict[tuple[str, str], list[Tokens]] = {}
    for number, document in enumerate(documents(corpus)):
        if document.source != MODERN and not document.in_part(part):
            continue
        # What is measured stays as it was found.
        chance = random.Random(f"{seed} {number}")
        text = document.text if document.held_out else dressed(document.text, chance)
        side = "held" if document.held_out else "train"
        texts.setdefault((document.source, side), []).append(vocabulary.encode(text))
    for (source, side), parts in texts.items():
        np.save(folder / f"{source}-{side}.npy", np.concatenate(parts))
        starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
        np.save(folder / f"{source}-{side}.starts.npy", starts)
    sources = sorted({source for source, side in texts if side == "train"})
    if not sources:
        raise CorpusError(f"In {corpus} is too little text to train on; name a folder with more.")
    told = {"of": wanted, "sources": sources}
    (folder / _MADE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return sources


def held_out(folder: Path, sources: Sequence[str]) -> list[Shard]:
    """Return the sides that are measured, of the sources that have one. Raises OSError."""
    return [Shard.of(folder, each, "held") for each in sources if (folder / f"{each}-held.npy").exists()]
