"""The engine's own source, as the lock names it: kept in the cache, and what tests take from it."""

import hashlib
import shutil
import tarfile
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment, venv_python
from devtools.console import Console, StepError
from devtools.engine_build import install_build_tools
from devtools.lock_files import ENGINE_PACKAGE, Pin, engine_pin
from devtools.long_builds import only_one, run_build

LLAMA_CPP = "vendor/llama.cpp"  # where llama.cpp lies in the source, under its one folder
VOCABULARIES_VARIABLE = "PENWRIGHT_VOCABULARIES"
_SAMPLES = ("ggml-vocab-*.gguf", "templates/*.jinja")


def source_archive(checkout: Checkout, cache: Path, console: Console) -> Path:
    """Return the engine's source archive, fetched once; its hash is the one in the lock.

    Raises StepError when it can't be fetched or is another one.
    """
    pin = engine_pin(checkout.lock("run"))
    folder = cache / f"source-{pin.version}"
    with only_one(cache / f"{folder.name}.lock", console):
        found = next(iter(sorted(folder.glob("*.tar.gz"))), None)
        if found is None or not _is_pinned(found, pin):
            found = _fetch(checkout, pin, folder, console)
    return found


def vocabularies(checkout: Checkout, cache: Path, console: Console) -> Path:
    """Return the folder with what the source has for tests: vocabulary files and models' own templates.

    They are `ggml-vocab-*.gguf` and `*.jinja`. Nothing is compiled. Tests find them by the fixtures
    `vocabularies` and `chat_templates`.
    """
    folder = vocabulary_folder(checkout, cache)
    if not folder.is_dir():
        archive = source_archive(checkout, cache, console)
        part = folder.with_name(f".{folder.name}.part")
        with only_one(cache / f"{folder.name}.lock", console), console.step("Vocabularies unpacked"):
            if not folder.is_dir():
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir(parents=True)
                _unpack_vocabularies(archive, part)
                part.rename(folder)
    return folder


def vocabulary_folder(checkout: Checkout, cache: Path) -> Path:
    """Return where the vocabulary files and the templates lie, or will lie."""
    return cache / f"samples-{engine_pin(checkout.lock('run')).version}"


def unpack_llama_cpp(archive: Path, folder: Path) -> Path:
    """Unpack llama.cpp's part of the source into `folder`; return its own folder."""
    with tarfile.open(archive) as source:
        # Python 3.11.4 learnt to refuse what would lie outside; before that, the hash has to do.
        source.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
        top = source.next()
        assert top is not None
        root = top.name.split("/")[0]
        wanted = [member for member in source if member.name.startswith(f"{root}/{LLAMA_CPP}/")]
        source.extractall(folder, wanted)
    return folder / root / LLAMA_CPP


def _is_pinned(archive: Path, pin: Pin) -> bool:
    with archive.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}" in pin.hashes


def _fetch(checkout: Checkout, pin: Pin, folder: Path, console: Console) -> Path:
    """Have pip fetch the archive into a folder of its own; only a whole one is moved to where it is kept."""
    part = folder.with_name(f".{folder.name}.part")
    log = folder.with_name(f"{folder.name}.log")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        with console.step("Engine's source fetched"):
            tools = install_build_tools(checkout, part, log)  # pip asks the source for its name and version
            (part / "engine.txt").write_text(pin.text + "\n", encoding="utf-8")
            command = [
                *(str(venv_python(tools)), "-m", "pip", "download", "--require-hashes", "--no-deps"),
                *("--no-build-isolation", "--no-binary", ENGINE_PACKAGE),
                *("-d", str(part / "got"), "-r", str(part / "engine.txt")),
            ]
            code = run_build(command, quiet_environment(), log, console)
        got = next(iter((part / "got").glob("*.tar.gz")), None)
        if code != 0 or got is None or not _is_pinned(got, pin):
            raise StepError("The engine's source could not be fetched.", log=log)
        folder.mkdir(exist_ok=True)
        return got.replace(folder / got.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _unpack_vocabularies(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as source:
        for member in source:
            path = Path(member.name)
            if any(path.match(f"{LLAMA_CPP}/models/{wanted}") for wanted in _SAMPLES):
                content = source.extractfile(member)
                assert content is not None
                (folder / path.name).write_bytes(content.read())
    if not any(folder.iterdir()):
        raise StepError("The engine's source has no vocabulary files any more.")
