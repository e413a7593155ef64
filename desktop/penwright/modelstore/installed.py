"""The models on this machine: own ones, ones that are used where they lie, and folders of other programs.

The own folder holds `owner/name/FILE.gguf` for what came from the hub and `imported/FILE.gguf` for copies,
each with its record beside it. Folders of other programs are only ever read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from penwright.base.errors import DownloadError, ModelError, PenwrightError
from penwright.base.files import explain, readable_name
from penwright.modelstore.gguf_header import GgufHeader, read_header
from penwright.modelstore.hashing import Told, sha256_of
from penwright.modelstore.in_place import InPlace
from penwright.modelstore.names import is_companion, shard_of, shards_of
from penwright.modelstore.records import Record, read_record, record_path, write_record

_DEPTH = 5  # folders below one that is looked through
_MOST = 5_000  # files that are looked at in one folder of another program
PROJECTOR = "clip"  # architecture of the files that translate pictures
IMPORTED = "imported"
PART = ".part"


class Place(Enum):
    """Whose a model is: ours, used where it lies, or in a folder of another program."""

    OWN = "own"
    IN_PLACE = "in_place"
    SHARED = "shared"


@dataclass(frozen=True)
class Installed:
    """A model that can be used now.

    id: what it is called on the command line. path: of its first file. files: all of them. size: bytes of
    all of them. record: what is known beside the header; None for what Penwright did not bring here.
    """

    id: str
    path: Path
    header: GgufHeader
    files: tuple[Path, ...]
    size: int
    place: Place
    record: Record | None


class Installation:
    """What is installed. Every look is a fresh one: other programs may change the folders.

    folder: the own one; made when something is put there. shared: folders of other programs.
    """

    def __init__(self, folder: Path, shared: Sequence[Path] = ()) -> None:
        self.folder = folder
        self._shared = tuple(shared)
        self._in_place = InPlace(folder)

    def models(self) -> tuple[Installed, ...]:
        """Return every model that is whole, the own ones first; what can't be read is left out."""
        found: dict[Path, Installed] = {}
        for path in _gguf_files(self.folder):
            self._take(found, path, path.relative_to(self.folder).as_posix(), Place.OWN, read_record(path))
        for path, record in self._in_place.entries():
            self._take(found, path, path.name, Place.IN_PLACE, record)
        for folder in self._shared:
            for path in _gguf_files(folder):
                self._take(found, path, str(path), Place.SHARED, None)
        return tuple(found.values())

    def find(self, wanted: str) -> Installed:
        """Return the model of this id, path or file name. Raises ModelError (models.not_installed)."""
        models = self.models()
        for model in models:
            if wanted in (model.id, str(model.path)):
                return model
        named = [model for model in models if model.path.name == wanted]
        if len(named) == 1:
            return named[0]
        raise ModelError("models.not_installed", wanted=wanted)

    def _take(
        self, found: dict[Path, Installed], path: Path, name: str, place: Place, record: Record | None
    ) -> None:
        shard = shard_of(path.name)
        if is_companion(path.name) or (shard is not None and shard.number != 1):
            return
        files = tuple(path.with_name(part) for part in shards_of(path.name))
        try:
            if not all(file.is_file() for file in files):
                return
            real = path.resolve()
            header = read_header(path)
            size = sum(file.stat().st_size for file in files)
        except (ModelError, OSError):
            return  # `penwright doctor` and opening it by name say what is wrong with it
        if header.architecture != PROJECTOR and real not in found:
            found[real] = Installed(name, path, header, files, size, place, record)

    def verify(self, model: Installed, told: Told = lambda _done: None) -> str:
        """Read every byte again and return the sha256 of the first file; the time of it is kept.

        Raises DownloadError (models.changed) where a file is not what was installed, ModelError where it is
        no model any more. A file that nothing is known of is only read.
        """
        digests = []
        before = 0
        for file in model.files:
            record = self._record(model, file)
            try:
                digest, size = sha256_of(file, lambda done, start=before: told(start + done))  # type: ignore[misc]
            except OSError as error:
                raise _fault(error, file, "files.reading") from error
            before += size
            if record is not None and (digest, size) != (record.sha256, record.size):
                raise DownloadError("models.changed", name=readable_name(file))
            digests.append((file, record, digest, size))
        read_header(model.path)
        for file, record, _digest, _size in digests:
            if record is not None:
                self._keep(model, file, replace(record, checked=time.time()))
        return digests[0][2]

    def _record(self, model: Installed, file: Path) -> Record | None:
        return model.record if model.place is Place.IN_PLACE else read_record(file)

    def _keep(self, model: Installed, file: Path, record: Record) -> None:
        with contextlib.suppress(OSError):  # the check itself went well
            if model.place is Place.IN_PLACE:
                self._in_place.put(file, record)
            elif model.place is Place.OWN:
                write_record(file, record)

    def remove(self, model: Installed) -> int:
        """Delete a model of ours, or forget one that is used where it lies; return the bytes set free.

        A projector that no other model in its folder needs goes too. Raises DownloadError for a model in
        another program's folder, and for what can't be deleted.
        """
        if model.place is Place.SHARED:
            raise DownloadError("models.read_only", name=readable_name(model.path))
        if model.place is Place.IN_PLACE:
            self._in_place.drop(model.path)
            return 0
        others = [
            each.path
            for each in self.models()
            if each.place is Place.OWN and each.path.parent == model.path.parent and each.path != model.path
        ]
        doomed = list(model.files)
        if not others:
            doomed += [each for each in _gguf_files(model.path.parent) if is_companion(each.name)]
        freed = 0
        for file in doomed:
            try:
                size = file.stat().st_size
                file.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _fault(error, file, "files.writing") from error
            freed += size
            with contextlib.suppress(OSError):
                record_path(file).unlink()
        self._prune(model.path.parent)
        return freed

    def _prune(self, folder: Path) -> None:
        while folder != self.folder and self.folder in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                return  # something else is in it
            folder = folder.parent

    def bring_in(self, path: Path, *, copy: bool, told: Told = lambda _done: None) -> Installed:
        """Take in a local GGUF file (all its parts, where it is split), copied or used where it lies.

        Raises ModelError for what is no model, DownloadError where it can't be read or kept; nothing is
        left behind then.
        """
        path = Path(os.path.abspath(path))  # noqa: PTH100 - a link stays the name that was given
        header = read_header(path)
        if header.architecture == PROJECTOR:
            raise ModelError("models.projector", name=readable_name(path))
        files = [path.with_name(name) for name in shards_of(path.name)]
        for file in files:
            read_header(file)
        if copy:
            return self._copy_in(files, told)
        for file in files:
            try:
                digest, size = sha256_of(file, told)
                self._in_place.put(file, Record("", "", "", digest, size, time.time(), time.time()))
            except OSError as error:
                raise _fault(error, file, "files.reading") from error
        return self.find(str(path))

    def _copy_in(self, files: Sequence[Path], told: Told) -> Installed:
        target = self.folder / IMPORTED
        made: list[Path] = []
        try:
            target.mkdir(parents=True, exist_ok=True)
            _require_room(files, target)
            for file in files:
                final = target / file.name
                part = final.with_name(final.name + PART)
                made += [part, final, record_path(final)]
                digest, size = _copy(file, part, told)
                write_record(final, Record("", "", "", digest, size, time.time(), time.time()))
                part.replace(final)
        except BaseException as error:
            for each in made:
                with contextlib.suppress(OSError):
                    each.unlink()
            if isinstance(error, OSError):
                raise _fault(error, target / files[0].name, "files.writing") from error
            raise
        return self.find(str(target / files[0].name))


def _require_room(files: Sequence[Path], target: Path) -> None:
    """Raise DownloadError where a name is taken in the folder, or the disk is too small for the files."""
    for file in files:
        if (target / file.name).exists():
            raise DownloadError("models.there_already", name=readable_name(file))
    missing = sum(file.stat().st_size for file in files) - shutil.disk_usage(target).free
    if missing > 0:
        name = readable_name(files[0])
        raise DownloadError("download.no_space", name=name, needed=-(-missing // 1_000_000))


def _copy(source: Path, target: Path, told: Told) -> tuple[str, int]:
    """Copy a file; return the sha256 of what was copied, and its bytes. `told` may raise to stop it."""
    done, digest = 0, hashlib.sha256()
    with source.open("rb") as reading, target.open("xb") as writing:
        while piece := reading.read(1 << 20):
            writing.write(piece)
            digest.update(piece)
            done += len(piece)
            told(done)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest(), done


def _fault(error: OSError, path: Path, table: str) -> PenwrightError:
    key, values = explain(error, path, table)
    return DownloadError(key, **values)


def _gguf_files(folder: Path) -> Iterator[Path]:
    """Return the GGUF files in a folder and below, sorted by name; links to folders aren't followed."""
    seen = 0
    for place, folders, names in os.walk(folder):
        below = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if below < _DEPTH else []
        for name in sorted(names):
            if name.lower().endswith(".gguf"):
                yield Path(place, name)
                seen += 1
                if seen >= _MOST:
                    return
