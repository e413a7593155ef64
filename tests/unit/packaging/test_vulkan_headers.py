"""Which Vulkan headers a build gets, and where newer ones come from."""

from pathlib import Path

import pytest

from devtools import vulkan_headers
from devtools.console import Console, StepError
from devtools.vulkan_headers import VulkanHeaders, debian_mirror, find, new_enough, version

NEW = """#define VK_HEADER_VERSION 309
#define VK_HEADER_VERSION_COMPLETE VK_MAKE_API_VERSION(0, 1, 4, VK_HEADER_VERSION)
#define VK_EXT_layer_settings 1
"""
OLD = NEW.replace("309", "239").replace("1, 4", "1, 3").replace("VK_EXT_layer_settings", "VK_EXT_other")


def headers(folder: Path, text: str) -> Path:
    (folder / "vulkan").mkdir(parents=True)
    (folder / "vulkan" / "vulkan_core.h").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vulkan_headers.platform, "system", lambda: "Linux")


def test_what_headers_say_of_themselves(tmp_path: Path) -> None:
    new, old = headers(tmp_path / "new", NEW), headers(tmp_path / "old", OLD)
    assert (new_enough(new), version(new)) == (True, "1.4.309")
    assert (new_enough(old), version(old)) == (False, "1.3.239")
    assert (new_enough(tmp_path), version(tmp_path)) == (False, "")


@pytest.mark.usefixtures("linux")
def test_newer_headers_are_fetched_only_where_the_systems_are_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[Path] = []

    def fetch(folder: Path) -> None:
        fetched.append(folder)
        headers(folder / "usr" / "include", NEW)

    monkeypatch.setattr(vulkan_headers, "_fetch", fetch)
    monkeypatch.setattr(vulkan_headers, "_SYSTEM", headers(tmp_path / "new", NEW))
    assert find(tmp_path, {}, Console()) is None
    monkeypatch.setattr(vulkan_headers, "_SYSTEM", headers(tmp_path / "old", OLD))
    assert find(tmp_path, {"VULKAN_SDK": "/sdk"}, Console()) is None
    found = find(tmp_path, {}, Console())
    assert found == VulkanHeaders("1.4.309", fetched[0] / "usr" / "include")
    assert find(tmp_path, {}, Console()) == found
    assert len(fetched) == 1


def test_the_mirror_is_that_of_apts_own_sources() -> None:
    targets = "\n".join(
        (
            "https://one.example/node nodistro main",
            "http://two.example/debian-security/ bookworm-security main",
            "http://two.example/debian/ bookworm contrib",
            "http://two.example/debian/ bookworm main",
            "http://three.example/debian/ bookworm-updates main",
        )
    )
    assert debian_mirror(targets, "bookworm") == "http://two.example/debian/"
    assert debian_mirror(targets, "trixie") is None
    assert debian_mirror("", "bookworm") is None


def test_another_system_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(vulkan_headers.platform, "freedesktop_os_release", lambda: {"ID": "other"})
    monkeypatch.setattr(vulkan_headers, "_output", lambda _command: "")
    with pytest.raises(StepError, match="VULKAN_SDK"):
        vulkan_headers._fetch(tmp_path / "headers")
    assert [path.name for path in tmp_path.iterdir()] == [], "nothing half-made is left"


def test_apt_is_asked_apart_from_the_systems_own_lists(tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.mkdir()
    words = vulkan_headers._apart(part, part / "debian.sources")
    assert words.count("-o") == len(words) // 2
    told = dict(word.split("=", 1) for word in words[1::2])
    for name in ("Dir::Etc::sourcelist", "Dir::Etc::sourceparts", "Dir::State::lists", "Dir::Cache"):
        assert told[name].startswith(str(part)), name
    assert "deb" in vulkan_headers._source("http://two.example/debian/")
