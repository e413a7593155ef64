"""The stamp notices what changed, and nothing else; the lock files are read rightly."""

import dataclasses
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from devtools import environment
from devtools.checkout import Checkout, quiet_environment
from devtools.console import Console
from devtools.environment import Stamp, chosen_backend, installed_parts, program_environment
from devtools.lock_files import engine_pin, read_pins, without_engine

ROOT = Path(__file__).resolve().parents[3]
LOCK = """# made by a tool
alpha==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via penwright (pyproject.toml)
llama-cpp-python==0.3.36 \\
    --hash=sha256:{b}
beta==2.0 \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "tree")
    made.locks.mkdir(parents=True)
    for name in ("run", "test", "engine-build"):
        made.lock(name).write_text(LOCK, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", made.pyproject)
    return made


def make_ready(checkout: Checkout, stamp: Stamp) -> None:
    checkout.python.parent.mkdir(parents=True, exist_ok=True)
    checkout.python.touch()
    stamp.write(checkout.stamp)


def test_pins(checkout: Checkout) -> None:
    pins = read_pins(checkout.lock("run"))
    assert [(pin.name, pin.version, len(pin.hashes)) for pin in pins] == [
        ("alpha", "1.0", 2),
        ("llama-cpp-python", "0.3.36", 1),
        ("beta", "2.0", 1),
    ]
    assert engine_pin(checkout.lock("run")).hashes == ("sha256:" + "b" * 64,)
    rest = without_engine(checkout.lock("run"))
    assert "llama" not in rest
    assert "via" not in rest
    assert rest.count("--hash") == 3


def test_a_line_that_pins_nothing_is_refused(checkout: Checkout) -> None:
    checkout.lock("run").write_text("alpha>=1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="pins nothing"):
        read_pins(checkout.lock("run"))


def test_a_stamp_survives_the_disk(checkout: Checkout) -> None:
    checkout.venv.mkdir()
    stamp = Stamp.wanted(checkout, "cpu", tests=True)
    stamp.write(checkout.stamp)
    assert Stamp.read(checkout.stamp) == stamp
    assert stamp.serves(Stamp.wanted(checkout, "cpu", tests=True))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"root": 1, "unknown": 2}', "null"])
def test_a_broken_stamp_counts_as_none(checkout: Checkout, text: str) -> None:
    checkout.venv.mkdir()
    checkout.stamp.write_text(text, encoding="utf-8")
    assert Stamp.read(checkout.stamp) is None


def test_an_environment_for_tests_serves_for_running_but_not_the_other_way(checkout: Checkout) -> None:
    running, testing = Stamp.wanted(checkout, "cpu", tests=False), Stamp.wanted(checkout, "cpu", tests=True)
    assert testing.serves(running)
    assert not running.serves(testing)


@pytest.mark.parametrize("field", ["root", "python", "files", "processor", "backend"])
def test_each_change_is_noticed(checkout: Checkout, field: str) -> None:
    wanted = Stamp.wanted(checkout, "cpu", tests=False)
    other = dataclasses.replace(wanted, **{field: "other"})
    assert not other.serves(wanted)
    assert other.same_place(wanted) is (field not in {"root", "python"})


def test_locks_and_dependencies_count_but_linter_settings_do_not(checkout: Checkout) -> None:
    before = Stamp.wanted(checkout, "cpu", tests=False)
    text = checkout.pyproject.read_text(encoding="utf-8")
    checkout.pyproject.write_text(text.replace("line-length = 110", "line-length = 100"), encoding="utf-8")
    assert Stamp.wanted(checkout, "cpu", tests=False) == before
    checkout.pyproject.write_text(text.replace('"numpy>=1.26,<3"', '"numpy>=1.27,<3"'), encoding="utf-8")
    assert Stamp.wanted(checkout, "cpu", tests=False).files != before.files
    checkout.pyproject.write_text(text, encoding="utf-8")
    checkout.lock("test").write_text(LOCK.replace("2.0", "2.1"), encoding="utf-8")
    assert Stamp.wanted(checkout, "cpu", tests=False).files != before.files


def test_a_moved_checkout_is_noticed(checkout: Checkout, tmp_path: Path) -> None:
    stamp = Stamp.wanted(checkout, "cpu", tests=False)
    moved = Checkout(checkout.root.rename(tmp_path / "moved"))
    assert not stamp.same_place(Stamp.wanted(moved, "cpu", tests=False))


def test_the_backend_is_remembered(checkout: Checkout) -> None:
    assert chosen_backend(checkout, None) in {"cpu", "metal"}
    make_ready(checkout, Stamp.wanted(checkout, "vulkan", tests=False))
    assert chosen_backend(checkout, None) == "vulkan"
    assert chosen_backend(checkout, "cpu") == "cpu"


class Recorder:
    """Stands in for what changes the machine, and notes what was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, checkout: Checkout) -> None:
        self.calls: list[str] = []
        self.fail = False
        self.tests = False
        monkeypatch.setattr(environment.system_packages, "ensure", lambda **_: self.calls.append("system"))

        def make(*_: object) -> None:
            self.calls.append("make")
            checkout.python.parent.mkdir(parents=True, exist_ok=True)
            checkout.python.touch()

        def install(_checkout: Checkout, _cache: Path, wanted: Stamp, _console: Console) -> None:
            self.calls.append("install")
            self.tests = wanted.tests
            if self.fail:
                raise KeyboardInterrupt

        monkeypatch.setattr(environment, "_make", make)
        monkeypatch.setattr(environment, "_install", install)

    def take(self) -> list[str]:
        calls, self.calls = self.calls, []
        return calls


def test_ensure_installs_once_and_repairs(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder, console = Recorder(monkeypatch, checkout), Console()

    def ensure(backend: str = "cpu", *, tests: bool = False) -> list[str]:
        environment.ensure(checkout, backend, console, tests=tests)
        return recorder.take()

    assert ensure() == ["system", "make", "install"]
    assert ensure() == ["system"]
    assert ensure(tests=True) == ["system", "install"]
    assert ensure() == ["system"], "what serves for tests serves for running"
    assert ensure("vulkan") == ["system", "install"]
    assert recorder.tests, "another backend does not lose the tests' packages"
    checkout.python.unlink()
    assert ensure("vulkan") == ["system", "make", "install"]


def test_an_interrupted_installation_is_made_anew(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, console = Recorder(monkeypatch, checkout), Console()
    environment.ensure(checkout, "cpu", console, tests=False)
    recorder.take()
    recorder.fail = True
    with pytest.raises(KeyboardInterrupt):
        environment.ensure(checkout, "cpu", console, tests=True)
    assert not checkout.stamp.exists()
    recorder.take()
    recorder.fail = False
    environment.ensure(checkout, "cpu", console, tests=True)
    assert recorder.take() == ["system", "make", "install"]


def test_environments_keep_other_pythons_out() -> None:
    told = {"PYTHONPATH": "/x", "PYTHONHOME": "/y", "PIP_TARGET": "/z", "KEPT": "1"}
    assert quiet_environment(told).keys() & told.keys() == {"KEPT"}
    assert program_environment(told, QT_QPA_PLATFORM="offscreen") == {
        "PIP_TARGET": "/z",
        "KEPT": "1",
        "QT_QPA_PLATFORM": "offscreen",
    }


@pytest.mark.parametrize("name", ["run", "test", "engine-build"])
def test_the_real_locks_pin_everything_by_hash_and_name_no_place(name: str) -> None:
    lock = Checkout(ROOT).lock(name)
    assert all(pin.hashes for pin in read_pins(lock))
    assert not re.search(r"https?:|file:|index-url|find-links", lock.read_text(encoding="utf-8"))


def test_the_real_locks_know_every_dependency_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    run = {(pin.name, pin.version) for pin in read_pins(Checkout(ROOT).lock("run"))}
    test = {(pin.name, pin.version) for pin in read_pins(Checkout(ROOT).lock("test"))}
    assert run <= test, "tests run with the very versions that users get"

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0].lower() for text in requirements}

    assert names(project["project"]["dependencies"]) | names(groups["build"]) <= {pin for pin, _ in run}
    assert names(groups["test"]) | names(groups["check"]) <= {pin for pin, _ in test}


def test_installed_parts_are_the_same_for_the_same_project() -> None:
    parts = installed_parts(ROOT / "pyproject.toml")
    assert json.loads(parts)[1]["name"] == "penwright"
