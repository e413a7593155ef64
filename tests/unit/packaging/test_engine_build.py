"""The engine is built once, moved into place only when finished, and watched while it builds."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools import engine_build, long_builds
from devtools.checkout import Checkout
from devtools.console import Console, StepError
from devtools.engine_build import RECIPE, engine_wheel
from devtools.engine_identity import EngineIdentity
from devtools.lock_files import Pin
from devtools.machine import Machine

PIN = Pin("llama-cpp-python", "1.2.3", ("sha256:" + "a" * 64,), "llama-cpp-python==1.2.3")
IDENTITY = EngineIdentity.of(PIN, "cpu", Machine("x86_64", "avx", "g++ 12"), RECIPE, {})


def pretend(monkeypatch: pytest.MonkeyPatch, compile_step: Callable[[Path], None]) -> None:
    def tools(_checkout: Checkout, part: Path, log: Path) -> Path:
        log.write_text("tools\n", encoding="utf-8")
        return part / "tools"

    def compile_it(
        _tools: Path, part: Path, _identity: EngineIdentity, _log: Path, _console: Console
    ) -> None:
        compile_step(part)

    monkeypatch.setattr(engine_build, "install_build_tools", tools)
    monkeypatch.setattr(engine_build, "_compile", compile_it)


def build(cache: Path) -> Path:
    return engine_wheel(Checkout(cache), cache, IDENTITY, Console())


def test_it_is_built_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    builds: list[Path] = []

    def succeed(part: Path) -> None:
        builds.append(part)
        (part / "engine.whl").write_text("wheel", encoding="utf-8")

    pretend(monkeypatch, succeed)
    wheel = build(tmp_path)
    assert wheel.read_text(encoding="utf-8") == "wheel"
    assert build(tmp_path) == wheel
    assert len(builds) == 1
    assert {path.name for path in wheel.parent.iterdir()} == {"engine.whl", "identity.json"}
    assert not builds[0].exists()


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), StepError("It broke.")])
def test_an_unfinished_build_leaves_nothing_to_be_taken_for_one(
    problem: BaseException, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(part: Path) -> None:
        (part / "engine.whl").touch()
        raise problem

    pretend(monkeypatch, fail)
    with pytest.raises(type(problem)):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    assert (tmp_path / f"{IDENTITY.name}.log").exists()


def test_what_a_killed_build_left_is_cleared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    left = tmp_path / f".{IDENTITY.name}.part"
    (left / "tools").mkdir(parents=True)
    (left / "half.whl").touch()
    pretend(monkeypatch, lambda part: (part / "engine.whl").touch())
    assert build(tmp_path).name == "engine.whl"
    assert not left.exists()


def test_a_build_is_followed_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "build.log"
    code = "print('  [1/2] first'); print('  [2/2] second')"
    console = Console()
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as program:
        long_builds._follow(program, log, console)
    assert log.read_text(encoding="utf-8") == "  [1/2] first\n  [2/2] second\n"
    assert capsys.readouterr().out == "", "a short build needs no sign of life"


def test_the_build_environment_takes_the_recipe_and_the_persons_own_arguments(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=OFF")
    told = engine_build._build_environment(tmp_path / "tools", tmp_path, IDENTITY)
    assert "engine_only.cmake" in told["CMAKE_ARGS"]
    assert told["CMAKE_ARGS"].endswith("-DGGML_NATIVE=OFF")
    assert told["PATH"].startswith(str(tmp_path / "tools"))
