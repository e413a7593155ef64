"""The styles there are: those that come with the program, and the user's own, each a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penwright.base.errors import StyleError
from penwright.base.file_faults import telling
from penwright.base.files import Stamp, explain, read_bounded, readable_name, stamp, write_atomically
from penwright.core.styles import Style, style_from

_ENDING = ".toml"
_LARGEST = 1 << 20  # bytes of one file
_MOST = 1000  # files of the user's own


@dataclass(frozen=True)
class _Kept:
    stamp: Stamp | None
    style: Style | None
    fault: StyleError | None


class StyleFiles:
    """Reads styles from two folders; the user's own come before one of the same id that is bundled.

    Those that come with the program were vetted by its tests; the user's own are looked at whole, which may
    take some tenths of a second. One thread at a time may use it.
    """

    def __init__(self, bundled: Path, own: Path) -> None:
        self._bundled, self._own = bundled, own
        self._kept: dict[Path, _Kept] = {}

    @property
    def folder(self) -> Path:
        """The folder of the user's own styles; it may not be there yet."""
        return self._own

    def refresh(self) -> bool:
        """Read what has changed since, and return whether anything has. A fault hides that style alone."""
        paths = self._paths()
        gone = self._kept.keys() - set(paths)
        for path in gone:
            del self._kept[path]
        changed = [path for path in paths if self._refreshed(path)]
        return bool(gone or changed)

    def _refreshed(self, path: Path) -> bool:
        """Read a file where it has changed, and return whether it has."""
        now = _stamp(path)
        known = self._kept.get(path)
        if known is not None and known.stamp == now and now is not None:
            return False
        kept = self._kept[path] = self._read(path, now)
        return known is None or (known.stamp, str(known.fault)) != (now, str(kept.fault))

    def styles(self) -> list[Style]:
        """Return the styles as they were last read, by group and id."""
        found: dict[str, Style] = {}
        for path in self._paths():
            kept = self._kept.get(path)
            if kept is not None and kept.style is not None:
                found[kept.style.id] = kept.style
        return sorted(found.values(), key=lambda style: (style.group, style.id))

    def faults(self) -> list[StyleError]:
        """Return what is wrong with files that are no styles, as they were last read."""
        return [kept.fault for _, kept in sorted(self._kept.items()) if kept.fault is not None]

    def style(self, style_id: str) -> Style:
        """Return the style with this id; its file alone is read, where it has changed. Raises StyleError."""
        fault = StyleError("style.no_style", id=style_id[:60])
        for path in reversed(self._paths()):
            if path.stem == style_id:
                self._refreshed(path)
                kept = self._kept[path]
                if kept.style is not None:
                    return kept.style
                if kept.fault is not None and fault.key == "style.no_style":
                    fault = kept.fault
        raise fault

    def bring_in(self, path: Path, *, instead: bool = False) -> Style:
        """Copy a style's file to the user's own and return the style.

        instead: also where there is one of that id, which is then replaced. Raises StyleError for a file that
        is no style, can't be read, or whose id is taken; nothing is changed then.
        """
        data = _bytes(path)
        style = style_from(_text(data, path), path, own=True)
        target = self._own / f"{style.id}{_ENDING}"
        if not instead and target.exists():
            raise StyleError("style.taken", id=style.id)
        self._write(target, data)
        self.refresh()
        return self.style(style.id)

    def save(self, style_id: str, text: str) -> Style:
        """Keep a style's text as the user's own, under its id. Raises StyleError; nothing is changed then."""
        target = self._own / f"{style_id}{_ENDING}"
        style = style_from(text, target, own=True)
        if style.id != style_id:
            raise StyleError("style.wrong_place", file=target.name, id=style.id)
        self._write(target, text.encode())
        self.refresh()
        return self.style(style_id)

    def text(self, style_id: str) -> str:
        """Return the text of a style's file. Raises StyleError."""
        path = self.style(style_id).path
        return _text(_bytes(path), path)

    def take_out(self, style_id: str, target: Path) -> None:
        """Write a style's file to `target`, whole or not at all. Raises StyleError."""
        self._write(target, _bytes(self.style(style_id).path))

    def remove(self, style_id: str) -> None:
        """Remove one of the user's own; a bundled one of that id shows again. Raises StyleError."""
        path = self._own / f"{style_id}{_ENDING}"
        try:
            path.unlink()
        except FileNotFoundError as error:
            raise StyleError("style.no_style", id=style_id[:60]) from error
        except OSError as error:
            key, values = explain(error, path, "files.writing")
            raise StyleError(key, **values) from error
        self.refresh()

    def _paths(self) -> list[Path]:
        """Return the files, the user's own last."""
        own = sorted(self._own.glob(f"*{_ENDING}"))[:_MOST] if self._own.is_dir() else []
        return [*sorted(self._bundled.glob(f"*{_ENDING}")), *own]

    def _read(self, path: Path, now: Stamp | None) -> _Kept:
        try:
            style = style_from(
                _text(_bytes(path), path),
                path,
                own=path.parent == self._own,
                vetted=path.parent == self._bundled,
            )
        except StyleError as error:
            return _Kept(now, None, error)
        if style.id != path.stem:
            return _Kept(now, None, StyleError("style.wrong_place", file=path.name, id=style.id))
        return _Kept(now, style, None)

    def _write(self, target: Path, data: bytes) -> None:
        with telling(StyleError, target, "files.writing"):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, data)


def style_in(path: Path) -> Style:
    """Return the style in a file that lies anywhere. Raises StyleError."""
    return style_from(_text(_bytes(path), path), path, own=True)


def _stamp(path: Path) -> Stamp | None:
    try:
        return stamp(path)
    except OSError:
        return None


def _bytes(path: Path) -> bytes:
    with telling(StyleError, path, "files.reading"):
        data, _ = read_bounded(path, _LARGEST)
    if len(data) > _LARGEST:
        raise StyleError("style.long_file", file=path.name, line=1, most=_LARGEST)
    return data


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StyleError("style.not_utf8", name=readable_name(path)) from error
