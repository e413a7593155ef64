"""What is looked for on the system, and what happens when it is missing."""

from pathlib import Path

import pytest

from devtools import system_packages
from devtools.console import Console, StepError
from devtools.system_packages import missing, needs, packages_for, sudo_line


class FakeProbe:
    """A machine that has everything but what it is told to lack."""

    def __init__(self, *lacks: str, fonts: dict[str, list[str]] | None = None) -> None:
        self.lacks = set(lacks)
        self.installed_fonts = {":slant=100": ["liberation serif"], ":lang=zh-cn": ["x"], ":lang=ja": ["x"]}
        self.installed_fonts |= fonts or {}

    def has_library(self, name: str) -> bool:
        return name not in self.lacks

    has_command = has_module = has_path = has_library

    def fonts(self, pattern: str) -> list[str]:
        return self.installed_fonts[pattern]


def unmet(probe: FakeProbe, *, tests: bool = False, backend: str = "cpu") -> list[str]:
    return packages_for(missing(needs(tests=tests, backend=backend), probe))


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages.platform, "system", lambda: "Linux")


@pytest.fixture
def no_apt(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    calls: list[list[str]] = []

    def record(arguments: list[str], _log: Path) -> bool:
        calls.append(arguments)
        return True

    monkeypatch.setattr(system_packages, "_apt", record)
    return calls


def test_a_complete_machine_needs_nothing() -> None:
    assert unmet(FakeProbe(), tests=True, backend="vulkan") == []


@pytest.mark.parametrize(
    ("lacking", "package"),
    [
        ("ensurepip", "python3-venv"),
        ("g++", "g++"),
        ("libEGL.so.1", "libegl1"),
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("fc-list", "fontconfig"),
    ],
)
def test_each_gap_names_its_package(lacking: str, package: str) -> None:
    assert unmet(FakeProbe(lacking)) == [package]


def test_a_package_is_named_once() -> None:
    assert unmet(FakeProbe("libglib-2.0.so.0", "libgthread-2.0.so.0")) == ["libglib2.0-0"]


def test_tests_and_backends_need_more() -> None:
    assert unmet(FakeProbe("Xvfb")) == []
    assert unmet(FakeProbe("Xvfb"), tests=True) == ["xvfb"]
    assert unmet(FakeProbe("glslc")) == []
    assert unmet(FakeProbe("glslc"), backend="vulkan") == ["glslc"]


def test_fonts() -> None:
    assert unmet(FakeProbe(fonts={":slant=100": ["dejavu sans"]})) == ["fonts-liberation"]
    assert unmet(FakeProbe(fonts={":slant=100": ["dejavu sans", "noto serif"]})) == []
    assert unmet(FakeProbe(fonts={":lang=zh-cn": [], ":lang=ja": []})) == ["fonts-noto-cjk"]


@pytest.mark.usefixtures("linux")
def test_someone_who_is_not_root_gets_one_line_to_paste(
    console: Console, monkeypatch: pytest.MonkeyPatch, no_apt: list[list[str]], tmp_path: Path
) -> None:
    monkeypatch.setattr(system_packages, "_is_root", lambda: False)
    probe = FakeProbe("g++", "libEGL.so.1")
    with pytest.raises(StepError) as caught:
        system_packages.ensure(tests=False, backend="cpu", log=tmp_path / "log", console=console, probe=probe)
    line = caught.value.sentence.splitlines()[-1]
    assert line == sudo_line(["g++", "libegl1"])
    assert line.startswith("sudo ")
    assert caught.value.exit_code != 0
    assert no_apt == []


@pytest.mark.usefixtures("linux")
def test_root_installs_what_is_missing(
    console: Console, monkeypatch: pytest.MonkeyPatch, no_apt: list[list[str]], tmp_path: Path
) -> None:
    monkeypatch.setattr(system_packages, "_is_root", lambda: True)
    probe = FakeProbe("g++")
    system_packages.ensure(tests=False, backend="cpu", log=tmp_path / "log", console=console, probe=probe)
    assert no_apt == [["install", "-y", "--no-install-recommends", "g++"]]


def test_the_package_lists_are_fetched_only_when_they_do_not_suffice(
    console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[str] = []

    def stale_at_first(arguments: list[str], _log: Path) -> bool:
        calls.append(arguments[0])
        return arguments[0] == "update" or calls.count("install") > 1

    monkeypatch.setattr(system_packages, "_apt", stale_at_first)
    system_packages.install(["g++"], tmp_path / "log", console)
    assert calls == ["install", "update", "install"]


def test_a_failed_installation_names_its_log(
    console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(system_packages, "_apt", lambda *_: False)
    with pytest.raises(StepError) as caught:
        system_packages.install(["g++"], tmp_path / "log", console)
    assert caught.value.log == tmp_path / "log"


@pytest.mark.usefixtures("linux")
def test_another_distribution_is_told_and_goes_on(
    capsys: pytest.CaptureFixture[str], no_apt: list[list[str]], tmp_path: Path
) -> None:
    probe = FakeProbe("apt-get", "libEGL.so.1")
    system_packages.ensure(tests=False, backend="cpu", log=tmp_path / "log", console=Console(), probe=probe)
    assert "libEGL.so.1" in capsys.readouterr().out
    assert no_apt == []


@pytest.mark.parametrize(("backend", "word"), [("metal", "macOS"), ("cuda", "nvcc")])
@pytest.mark.usefixtures("linux")
def test_a_backend_that_can_not_be_built_here(
    backend: str, word: str, console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CUDACXX", raising=False)
    with pytest.raises(StepError, match=word):
        system_packages.ensure(
            tests=False, backend=backend, log=tmp_path / "log", console=console, probe=FakeProbe("nvcc")
        )


def test_vulkan_in_software_is_for_tests_of_it_alone() -> None:
    probe = FakeProbe("libvulkan_lvp.so")
    assert unmet(probe, tests=True, backend="vulkan") == []
    wanted = needs(tests=True, backend="vulkan", lavapipe=True)
    assert packages_for(missing(wanted, probe)) == ["mesa-vulkan-drivers"]
