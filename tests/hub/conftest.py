"""A loopback hub with models on it, and Penwright's own parts that talk to it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from tests.hub.server import LoopbackHub

from penwright.app.desk import Desk as Program
from penwright.base.paths import Folders
from penwright.engine.scripted import ScriptedEngine
from penwright.modelstore.downloads import Downloader, Order
from penwright.modelstore.hub import Hub
from penwright.modelstore.network import ConnectionsLog, Network, Origin
from penwright.modelstore.progress import RateLimit
from penwright.modelstore.transfer import Patience, Transfer

REPO, FILE = "maker/small-GGUF", "small-Q8_0.gguf"
SMALL = "unsloth/Qwen3.8-27B-GGUF"  # the one entry whose licence is not known before the hub is asked
SMALL_FILES = ("Qwen3.8-27B-UD-Q4_K_M.gguf", "mmproj-F16.gguf")
PATIENCE = Patience(attempts=2, first=0.02, most=0.05, longest=0.3, silence=1.0)


def make_model(path: Path, size: int = 0) -> Path:
    """Write a GGUF file with one tensor of about `size` bytes; its content differs with its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(path.stem)
    seed = sum(path.name.encode())
    writer.add_tensor("weights", np.random.default_rng(seed).integers(0, 127, size or 64, dtype=np.int8))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def shelf(tmp_path: Path, starter: Path) -> Path:
    """Return the hub's folder: the starter, as one repository's only model."""
    root = tmp_path / "shelf"
    (root / REPO).mkdir(parents=True)
    shutil.copy(starter, root / REPO / FILE)
    (root / REPO / "hub.json").write_text('{"license": "mit", "downloads": 7, "parameters": 7212288}')
    return root


@pytest.fixture
def hub(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    """Return a running hub, and let the environment lead to it alone."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with LoopbackHub(shelf) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running


class Desk:
    """Penwright's parts, joined as the program joins them."""

    def __init__(self, endpoint: str, home: Path) -> None:
        self.allowed = True
        self.token: str | None = None
        self.tokens_asked: list[Origin] = []
        self.log = ConnectionsLog(home / "log")
        self.network = Network(lambda: self.allowed, self.log)
        self.hub = Hub(self.network, endpoint, self._give, home / "library", timeout=2.0)
        self.folder = home / "models"
        self.limit = RateLimit(0)
        self.downloader = Downloader(Transfer(self.hub, self.limit, PATIENCE), self.folder)
        self.order = Order("small", REPO, (FILE,), "mit")
        self.final = self.folder / REPO / FILE

    def _give(self, origin: Origin) -> str | None:
        self.tokens_asked.append(origin)
        return self.token


@pytest.fixture
def make_desk(hub: LoopbackHub, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Return what makes a desk that talks to the hub, or to another address."""
    made: list[Desk] = []

    def make(endpoint: str = "", home: str = "home") -> Desk:
        made.append(Desk(endpoint or hub.endpoint, tmp_path / home))
        return made[-1]

    yield make
    for each in made:
        each.hub.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """Return a desk that talks to the hub."""
    return make_desk()


@pytest.fixture
def seat(hub, shelf, tmp_path, qapp, catalogue, qtbot):
    """Return the program with its page of models open, and a catalogue entry on the hub."""
    for name in SMALL_FILES:
        make_model(shelf / SMALL / name, 3_000_000)
    desk = Program(qapp, Folders.under(tmp_path / "user"), catalogue, ScriptedEngine)
    desk.open_window()
    (window,) = desk.seats
    window.models_wanted.emit()
    yield desk, window, desk.rooms.models.page
    if desk.rooms.models.page is not None:
        desk.rooms.models.page.close()
    desk.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
