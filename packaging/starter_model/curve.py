"""The losses of a training as a picture."""

from __future__ import annotations

import csv
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot


def draw(table: Path, picture: Path) -> None:
    """Draw the held-out losses, and the rate below them, of `table` (curve.csv) into `picture`.

    Raises OSError, and ValueError for a table with nothing in it.
    """
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows:
        raise ValueError(f"{table} has no figures yet.")
    seen = [int(row["tokens"]) / 1e6 for row in rows]
    figure, (losses, rates) = pyplot.subplots(
        2, 1, sharex=True, figsize=(7, 5), height_ratios=(3, 1), layout="constrained"
    )
    for name in (name for name in rows[0] if name.startswith("held_")):
        label = f"{name.removeprefix('held_')}, held out"
        losses.plot(seen, [float(row[name]) for row in rows], marker=".", label=label)
    losses.set_ylabel("nats a token")
    losses.legend()
    losses.grid(alpha=0.3)
    rates.plot(seen, [float(row["rate"]) for row in rows], color="grey")
    rates.set_ylabel("rate")
    rates.set_xlabel("million tokens seen")
    figure.savefig(picture, dpi=120)
    pyplot.close(figure)
