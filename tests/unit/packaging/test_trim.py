"""What is taken out of a bundle, and what never is."""

from pathlib import Path

import pytest

from installers import trim

LINKED = {
    "libQt6Core.so.6": {"libicuuc.so.73"},
    "libcups.so.2": {"libavahi.so.3"},
    "libavahi.so.3": {"libcom.so.1"},
}


def test_what_came_along_for_a_library_that_is_left_out_goes_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "_internal"
    names = ("libQt6Core.so.6", "libicuuc.so.73", "libavahi.so.3", "libcom.so.1", "libpython3.11.so.1.0")
    package = inside / "PySide6" / "libown.so"
    package.parent.mkdir(parents=True)
    for each in (package, *(inside / name for name in names)):
        each.touch()

    def needed(objects: list[Path]) -> set[str]:
        return {"libQt6Core.so.6"}.union(*(LINKED.get(each.name, set()) for each in objects))

    monkeypatch.setattr(trim, "needed_names", needed)
    trim.drop_orphans(tmp_path)
    left = {each.name for each in inside.iterdir()}
    assert left == {"PySide6", "libQt6Core.so.6", "libicuuc.so.73", "libpython3.11.so.1.0"}
    assert package.exists(), "what a package brought along is its own"
