"""The hunspell dictionaries of this machine, and how another one is taken in."""

from __future__ import annotations

import importlib.util
import os
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from penwright.base.errors import SpellingError
from penwright.base.files import readable_name, write_atomically

_LARGEST = 64 << 20  # bytes of one file; the largest dictionary there is has about 20 MB
_MOST_FILES = 2000  # in an extension; the largest has some dozens


@dataclass(frozen=True)
class Dictionary:
    """A pair of files, `CODE.aff` and `CODE.dic`, in `folder`. code: such as en_US or de_DE_frami."""

    code: str
    folder: Path


def folders_of_system(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """Return where dictionaries lie on this kind of machine, what was wished for first.

    The folders are hunspell's own and those of LibreOffice, Firefox's being none of a fixed name.
    """
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or ".")
    wished = [Path(each) for each in environment.get("DICPATH", "").split(os.pathsep) if each]
    if platform == "darwin":
        plain = [home / "Library/Spelling", Path("/Library/Spelling")]
        offices = [Path("/Applications/LibreOffice.app/Contents/Resources/extensions")]
    elif platform == "win32":
        programs = Path(environment.get("PROGRAMFILES", r"C:\Program Files"))
        plain = []
        offices = [programs / "LibreOffice" / "share" / "extensions"]
    else:
        shares = environment.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
        own = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
        plain = [
            place / kind
            for place in (own, *(Path(each) for each in shares if each))
            for kind in ("hunspell", "myspell", "myspell/dicts")
        ]
        offices = [
            Path("/usr/lib/libreoffice/share/extensions"),
            Path("/usr/lib64/libreoffice/share/extensions"),
        ]
    return (*wished, *plain, *(folder for office in offices for folder in _below(office)))


def folder_of_package() -> Path | None:
    """Return the folder of the English dictionary that comes with the binding, which is not loaded here."""
    found = importlib.util.find_spec("hunspell")
    places = found.submodule_search_locations if found is not None else None
    return Path(next(iter(places))) / "dictionaries" if places else None


def find(folders: Iterable[Path]) -> tuple[Dictionary, ...]:
    """Return the dictionaries in `folders` by code; of two with one code, that of the earlier folder."""
    found: dict[str, Dictionary] = {}
    for folder in folders:
        try:
            names = {entry.name for entry in os.scandir(folder)}
        except OSError:
            continue
        for name in names:
            code = name.removesuffix(".dic")
            if code != name and not code.startswith("hyph_") and f"{code}.aff" in names:
                found.setdefault(code, Dictionary(code, folder))
    return tuple(found[code] for code in sorted(found))


def take_in(path: Path, folder: Path) -> tuple[str, ...]:
    """Copy dictionaries into `folder`, and return their codes.

    path: a .dic or .aff file with the other beside it, or an extension of LibreOffice or Firefox (.oxt,
    .xpi, .zip). Raises SpellingError; then nothing was copied.
    """
    pairs = _from_archive(path) if path.suffix.lower() in (".oxt", ".xpi", ".zip") else _from_pair(path)
    if not pairs:
        raise SpellingError("spelling.no_dictionary", name=readable_name(path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for code, (affixes, words) in pairs.items():
            write_atomically(folder / f"{code}.aff", affixes)
            write_atomically(folder / f"{code}.dic", words)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SpellingError("spelling.not_copied", name=readable_name(path), reason=reason) from error
    return tuple(sorted(pairs))


def _below(folder: Path) -> tuple[Path, ...]:
    """Return the folders of dictionaries among an office's extensions."""
    try:
        inside = sorted(folder.glob("dict-*"))
    except OSError:
        return ()
    return (*inside, *(each / "dictionaries" for each in inside))


def _from_pair(path: Path) -> dict[str, tuple[bytes, bytes]]:
    try:
        parts = [path.with_suffix(suffix) for suffix in (".aff", ".dic")]
        if any(part.stat().st_size > _LARGEST for part in parts):
            raise SpellingError("spelling.no_dictionary", name=readable_name(path))
        affixes, words = (part.read_bytes() for part in parts)
    except FileNotFoundError as error:
        raise SpellingError("spelling.half", name=readable_name(path)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SpellingError("spelling.not_read", name=readable_name(path), reason=reason) from error
    return {path.stem: (affixes, words)} if _is_list(words) else {}


def _from_archive(path: Path) -> dict[str, tuple[bytes, bytes]]:
    pairs: dict[str, tuple[bytes, bytes]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {each.filename: each for each in archive.infolist()[:_MOST_FILES]}
            for name, entry in parts.items():
                other = parts.get(name.removesuffix(".dic") + ".aff")
                code = name.rpartition("/")[2].removesuffix(".dic")
                if not name.endswith(".dic") or other is None or not code or code.startswith("hyph_"):
                    continue
                if max(entry.file_size, other.file_size) > _LARGEST:
                    continue
                words = archive.read(entry)
                if _is_list(words):
                    pairs[code] = (archive.read(other), words)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise SpellingError("spelling.no_dictionary", name=readable_name(path)) from error
    return pairs


def _is_list(words: bytes) -> bool:
    """Whether it begins as a .dic does: with a number, of the words that follow."""
    return words.removeprefix(b"\xef\xbb\xbf").lstrip().split(None, 1)[:1] != [] and (
        words.removeprefix(b"\xef\xbb\xbf").lstrip().split(None, 1)[0].isdigit()
    )
