"""The small JSON file beside a model: where it came from, what it should be, when it was checked.

`NAME.gguf.json` lies beside an installed file, `NAME.gguf.part.json` beside one that is still fetched. What
stands in it is data of ours, yet it is checked like a stranger's: anyone can edit it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from penwright.base.errors import PenwrightError
from penwright.base.files import read_bounded, write_atomically
from penwright.modelstore.names import check_file, check_repo

_LIMIT = 20_000  # bytes
_REVISION = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Record:
    """What is known of a file.

    repo, file: on the hub; empty for a file that was imported. revision: the commit. sha256: hexadecimal.
    size: bytes. since: when it was installed, checked: when it was last verified; seconds since 1970, 0 for
    never. licence: as the hub names it. endpoint: the hub that it came from.
    """

    repo: str
    file: str
    revision: str
    sha256: str
    size: int
    since: float = 0.0
    checked: float = 0.0
    licence: str = ""
    endpoint: str = ""


def record_path(model: Path) -> Path:
    """Return where the record of this file lies."""
    return model.with_name(f"{model.name}.json")


def read_record(model: Path) -> Record | None:
    """Return the record beside `model`, or None where there is none that can be trusted."""
    try:
        data, _stamp = read_bounded(record_path(model), _LIMIT)
        kept: object = json.loads(data)
        if not isinstance(kept, dict):
            return None
        record = Record(**{field.name: kept[field.name] for field in fields(Record) if field.name in kept})
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return record if sound(record) else None


def sound(record: Record) -> bool:
    """Return whether every value in it can be what it says."""
    texts = (record.repo, record.file, record.revision, record.sha256, record.licence, record.endpoint)
    if not all(isinstance(text, str) for text in texts):
        return False
    if type(record.size) is not int or record.size <= 0 or not _DIGEST.fullmatch(record.sha256):
        return False
    if not all(isinstance(moment, int | float) for moment in (record.since, record.checked)):
        return False
    if not record.repo:
        return True
    try:
        check_repo(record.repo)
        check_file(record.file)
    except PenwrightError:
        return False
    return bool(_REVISION.fullmatch(record.revision))


def write_record(model: Path, record: Record) -> None:
    """Write the record beside `model`. Raises OSError."""
    text = json.dumps(asdict(record), indent=1) + "\n"
    write_atomically(record_path(model), text.encode("utf-8"))
