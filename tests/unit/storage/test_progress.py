"""The file of days."""

import stat
from datetime import date

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.base.paths import resources
from penwright.storage.progress import ProgressFile

DAYS = {date(2026, 2, 28): 400, date(2026, 3, 1): -12}


def test_days_are_kept_for_their_owner(tmp_path):
    file = ProgressFile(tmp_path / "a")
    assert file.load() == {}
    file.save(DAYS)
    assert file.load() == DAYS
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    file.erase()
    file.erase()
    assert file.load() == {}


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"[]",
        b'{"days": []}',
        b'{"days": {"yesterday": 1}}',
        b'{"days": {"2026-03-01": "many"}}',
        b'{"days": {"2026-03-01": true}}',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"version": 1, "days": {"2026-',
        b'{"days": {}}' + b" " * 300_000,
    ],
)
def test_a_broken_file_is_set_aside(tmp_path, kept):
    file = ProgressFile(tmp_path)
    file.path.write_bytes(kept)
    with pytest.raises(SettingsError) as told:
        file.load()
    assert Catalogue(resources() / "i18n").sentence(told.value)
    assert (tmp_path / "progress.broken.json").read_bytes() == kept
    assert file.load() == {}


def test_a_disk_that_cannot(tmp_path):
    (tmp_path / "a").write_text("in the way")
    with pytest.raises(SettingsError):
        ProgressFile(tmp_path / "a").save(DAYS)
    with pytest.raises(SettingsError):
        ProgressFile(tmp_path / "a").load()
