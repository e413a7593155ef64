"""Downloads beside curl from the same loopback server: `python3 packaging/dev.py bench downloads`.

Printed: MB a second of curl and of a download (with its sha256, its header and its fsync), alternating, and
their ratio; how much memory a process has more after a file of 2 GB than before; bytes that are asked for
again after a kill; how evenly the window's event loop turns meanwhile; milliseconds from cancelling to the
thread's end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "resources" / "models" / "penwright-starter-en.gguf"
REPO, FILE = "bench/large-GGUF", "large-Q8_0.gguf"


def make_large(path: Path, size: int) -> None:
    """Write the starter, made as large as `size` by a hole: a GGUF file may be longer than its tensors."""
    path.parent.mkdir(parents=True)
    shutil.copy(STARTER, path)
    path.chmod(0o644)
    os.truncate(path, size)


def start_hub(root: Path, *faults: str) -> tuple[subprocess.Popen[str], str]:
    """Start the loopback hub as a process of its own; return it and its address."""
    command = [sys.executable, "-m", "tests.hub", "--root", str(root), "--port", "0"]
    for fault in faults:
        command += ["--fault", fault]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    return process, process.stdout.readline().split()[0].removeprefix("HF_ENDPOINT=")


class Kit:
    """Penwright's parts against the hub, as the program joins them."""

    def __init__(self, endpoint: str, home: Path) -> None:
        from penwright.modelstore.downloads import Downloader, Order
        from penwright.modelstore.hub import Hub
        from penwright.modelstore.network import Network
        from penwright.modelstore.progress import RateLimit
        from penwright.modelstore.transfer import Transfer

        self.hub = Hub(Network(lambda: True), endpoint, lambda _: None, home / "library")
        self.downloader = Downloader(Transfer(self.hub, RateLimit(0)), home / "models")
        self.order = Order("large", REPO, (FILE,))
        self.final = home / "models" / REPO / FILE

    def fetch(self) -> float:
        """Fetch the file and delete it; return the seconds."""
        from penwright.modelstore.stopping import Stop

        began = time.monotonic()
        self.downloader.run(self.order, lambda _: None, Stop())
        took = time.monotonic() - began
        shutil.rmtree(self.final.parent)
        return took


def curl(url: str, target: Path) -> float:
    """Fetch the same file by curl and delete it; return the seconds."""
    began = time.monotonic()
    subprocess.run(["curl", "-sSfL", "-o", str(target), url], check=True)
    took = time.monotonic() - began
    target.unlink()
    return took


def throughput(endpoint: str, home: Path, size: int, rounds: int) -> dict[str, object]:
    """Fetch by curl and by ourselves in turn, so that both meet the same machine."""
    kit = Kit(endpoint, home)
    url = f"{endpoint}/{REPO}/resolve/main/{FILE}"
    kit.fetch()  # the hub hashes the file once
    pairs = [(curl(url, home / "by-curl"), kit.fetch()) for _ in range(rounds)]
    ours = statistics.median(size / own / 1e6 for _other, own in pairs)
    theirs = statistics.median(size / other / 1e6 for other, _own in pairs)
    return {
        "curl MB/s (median)": round(theirs),
        "download MB/s (median)": round(ours),
        "download / curl": round(ours / theirs, 2),
        "best pair": round(max(other / own for other, own in pairs), 2),
    }


MEMORY = """
import sys
from pathlib import Path
import psutil
sys.path.insert(0, sys.argv[3])
from downloads import Kit
kit = Kit(sys.argv[1], Path(sys.argv[2]))
kit.hub.facts("bench/large-GGUF", "large-Q8_0.gguf")  # the library is loaded and has asked
process = psutil.Process()
before = process.memory_info().rss
most = before
def told(_):
    global most
    most = max(most, process.memory_info().rss)
from penwright.modelstore.stopping import Stop
kit.downloader.run(kit.order, told, Stop())
print(before, max(most, process.memory_info().rss))
"""


def memory(endpoint: str, home: Path) -> dict[str, object]:
    """Fetch in a process of its own and look at its resident memory all the while."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, endpoint, str(home), str(ROOT / "tests" / "bench")],
        capture_output=True,
        text=True,
        check=True,
    )
    before, most = map(int, done.stdout.split())
    return {"memory above idle MB": round((most - before) / 1e6, 1), "idle MB": round(before / 1e6, 1)}


def chunk_loss(endpoint: str, home: Path, kills: int) -> dict[str, object]:
    """Kill a download again and again; compare what was on the disk with what the next one begins at."""
    from penwright.modelstore.part import Part

    models = home / "data" / "penwright" / "models"
    part = Part(models / REPO / FILE, models)
    names = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE", "STATE")}
    environ = {**os.environ, **names, "HOME": str(home), "HF_ENDPOINT": endpoint}
    command = [sys.executable, "-P", "-m", "penwright", "models", "download", f"{REPO}/{FILE}", "--quiet"]
    lost = []
    for _ in range(kills):
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        start = part.size()
        while part.size() <= start and process.poll() is None:
            time.sleep(0.002)
        time.sleep(0.05)
        seen = part.size()
        process.kill()
        process.wait()
        lost.append(max(0, seen - part.size()))
    shutil.rmtree(models)
    return {"kills": kills, "bytes lost by a kill (most)": max(lost)}


def cancelling(endpoint: str, home: Path, times: int) -> dict[str, object]:
    """Cancel at full speed; the time until the thread is idle and the part is deleted."""
    from penwright.modelstore.downloads import Queue

    kit = Kit(endpoint, home)
    took = []
    for _ in range(times):
        moving = threading.Event()

        def told(report: Any, moving: threading.Event = moving) -> None:
            if report.progress.done:
                moving.set()

        queue = Queue(kit.downloader, told, 1)
        queue.add(kit.order)
        moving.wait(30)
        began = time.monotonic()
        queue.cancel("large")
        while queue._stops:
            time.sleep(0.001)
        took.append((time.monotonic() - began) * 1000)
        queue.close()
    return {"cancel ms (median)": round(statistics.median(took), 1), "cancel ms (most)": round(max(took), 1)}


def event_loop(endpoint: str, home: Path) -> dict[str, object]:
    """Fetch with the window and its page of models open; how evenly the event loop turned."""
    environ = {**os.environ, "HF_ENDPOINT": endpoint, "QT_QPA_PLATFORM": "offscreen"}
    script = str(ROOT / "tests" / "bench" / "download_gaps.py")
    command = [sys.executable, script, str(home), f"{REPO}/{FILE}"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    shutil.rmtree(home)
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def main(arguments: list[str]) -> int:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser("dev.py bench downloads", description=__doc__)
    parser.add_argument("--size-mb", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    size = options.size_mb * 1_000_000
    sys.path.insert(0, str(ROOT))
    figures: dict[str, object] = {"size MB": options.size_mb}
    with tempfile.TemporaryDirectory(prefix="penwright-bench-") as folder:
        home = Path(folder)
        make_large(home / "shelf" / REPO / FILE, size)
        hub, endpoint = start_hub(home / "shelf")
        try:
            figures |= throughput(endpoint, home / "speed", size, options.rounds)
            figures |= memory(endpoint, home / "memory")
            shutil.rmtree(home / "memory")
            figures |= event_loop(endpoint, home / "window")
            figures |= cancelling(endpoint, home / "cancel", 10)
        finally:
            hub.terminate()
            hub.wait()
        slow, endpoint = start_hub(home / "shelf", "slow=20000000")
        try:
            slow_figures = {
                f"{name} at 20 MB/s": told for name, told in cancelling(endpoint, home / "cancel", 5).items()
            }
            figures |= slow_figures | chunk_loss(endpoint, home / "kills", 10)
        finally:
            slow.terminate()
            slow.wait()
    figures["load average"] = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:<36} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
