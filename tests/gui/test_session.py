"""The texts that were open come back, each with its caret where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.keeping_desk import desk_in, opened
from penwright.storage.session import Place, Session, SessionFile

LONG = "\n".join(f"Line {number} of the text." for number in range(400))


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("a.md", "b.md")]
    for path in paths:
        path.write_text(LONG, "utf-8")
    return paths


def test_texts_come_back_where_they_were(qtbot: QtBot, qapp, tmp_path: Path, paths: list[Path]) -> None:
    with desk_in(tmp_path / "home") as desk:
        assert desk.keeping.files_of_last_time() == ()
        for path in paths:
            window = opened(desk, qtbot, path)
            cursor = window.area.textCursor()
            cursor.setPosition(5000)
            window.area.go_to(cursor)
        scroll = window.area.verticalScrollBar().value()
        assert scroll > 0
        opened(desk, qtbot)  # one without a file
        window.quit()
        qtbot.waitUntil(lambda: not desk.seats)
    with desk_in(tmp_path / "home") as desk:
        assert desk.keeping.files_of_last_time() == tuple(paths)
        window = opened(desk, qtbot, paths[1])
        assert window.area.textCursor().position() == 5000
        assert window.area.verticalScrollBar().value() == scroll
        assert window.area.text() == LONG and not window.isWindowModified()


def test_a_text_that_was_closed_before_does_not_come_back(
    qtbot: QtBot, qapp, tmp_path: Path, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("penwright.ui.session._CLOSED_MS", 10)
    with desk_in(tmp_path / "home") as desk:
        desk.keeping.files_of_last_time()
        first, _second = (opened(desk, qtbot, path) for path in paths)
        desk.keeping.sessions.note()
        first.close()
        qtbot.waitUntil(lambda: SessionFile(tmp_path / "home" / "data").read().open == (str(paths[1]),))
    paths[1].unlink()
    with desk_in(tmp_path / "home") as desk:
        assert desk.keeping.files_of_last_time() == (), "it is gone"
        window = opened(desk, qtbot, paths[0])
        QTest.keyClicks(window.area, "x")


def test_a_crash_leaves_the_session_too(qtbot: QtBot, qapp, tmp_path: Path, paths: list[Path]) -> None:
    with desk_in(tmp_path / "home") as desk:
        desk.keeping.files_of_last_time()
        opened(desk, qtbot, paths[0])
        desk.keeping.sessions.note()
        desk.keeping.errands.close()
        assert SessionFile(tmp_path / "home" / "data").read().open == (str(paths[0]),)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"open": 3}', b'{"open": [], "places": [{}]}', b"[" * 100_000, b"\xff"]
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "session.json").write_bytes(data)
    assert SessionFile(tmp_path).read() == Session()


def test_places_are_bounded_and_the_newest_stay(tmp_path: Path) -> None:
    session = Session()
    for number in range(400):
        session = session.with_places([Place(f"/{number}", number)], [f"/{number}"])
    assert len(session.places) == 300
    assert session.place(Path("/399")) == Place("/399", 399)
    assert session.place(Path("/0")) is None
    SessionFile(tmp_path).write(session)
    assert SessionFile(tmp_path).read() == session
    assert SessionFile(tmp_path).read().without(Path("/399")).place(Path("/399")) is None


def test_the_place_of_the_half_in_hand_comes_back(
    qtbot: QtBot, qapp, tmp_path: Path, paths: list[Path]
) -> None:
    with desk_in(tmp_path / "home") as desk:
        desk.keeping.files_of_last_time()
        window = opened(desk, qtbot, paths[0])
        window.activateWindow()
        window.commands["view.split"].trigger()
        second = window.halves.second
        assert second is not None
        qtbot.waitUntil(second.hasFocus)
        cursor = second.textCursor()
        cursor.setPosition(4321)
        second.go_to(cursor)
        window.quit()
        qtbot.waitUntil(lambda: not desk.seats)
    with desk_in(tmp_path / "home") as desk:
        desk.keeping.files_of_last_time()
        assert opened(desk, qtbot, paths[0]).area.textCursor().position() == 4321
