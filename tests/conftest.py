"""What every test gets: folders of its own, English, no screen, and a look at what it left behind."""

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from devtools.checkout import Checkout, build_cache
from devtools.engine_source import VOCABULARIES_VARIABLE, vocabulary_folder
from shapes import make

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything loads Qt

from penwright.base.catalogue import Catalogue
from penwright.base.paths import bundled_model, resources

_BUILD_CACHE = build_cache(os.environ)  # before a test gets folders of its own
_PATIENCE = 2.0  # seconds that a thread or process is given to end by itself


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the user's folders to ones of this test alone, and the language to English."""
    home = Path(tempfile.mkdtemp(prefix="home-", dir=tmp_path_factory.getbasetemp()))
    monkeypatch.setenv("HOME", str(home))
    for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    return home


def _threads() -> set[threading.Thread]:
    # A thread that Python did not start (one of Qt's pool) shows as a dummy, and Qt keeps it for later.
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and not thread.name.startswith("pytest")
    }


def _processes() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fail the test that leaves a thread or a child process behind."""
    threads, processes = _threads(), _processes()
    yield
    until = time.monotonic() + _PATIENCE
    while (left := (_threads() - threads) | (_processes() - processes)) and time.monotonic() < until:
        time.sleep(0.02)
    for process in _processes() - processes:
        process.kill()  # it must not disturb the tests that follow
    assert not left, f"left behind: {left}"


@pytest.fixture(autouse=True)
def no_errors_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail the test in which Penwright logged an error, unless it is marked expects_errors."""
    yield
    if request.node.get_closest_marker("expects_errors"):
        return
    said = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.ERROR and record.name.startswith("penwright")
    ]
    assert not said, f"errors were logged: {said}"


@pytest.fixture(scope="session")
def starter() -> Path:
    """Return the model that comes with the program."""
    return bundled_model()


@pytest.fixture(scope="session")
def shape(starter: Path) -> Callable[..., Path]:
    """Return what makes a small model of random weights, or finds the one made before.

    `shape("recurrent")` (mamba), "hybrid" (lfm2), "sliding" (gemma2, window 64), "fim" (llama with tokens for
    infilling) or "llama"; tests/shapes/architectures.py has their figures. kind="Q4_0" or "Q8_0" quantizes.
    template=..., special=(...) give it a template for conversations, and the tokens that it writes.
    """

    def find(name: str, kind: str = "F32", seed: int = 1, **chat: Any) -> Path:
        return make(name, _BUILD_CACHE / "shapes", starter, kind, seed, **chat)

    return find


@pytest.fixture(scope="session")
def vocabularies() -> dict[str, Path]:
    """Return the vocabulary files of many families that llama.cpp has for its own tests, by name.

    The names are those between "ggml-vocab-" and ".gguf": "llama-spm", "qwen2", "bert-bge", ... `dev.py test`
    fetches them and says where they are; pytest alone finds what it has fetched.
    """
    return {path.stem.removeprefix("ggml-vocab-"): path for path in _samples("*.gguf")}


@pytest.fixture(scope="session")
def chat_templates() -> dict[str, str]:
    """Return models' own templates for conversations, by name, as llama.cpp has them for its own tests.

    The names are those before ".jinja": "Qwen-Qwen3-0.6B", "google-gemma-2-2b-it", ...
    """
    return {path.stem: path.read_text("utf-8") for path in _samples("*.jinja")}


def _samples(pattern: str) -> list[Path]:
    named = os.environ.get(VOCABULARIES_VARIABLE)
    folder = Path(named) if named else vocabulary_folder(Checkout.here(), _BUILD_CACHE)
    found = sorted(folder.glob(pattern))
    assert found, f"no {pattern}; `python3 packaging/dev.py vocabularies` fetches them"
    return found


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the English sentences."""
    return Catalogue(resources() / "i18n")


@pytest.fixture
def broken_models(tmp_path: Path, starter: Path) -> dict[str, Path]:
    """Return models that can't be loaded, by what is wrong with them."""
    whole = starter.read_bytes()
    contents = {
        "empty": b"",
        "truncated": whole[: len(whole) // 2],
        "cut in the header": whole[:300],
        "not GGUF": b"no model at all\n" * 64,
        "garbage after the mark": whole[:8] + bytes(range(256)) * 16,
        "unknown architecture": whole.replace(b"llama", b"xxama"),
    }
    paths = {"missing": tmp_path / "missing.gguf", "folder": tmp_path}
    for name, data in contents.items():
        paths[name] = tmp_path / f"{name}.gguf"
        paths[name].write_bytes(data)
    return paths
