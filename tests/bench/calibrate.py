"""Fit the gate (core/confidence.py, core/gate.py) to a model's answers on slices of a text.

    .venv/bin/python tests/bench/calibrate.py --corpus modern.txt.xz --corpus books.txt.xz --exclude held.txt

A corpus is documents between lines that hold a NUL, xz-compressed or not. Of each, documents are drawn by the
seed and carets in each (penwright.evaluation.carets); the model answers; whether the first word, and each
further one, is right is what is fitted. Documents that share a paragraph with an excluded text are left
out: what is measured with must not be fitted on. How good a fit is, and what each least probability gives,
is told of documents that were left out of the fitting, a fifth of them at a time.

What is printed goes into the two modules by hand, with the figures beside it into the commit.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from penwright.base.paths import bundled_model
from penwright.cli.asking import Asker
from penwright.cli.engine import load, start_engine, wanted_model
from penwright.core import confidence, gate, junk, segment
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Snapshot
from penwright.evaluation.carets import sample
from penwright.evaluation.rightness import compare
from penwright.evaluation.writer import worth_taking

_EXCERPT = 4_000  # letters of a document
_CARETS = 40  # in each document
_RIDGE = 2.0


def documents(path: Path, excluded: set[str]) -> list[str]:
    """Return the documents of a corpus that share no paragraph with what is excluded."""
    packed = path.read_bytes()
    raw = (lzma.decompress(packed) if path.suffix == ".xz" else packed).decode("utf-8")
    found = [each.strip() for each in raw.split("\n\0\n")]
    return [each for each in found if len(each) > 400 and not excluded & set(paragraphs_of(each))]


def paragraphs_of(text: str) -> Iterator[str]:
    """Yield the paragraphs that are long enough to tell a document by."""
    for line in text.split("\n"):
        if len(line.strip()) > 60:
            yield line.strip()


def collect(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Ask at the carets of the drawn documents, and return a row for each."""
    excluded = {
        paragraph for path in options.exclude for paragraph in paragraphs_of(Path(path).read_text("utf-8"))
    }
    rows: list[dict[str, Any]] = []
    with start_engine() as engine:
        load(engine, wanted_model(options.model or str(bundled_model())), "off", 1)
        asker = Asker(engine, Eagerness.ALWAYS)
        for corpus in options.corpus:
            chance = random.Random(options.seed)
            found = documents(Path(corpus), excluded)
            drawn = chance.sample(found, min(len(found), options.carets // _CARETS // len(options.corpus)))
            for number, text in enumerate(drawn):
                start = chance.randrange(max(1, len(text) - _EXCERPT)) if len(text) > _EXCERPT else 0
                start = text.find("\n", start) + 1 if start else 0
                excerpt = text[start : start + _EXCERPT]
                name = f"{Path(corpus).name} {number}"
                for place in sample(excerpt, _CARETS, options.seed + number):
                    before = excerpt[: place.at]
                    reply = asker.ask(before, place.after, name)
                    rows.append(row(reply, before, place, name))
                print(f"{name}: {len(rows)}", file=sys.stderr, flush=True)
    return rows


def row(reply: Any, before: str, place: Any, name: str) -> dict[str, Any]:
    """Return one caret as data: what the gate would look at, and what was right."""
    text = reply.verdict.text
    answer = gate._fitted(reply.answer, before)
    at = Snapshot("", 0, before, place.after)
    found: dict[str, Any] = {
        "document": name,
        "kind": place.kind.value,
        "before": before[-200:],
        "follows": place.follows[:40],
        "text": text,
        "reason": reply.verdict.reason,
    }
    if not text.strip():
        return found
    figures = confidence.figures_of(answer, text, before, mid_line=at.mid_line)
    rightness = compare(text, place.follows)
    found.update(
        joints=confidence.joints(answer, text),
        whole=[compare(text[:end], place.follows).whole for end in segment.piece_ends(text)],
        features=confidence.corrections(figures),
        right=rightness.first,
        mismatch=junk.mismatch(text, before),
        repeated=junk.first_repetition(text, before),
        mid_line=at.mid_line,
    )
    return found


def fit(features: np.ndarray, right: np.ndarray, free: int) -> np.ndarray:
    """Return the coefficients of a logistic regression; all but the first `free` are held near 0."""
    penalty = np.full(features.shape[1], _RIDGE)
    penalty[:free] = 0.0
    weights = np.zeros(features.shape[1])
    for _ in range(60):
        likely = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (likely - right) + penalty * weights
        curve = (features * (likely * (1 - likely))[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(weights)), slope)
        weights -= step
        if np.abs(step).max() < 1e-7:
            break
    return weights


def design(rows: list[dict[str, Any]], names: list[str]) -> np.ndarray:
    """Return a line for each row: log-odds of the probability, 1, and the features by name."""
    return np.array(
        [
            [
                confidence.log_odds(math.exp(each["joints"][0][1])),
                1.0,
                *(each["features"][name] for name in names),
            ]
            for each in rows
        ]
    )


def loss(likely: np.ndarray, right: np.ndarray) -> float:
    """Return the mean log loss in nats."""
    kept = np.clip(likely, 1e-6, 1 - 1e-6)
    return float(-np.mean(right * np.log(kept) + (1 - right) * np.log(1 - kept)))


def read_off(weights: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Return the probabilities as core.confidence would: the corrections bounded."""
    most = confidence._MOST_CORRECTION
    extra = np.clip(lines[:, 1:] @ weights[1:], -most, most)
    return 1 / (1 + np.exp(-(weights[0] * lines[:, 0] + extra)))


def report(rows: list[dict[str, Any]]) -> None:
    """Fit, and print the coefficients and how good they are."""
    asked = [each for each in rows if "joints" in each]
    right = np.array([float(each["right"]) for each in asked])
    raw = np.exp([each["joints"][0][1] for each in asked])
    print(f"carets {len(rows)}, with an answer {len(asked)}, of these right {right.mean():.3f}")
    print("\nlog loss and area under the curve, on documents that were not fitted on:")
    tell("the probability as it is", raw, right)
    tell("slope and offset fitted", crossed(asked, right, []), right)
    for name in sorted(asked[0]["features"]):
        tell(f"  and {name}", crossed(asked, right, [name]), right)
    used = sorted(confidence._CORRECTIONS)
    likely = crossed(asked, right, used)
    tell(f"  and those in use: {', '.join(used)}", likely, right)
    weights, after = fit(design(asked, used), right, 2), fit_later(asked)
    print(f"\n_SLOPE, _OFFSET = {weights[0]:.3f}, {weights[1]:.3f}")
    print("_CORRECTIONS =", json.dumps(dict(zip(used, np.round(weights[2:], 2).tolist(), strict=True))))
    print(f"_NEXT_SLOPE, _NEXT_OFFSET = {after[0]:.3f}, {after[1]:.3f}")
    calibration(likely, right)
    leasts(asked, len(rows), likely, after)


def tell(name: str, likely: np.ndarray, right: np.ndarray) -> None:
    """Print how good these probabilities are."""
    print(f"{name:<44} {loss(likely, right):.4f}  {area(likely, right):.4f}")


def crossed(rows: list[dict[str, Any]], right: np.ndarray, names: list[str], folds: int = 5) -> np.ndarray:
    """Return each row's probability, fitted without its document."""
    documents = sorted({each["document"] for each in rows})
    random.Random(0).shuffle(documents)
    fold = {name: place % folds for place, name in enumerate(documents)}
    place = np.array([fold[each["document"]] for each in rows])
    lines = design(rows, names)
    likely = np.zeros(len(rows))
    for one in range(folds):
        here = place == one
        likely[here] = read_off(fit(lines[~here], right[~here], 2), lines[here])
    return likely


def fit_later(rows: list[dict[str, Any]]) -> np.ndarray:
    """Return slope and offset for the words after the first, where all before them are right."""
    lines, right = [], []
    for each in rows:
        for before, whole, (_, joint) in zip(
            each["whole"], each["whole"][1:], each["joints"][1:], strict=False
        ):
            if before:
                lines.append([confidence.log_odds(math.exp(joint)), 1.0])
                right.append(float(whole))
    return fit(np.array(lines), np.array(right), 2)


def area(given: np.ndarray, right: np.ndarray) -> float:
    """Return the probability that a right row is given more than a wrong one."""
    ranks = np.empty(len(given))
    ranks[np.argsort(given, kind="stable")] = np.arange(1, len(given) + 1)
    yes = right.sum()
    return float((ranks[right > 0].sum() - yes * (yes + 1) / 2) / max(1.0, yes * (len(right) - yes)))


def calibration(likely: np.ndarray, right: np.ndarray) -> None:
    """Print how often words of each probability were right."""
    print("\nprobability    carets   mean    right")
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (likely >= low) & (likely < low + 0.1)
        if inside.any():
            print(
                f"{low:.1f} to {low + 0.1:.1f}   {inside.sum():8d}   "
                f"{likely[inside].mean():.3f}   {right[inside].mean():.3f}"
            )


def shown_text(row: dict[str, Any], likely: float, later: np.ndarray, wanted: float) -> str:
    """Return what the gate would show, were its coefficients these."""
    text = row["text"]
    if row["mismatch"] or not text[: row["repeated"]].strip():
        return ""
    pieces = []
    for place, (end, joint) in enumerate(row["joints"]):
        if place:
            odds = later[0] * confidence.log_odds(math.exp(joint)) + later[1]
            likely = likely / (1 + math.exp(-odds))
        if end <= row["repeated"]:
            pieces.append((end, likely))
    wanted = gate.surer(wanted) if row["mid_line"] else wanted
    return gate.worth(text, pieces, wanted, mid_line=row["mid_line"])[0]


def leasts(rows: list[dict[str, Any]], carets: int, likely: np.ndarray, later: np.ndarray) -> None:
    """Print what each least probability gives: the share of carets shown, and the precision."""
    print("\nleast   coverage   precision   right of all   precision3   words   saved a caret")
    for wanted in np.arange(0.05, 0.90, 0.05):
        shown = [
            (each, text)
            for each, probability in zip(rows, likely, strict=True)
            if (text := shown_text(each, probability, later, wanted))
        ]
        right = sum(each["right"] for each, _ in shown)
        counts = [sum(segment.has_word(text[a:b]) for a, b in spans(text)) for _, text in shown]
        long = [each for (each, _), count in zip(shown, counts, strict=True) if count >= 3]
        three = sum(each["whole"][2] for each in long)
        taken = [worth_taking(text, each["follows"]) for each, text in shown]
        saved = sum(len(letters) - keys for letters, keys in taken)
        print(
            f"{wanted:.2f}    {len(shown) / carets:.3f}      {right / max(1, len(shown)):.3f}"
            f"       {right / carets:.3f}          {three / max(1, len(long)):.3f}"
            f"        {sum(counts) / max(1, len(counts)):.2f}    {saved / carets:.3f}"
        )


def spans(text: str) -> list[tuple[int, int]]:
    """Return where each piece of `text` begins and ends."""
    ends = segment.piece_ends(text)
    return list(zip((0, *ends), ends, strict=False))


def main() -> int:
    """Collect rows, or read those collected before, and fit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", action="append", default=[], metavar="FILE")
    parser.add_argument("--exclude", action="append", default=[], metavar="FILE")
    parser.add_argument("--carets", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model", metavar="PATH")
    parser.add_argument(
        "--rows", metavar="FILE", help="keep the rows here, or read them when there is no corpus"
    )
    options = parser.parse_args()
    if options.corpus:
        rows = collect(options)
        if options.rows:
            Path(options.rows).write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")
    else:
        rows = [json.loads(line) for line in Path(options.rows).read_text("utf-8").splitlines()]
    report(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
