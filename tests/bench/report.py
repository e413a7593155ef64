"""How a bench tells its figures."""

from __future__ import annotations

import json
import os
import time


def report(figures: dict[str, object], *, as_json: bool) -> None:
    """Print the figures, with the load of the machine and the day beside them."""
    figures["load_average"] = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    figures["measured"] = time.strftime("%Y-%m-%d")
    if as_json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:<34} {figure}")
