"""One table of a style's file, read key by key: wrong values and unknown keys are told with their lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from penwright.base.errors import StyleError, Value
from penwright.core.styles.style import Range
from penwright.core.styles.toml_lines import BEGINS, Path, line_of

_LONGEST = 20_000  # characters of one text in a style


class Table:
    """Gives a table's values, and raises StyleError for what is wrong, missing or unknown."""

    def __init__(self, file: str, lines: dict[Path, int], path: Path, entries: Mapping[str, Any]) -> None:
        self._file, self._lines, self._path, self._entries = file, lines, path, entries
        self._known: set[str] = set()
        self._inner: dict[str, list[Table]] = {}

    def wrong(self, fault: str, name: str = "", *, below: int = 0, **values: Value) -> StyleError:
        """Return what to raise for the entry `name`; below: the line within its text, from 1."""
        path = (*self._path, name) if name else self._path
        line = line_of(self._lines, (*path, BEGINS) if below else path) + max(0, below - 1)
        shown = ".".join(str(part) for part in (*self._path, name) if isinstance(part, str) and part)
        return StyleError(fault, file=self._file, line=line, field=shown, **values)

    def has(self, name: str) -> bool:
        """Return whether the table has the entry."""
        return name in self._entries

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text. Without a default it is required, and may not be empty."""
        value = self._take(name, default)
        if value is None:
            raise self.wrong("style.missing", name)
        if not isinstance(value, str):
            raise self.wrong("style.wants_text", name)
        if default is None and not value.strip():
            raise self.wrong("style.empty", name)
        if len(value) > _LONGEST:
            raise self.wrong("style.long_text", name, most=_LONGEST)
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return one of some words."""
        value = self.text(name, default)
        if value not in allowed:
            raise self.wrong("style.wants_one_of", name, value=value[:60], allowed=", ".join(allowed))
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, none where there is no such entry."""
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.wrong("style.wants_texts", name)
        return tuple(value)

    def number(self, name: str, default: float, least: float, most: float) -> float:
        """Return a number within bounds."""
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong("style.wants_number", name)
        if not least <= value <= most:
            raise self.wrong("style.out_of_range", name, least=least, most=most)
        return value

    def flag(self, name: str) -> bool:
        """Return true or false; false where there is no such entry."""
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise self.wrong("style.wants_flag", name)
        return value

    def range(self, name: str) -> Range | None:
        """Return { least = .., most = .. }, or None where there is no such entry."""
        if name not in self._entries:
            self._known.add(name)
            return None
        table = self.table(name)
        made = Range(table.number("least", 0, 0, 1_000_000), table.number("most", 1_000_000, 0, 1_000_000))
        if made.least > made.most:
            raise self.wrong("style.wants_range", name)
        return made

    def plain(self, name: str, default: str | None = None) -> str:
        """Return a text, number or flag as the form of a style has it: as text."""
        value = self._take(name, default)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if not isinstance(value, str | int):
            raise self.wrong("style.wants_text", name)
        return str(value)

    def by_language(self, name: str, languages: tuple[str, ...], *, required: bool = True) -> dict[str, str]:
        """Return a text for each language, from a table of them or one for all; "" where it is missing."""
        value = self._take(name, None)
        if isinstance(value, Mapping):
            table = self.table(name)
            return {each: table.plain(each, None if required else "").strip("\n") for each in languages}
        if value is None and not required:
            return dict.fromkeys(languages, "")
        if value is None:
            raise self.wrong("style.missing", name)
        return dict.fromkeys(languages, self.plain(name).strip("\n"))

    def table(self, name: str) -> Table:
        """Return a table in this one, an empty one where there is none."""
        if name not in self._inner:
            value = self._take(name, {})
            if not isinstance(value, Mapping):
                raise self.wrong("style.wants_table", name)
            self._inner[name] = [Table(self._file, self._lines, (*self._path, name), value)]
        return self._inner[name][0]

    def tables(self, name: str) -> list[Table]:
        """Return an array of tables."""
        if name not in self._inner:
            value = self._take(name, [])
            if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
                raise self.wrong("style.wants_tables", name)
            self._inner[name] = [
                Table(self._file, self._lines, (*self._path, name, number), each)
                for number, each in enumerate(value)
            ]
        return self._inner[name]

    def names(self) -> list[str]:
        """Return the names of the entries."""
        return list(self._entries)

    def finish(self) -> None:
        """Raise StyleError for an entry that nobody has asked for, in this table or one in it."""
        for name in self._entries:
            if name not in self._known:
                raise self.wrong("style.unknown", name, known=", ".join(sorted(self._known)))
        for tables in self._inner.values():
            for table in tables:
                table.finish()

    def _take(self, name: str, default: Any) -> Any:
        self._known.add(name)
        return self._entries.get(name, default)
