"""The engine's source is the one in the lock, fetched once, and gives its vocabularies without compiling."""

import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from devtools import engine_source, peers
from devtools.checkout import Checkout
from devtools.console import Console, StepError
from devtools.engine_source import source_archive, unpack_llama_cpp, vocabularies

NAME = "llama_cpp_python-1.2.3"
FILES = {
    "vendor/llama.cpp/CMakeLists.txt": b"project(x)",
    "vendor/llama.cpp/models/ggml-vocab-one.gguf": b"GGUF1",
    "vendor/llama.cpp/models/ggml-vocab-one.gguf.inp": b"no",
    "vendor/llama.cpp/models/ggml-vocab-two.gguf": b"GGUF2",
    "vendor/llama.cpp/models/templates/one.jinja": b"{{ one }}",
    "vendor/llama.cpp/models/templates/README.md": b"no",
    "README.md": b"no",
}


def archive_of(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{NAME}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


SOURCE = archive_of(FILES)


class Registry:
    """What pip is replaced by: it puts `content` where it was told to, and counts."""

    def __init__(self) -> None:
        self.content = SOURCE
        self.code = 0
        self.fetches = 0

    def run(self, command: Sequence[str], environ: Mapping[str, str], log: Path, console: Console) -> int:
        self.fetches += 1
        assert "--require-hashes" in command
        folder = Path(command[command.index("-d") + 1])
        folder.mkdir()
        (folder / f"{NAME}.tar.gz").write_bytes(self.content)
        return self.code


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = Registry()
    monkeypatch.setattr(engine_source, "run_build", made.run)
    monkeypatch.setattr(engine_source, "install_build_tools", lambda _checkout, part, _log: part / "tools")
    return made


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "checkout")
    made.locks.mkdir(parents=True)
    digest = hashlib.sha256(SOURCE).hexdigest()
    made.lock("run").write_text(f"llama-cpp-python==1.2.3 \\\n    --hash=sha256:{digest}\n", "utf-8")
    return made


def test_it_is_fetched_once(registry: Registry, checkout: Checkout, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    found = source_archive(checkout, cache, Console())
    assert found.read_bytes() == SOURCE
    assert source_archive(checkout, cache, Console()) == found
    assert registry.fetches == 1
    assert [path.name for path in found.parent.iterdir()] == [found.name]


def test_one_that_was_changed_on_disk_is_fetched_again(
    registry: Registry, checkout: Checkout, tmp_path: Path
) -> None:
    source_archive(checkout, tmp_path, Console()).write_bytes(SOURCE[:-1])
    assert source_archive(checkout, tmp_path, Console()).read_bytes() == SOURCE
    assert registry.fetches == 2


@pytest.mark.parametrize(("content", "code"), [(SOURCE + b"x", 0), (SOURCE, 1)], ids=["changed", "failed"])
def test_what_is_not_the_locked_one_is_refused(
    content: bytes, code: int, registry: Registry, checkout: Checkout, tmp_path: Path
) -> None:
    registry.content, registry.code = content, code
    cache = tmp_path / "cache"
    with pytest.raises(StepError, match="could not be fetched"):
        source_archive(checkout, cache, Console())
    assert not list(cache.rglob("*.tar.gz"))
    assert not list(cache.glob(".*.part"))


def test_vocabularies_and_templates_alone_are_unpacked(
    registry: Registry, checkout: Checkout, tmp_path: Path
) -> None:
    folder = vocabularies(checkout, tmp_path, Console())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "ggml-vocab-one.gguf": b"GGUF1",
        "ggml-vocab-two.gguf": b"GGUF2",
        "one.jinja": b"{{ one }}",
    }
    assert vocabularies(checkout, tmp_path, Console()) == folder
    assert registry.fetches == 1


def test_a_source_without_vocabularies_says_so(
    registry: Registry, checkout: Checkout, tmp_path: Path
) -> None:
    registry.content = archive_of({"README.md": b"no"})
    digest = hashlib.sha256(registry.content).hexdigest()
    checkout.lock("run").write_text(f"llama-cpp-python==1.2.3 --hash=sha256:{digest}\n", "utf-8")
    with pytest.raises(StepError, match="no vocabulary files"):
        vocabularies(checkout, tmp_path, Console())
    assert not engine_source.vocabulary_folder(checkout, tmp_path).exists()


def test_llama_cpp_alone_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "source.tar.gz").write_bytes(SOURCE)
    folder = unpack_llama_cpp(tmp_path / "source.tar.gz", tmp_path / "into")
    assert folder == tmp_path / "into" / NAME / "vendor" / "llama.cpp"
    assert (folder / "CMakeLists.txt").read_bytes() == b"project(x)"
    assert not (tmp_path / "into" / NAME / "README.md").exists()


def test_peers_are_built_once_and_a_failed_build_leaves_nothing(
    registry: Registry, checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fail = True

    def run(command: Sequence[str], environ: Mapping[str, str], log: Path, console: Console) -> int:
        steps.append(command[1])
        if command[1] == "--build" and not fail:
            (Path(command[2]) / "bin").mkdir(parents=True)
            for program in peers.PROGRAMS:
                (Path(command[2]) / "bin" / program).write_text("program")
        return int(fail and command[1] == "--build")

    monkeypatch.setattr(peers, "run_build", run)
    monkeypatch.setattr(peers, "install_build_tools", lambda _checkout, part, _log: part / "tools")
    cache = tmp_path / "cache"
    with pytest.raises(StepError, match="could not be built"):
        peers.peer_programs(checkout, cache, Console())
    assert not [path for path in cache.iterdir() if "peers" in path.name and path.is_dir()]
    fail = False
    built = peers.peer_programs(checkout, cache, Console())
    assert [path.read_text() for path in built] == ["program", "program"]
    assert peers.peer_programs(checkout, cache, Console()) == built
    assert steps == ["-S", "--build"] * 2
