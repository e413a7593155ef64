"""A download that is killed at any moment: nothing half is installed, and it goes on where it was."""

import random
import shutil
import subprocess
import sys
import time

import pytest
from tests.hub.conftest import make_model
from tests.hub.faults import Fault

from penwright.modelstore.part import Part
from penwright.modelstore.transfer import CHUNK

REPO, FILE = "maker/large-GGUF", "large-Q8_0.gguf"
SIZE = 24_000_000
RATE = 12_000_000  # bytes a second


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_at_random_times(kills, hub, shelf, own_folders):
    whole = make_model(shelf / REPO / FILE, SIZE).read_bytes()
    models = own_folders / "data" / "penwright" / "models"
    part = Part(models / REPO / FILE, models)
    chance = random.Random(4)
    command = [sys.executable, "-P", "-m", "penwright", "models", "download", f"{REPO}/{FILE}", "--quiet"]
    hub.faults.set(Fault("slow", RATE))
    killed = midway = finished = 0
    while killed < kills:
        had, before = part.size(), len(hub.asked)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if chance.random() < 0.7:  # while bytes come, else at any time at all
            until = time.monotonic() + 30
            while part.size() <= had and process.poll() is None and time.monotonic() < until:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.4))
        else:
            time.sleep(chance.uniform(0, 2))
        process.kill()
        _out, err = process.communicate()
        killed += 1
        midway += had < part.size() < len(whole)
        ranges = [each.range for each in hub.asked[before:] if each.origin == "store"]
        assert len(ranges) <= 1
        if ranges and had:
            again = had - int((ranges[0] or "bytes=0-")[6:-1])
            assert 0 <= again <= CHUNK, "at most one chunk is fetched again"
        if part.final.exists():  # it was too quick for us
            assert part.final.read_bytes() == whole, err
            shutil.rmtree(part.final.parent)
            finished += 1
    print(f"{killed} kills, {midway} of them midway; {finished} downloads were whole before one came")
    assert midway >= kills // 4
    hub.faults.set()
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert part.final.read_bytes() == whole and not part.path.exists()
