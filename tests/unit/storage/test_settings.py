"""Settings survive, and a bad file never keeps the program from starting."""

import json
import os
import stat
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.base.paths import resources
from penwright.storage import settings_file
from penwright.storage.settings import Page, Settings, declarations
from penwright.storage.settings_file import STEPS, SettingsFile


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    (tmp_path / "config").mkdir()
    return SettingsFile(tmp_path / "config")


def keys(notes: tuple[SettingsError, ...]) -> list[str]:
    catalogue = Catalogue(resources() / "i18n")
    assert all(catalogue.sentence(note) for note in notes)
    return [note.key for note in notes]


def test_nothing_there_yet(tmp_path):
    assert SettingsFile(tmp_path / "a" / "b").load() == (Settings(), ())
    assert not (tmp_path / "a").exists()


def test_kept_and_private(tmp_path):
    file = SettingsFile(tmp_path / "a" / "b")
    chosen = Settings(model="/x/\udcff日.gguf", typeface="sans", suggestions=False, eagerness="eager")
    chosen = replace(chosen, network="off", shared_models=("/a", "/b"), download_limit=500)
    chosen = replace(chosen, banned_phrases=("at the end of the day", "渡口"))
    file.save(chosen)
    assert file.load() == (chosen, ())
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert json.loads(file.path.read_text()) == {
        "version": 1,
        **asdict(chosen),
        "shared_models": ["/a", "/b"],
        **{key: [] for key in ("spelling_languages", "favourite_styles", "recent_styles")},
        "banned_phrases": ["at the end of the day", "渡口"],
    }
    file.path.chmod(0o644)
    file.save(chosen)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_each_is_declared_as_data():
    catalogue = Catalogue(resources() / "i18n")
    table = declarations()
    assert [entry.name for entry in table] == [field.name for field in fields(Settings)]
    for entry in table:
        assert catalogue.say(entry.description)
        assert catalogue.say(entry.title)
        assert entry.page is Page.NONE or catalogue.say(f"settings.page_{entry.page.value}")
        for choice in entry.choices or ():
            assert isinstance(choice, bool) or catalogue.say(f"settings.choice_{entry.name}_{choice}")
        assert entry.accepts(entry.default)
        assert all(entry.accepts(choice) for choice in entry.choices or ())
    by_name = {entry.name: entry for entry in table}
    assert by_name["eagerness"].choices == ("quiet", "normal", "eager")
    assert by_name["suggestions"].choices == (False, True)
    assert by_name["model"].choices is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", 3),
        ("model", ["x"]),
        ("typeface", "comic"),
        ("typeface", None),
        ("suggestions", 1),
        ("suggestions", "true"),
        ("eagerness", {}),
        ("seen_tab_hint", None),
        ("gpu", "on"),
        ("network", "on"),
        ("network", False),
        ("hub_endpoint", 3),
        ("shared_models", "/a"),
        ("shared_models", [1]),
        ("banned_phrases", "one"),
        ("banned_phrases", [None]),
        ("download_limit", -1),
        ("download_limit", True),
        ("download_limit", "5"),
        ("download_limit", 1.5),
    ],
)
def test_one_wrong_value_costs_only_itself(name, value, file):
    right = Settings(
        model="/m.gguf",
        typeface="sans",
        suggestions=False,
        eagerness="quiet",
        gpu="off",
        seen_tab_hint=True,
    )
    file.path.write_text(json.dumps({"version": 1, **asdict(right), name: value}))
    settings, notes = file.load()
    assert settings == replace(right, **{name: getattr(Settings(), name)})
    assert keys(notes) == ["settings.wrong_value"] and notes[0].values == {"name": name}


def test_unknown_names_stay(file):
    file.path.write_text('{"version": 1, "font_of_tomorrow": ["a", 1]}')
    assert file.load() == (Settings(), ())
    file.save(Settings(typeface="sans"))
    kept = json.loads(file.path.read_text())
    assert kept["font_of_tomorrow"] == ["a", 1] and kept["typeface"] == "sans"


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"version": "one"}',
    b'{"version": 0}',
    b'{"version": true}',
    b"[" * 200_000,
    b'{"version": 1' + b"1" * 5_000 + b"}",
    b'{"a": "' + b"x" * 1_100_000 + b'"}',
]


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_kept_aside(data, file):
    for count in (1, 2):
        file.path.write_bytes(data)
        settings, notes = file.load()
        assert settings == Settings() and keys(notes) == ["settings.broken"]
        assert notes[0].values == {"name": f"settings.broken-{count}.json"}
        assert file.path.with_name(f"settings.broken-{count}.json").read_bytes() == data
        assert not file.path.exists()
    file.save(Settings(typeface="sans"))
    assert file.load() == (Settings(typeface="sans"), ())


def test_a_file_that_breaks_while_the_program_runs_is_kept_aside_at_saving(file):
    file.path.write_bytes(b"{")
    file.save(Settings())
    assert file.path.with_name("settings.broken-1.json").read_bytes() == b"{"
    assert file.load() == (Settings(), ())


def test_a_broken_file_that_cannot_be_set_aside_is_never_written_over(file, monkeypatch):
    file.path.write_bytes(b"{")

    def fail(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "rename", fail)
    assert keys(file.load()[1]) == ["settings.broken_stays"]
    with pytest.raises(SettingsError) as caught:
        file.save(Settings())
    assert caught.value.key == "settings.broken_stays" and file.path.read_bytes() == b"{"


def test_what_cannot_be_read_is_said_and_never_written_over(file):
    file.path.mkdir()
    assert keys(file.load()[1]) == ["settings.not_readable"]
    with pytest.raises(SettingsError) as caught:
        file.save(Settings())
    assert keys((caught.value,)) == ["settings.not_kept"]
    file.path.rmdir()
    os.mkfifo(file.path)
    assert keys(file.load()[1]) == ["settings.not_readable"]


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingsError) as caught:
        SettingsFile(tmp_path / "file" / "config").save(Settings())
    assert caught.value.key == "settings.not_kept"


def test_a_full_disk_keeps_the_old_file(file, monkeypatch):
    file.save(Settings(typeface="sans"))

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(SettingsError) as caught:
        file.save(Settings())
    monkeypatch.undo()
    assert caught.value.values == {"reason": "No space left on device"}
    assert file.load() == (Settings(typeface="sans"), ())


def test_there_is_no_gap_between_the_steps():
    assert sorted(STEPS) == list(range(1, len(STEPS) + 1))


def test_steps_lead_from_each_version_to_this_one(tmp_path):
    steps = {
        1: lambda kept: {**kept, "typeface": "sans" if kept.pop("face", "") == "plain" else "serif"},
        2: lambda kept: {**kept, "eagerness": {"low": "quiet"}.get(kept.get("eagerness", ""), "normal")},
    }
    file = SettingsFile(tmp_path, steps)
    for old in (
        {"face": "plain", "eagerness": "low"},
        {"version": 1, "face": "plain", "eagerness": "low"},
        {"version": 2, "typeface": "sans", "eagerness": "low"},
        {"version": 3, "typeface": "sans", "eagerness": "quiet"},
    ):
        file.path.write_text(json.dumps(old))
        assert file.load() == (Settings(typeface="sans", eagerness="quiet"), ())
    file.path.write_text(json.dumps({"version": 1, "face": "plain", "other": 1}))
    file.save(file.load()[0])
    kept = json.loads(file.path.read_text())
    assert (kept["version"], kept["other"], kept["typeface"]) == (3, 1, "sans")
    backup = tmp_path / "settings.version-1.json"
    assert json.loads(backup.read_text()) == {"version": 1, "face": "plain", "other": 1}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    backup.unlink()
    file.save(file.load()[0])
    assert not backup.exists(), "a file of this version needs none"


def test_a_file_of_an_older_version_is_not_written_over_without_its_backup(tmp_path, monkeypatch):
    file = SettingsFile(tmp_path, {1: dict})
    file.path.write_text('{"version": 1, "typeface": "sans"}')

    def fail(path, data, *, private):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings_file, "write_atomically", fail)
    with pytest.raises(SettingsError):
        file.save(Settings())
    assert file.path.read_text() == '{"version": 1, "typeface": "sans"}'


def test_a_step_that_fails_is_a_broken_file(tmp_path):
    file = SettingsFile(tmp_path, {1: lambda kept: kept["gone"]})
    file.path.write_text('{"version": 1}')
    assert keys(file.load()[1]) == ["settings.broken"]


def test_a_newer_file_is_understood_as_far_as_possible_and_stays_newer(file):
    file.path.write_text('{"version": 9, "typeface": "sans", "eagerness": "dreamy", "more": 1}')
    settings, notes = file.load()
    assert settings == Settings(typeface="sans")
    assert keys(notes) == ["settings.newer", "settings.wrong_value"]
    file.save(settings)
    kept = json.loads(file.path.read_text())
    assert (kept["version"], kept["more"]) == (9, 1)
