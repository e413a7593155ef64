"""A built engine's name changes with everything that changes its machine code, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from devtools import engine_build, long_builds
from devtools.checkout import build_cache
from devtools.engine_build import RECIPE, cached_wheel
from devtools.engine_identity import BACKENDS, EngineIdentity, cmake_args, default_backend
from devtools.lock_files import Pin
from devtools.machine import Machine, compilers, cpu_features_from
from devtools.vulkan_headers import VulkanHeaders

PIN = Pin("llama-cpp-python", "1.2.3", ("sha256:" + "a" * 64,), "llama-cpp-python==1.2.3")
MACHINE = Machine("x86_64", "avx avx2", "g++ 12.2.0")


def name(
    pin: Pin = PIN,
    backend: str = "cpu",
    machine: Machine = MACHINE,
    recipe: Path = RECIPE,
    environ: dict[str, str] | None = None,
) -> str:
    return EngineIdentity.of(pin, backend, machine, recipe, environ or {}).name


def test_the_name_is_readable_and_stable() -> None:
    assert name() == name()
    assert name().startswith("1.2.3-cpu-")


def test_the_name_changes_with_what_the_build_depends_on(tmp_path: Path) -> None:
    recipe = tmp_path / "other.cmake"
    recipe.write_text("set(A B)\n", encoding="utf-8")
    names = [
        name(),
        name(pin=Pin(PIN.name, "1.2.4", PIN.hashes, "")),
        name(pin=Pin(PIN.name, PIN.version, ("sha256:" + "b" * 64,), "")),
        *(name(backend=backend) for backend in BACKENDS if backend != "cpu"),
        name(machine=Machine("aarch64", MACHINE.features, MACHINE.compiler)),
        name(machine=Machine(MACHINE.architecture, "avx avx2 avx512f", MACHINE.compiler)),
        name(machine=Machine(MACHINE.architecture, MACHINE.features, "g++ 13.1.0")),
        name(recipe=recipe),
        name(environ={"CMAKE_ARGS": "-DGGML_NATIVE=OFF"}),
        name(environ={"CXXFLAGS": "-O1"}),
    ]
    assert len(set(names)) == len(names)


def test_the_name_does_not_depend_on_where_things_lie(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere.cmake"
    shutil.copy(RECIPE, copy)
    assert name(recipe=copy) == name()
    assert name(environ={"HOME": "/somewhere", "CXXFLAGS": ""}) == name()


def test_headers_count_by_their_version_and_are_searched_first(tmp_path: Path) -> None:
    def vulkan(headers: VulkanHeaders | None) -> EngineIdentity:
        return EngineIdentity.of(PIN, "vulkan", MACHINE, RECIPE, {}, headers=headers)

    here, there = VulkanHeaders("1.4.309", tmp_path / "a"), VulkanHeaders("1.4.309", tmp_path / "b")
    assert vulkan(here).name == vulkan(there).name
    assert len({vulkan(here).name, vulkan(None).name, vulkan(VulkanHeaders("1.4.310", tmp_path)).name}) == 3
    told = engine_build._build_environment(tmp_path / "tools", tmp_path, vulkan(here))
    assert f"-DVulkan_INCLUDE_DIR={here.include.as_posix()}" in told["CMAKE_ARGS"]


def test_every_backend_has_its_switch() -> None:
    for backend in ("vulkan", "cuda", "metal"):
        assert f"-DGGML_{backend.upper()}=ON" in cmake_args(backend)
    assert not any(word in argument for argument in cmake_args("cpu") for word in ("VULKAN", "CUDA", "=ON"))
    assert default_backend("Darwin") == "metal"
    assert default_backend("Linux") == default_backend("Windows") == "cpu"


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        ("processor\t: 0\nflags\t\t: sse4 avx sse4\nbugs\t: x\nflags\t\t: other\n", "avx sse4"),
        ("processor\t: 0\nFeatures\t: fp asimd\n", "asimd fp"),
        ("processor\t: 0\n", ""),
    ],
)
def test_cpu_features(cpuinfo: str, expected: str) -> None:
    assert cpu_features_from(cpuinfo) == expected


def test_compilers() -> None:
    everything = {"gcc", "g++", "clang", "clang++"}
    assert compilers({}, lambda name: name if name in everything else None)["CXX"] in {"g++", "clang++"}
    assert compilers({}, lambda name: name if name.startswith("clang") else None) == {
        "CC": "clang",
        "CXX": "clang++",
    }
    assert compilers({"CXX": "own++"}, lambda _: None) == {"CXX": "own++"}
    assert compilers({}, lambda _: None) == {}


def test_an_interrupted_build_is_not_taken_for_a_wheel(tmp_path: Path) -> None:
    identity = EngineIdentity.of(PIN, "cpu", MACHINE, RECIPE, {})
    part = tmp_path / f".{identity.name}.part"
    part.mkdir()
    (part / "engine.whl").touch()
    assert cached_wheel(tmp_path, identity) is None
    part.rename(tmp_path / identity.name)
    assert cached_wheel(tmp_path, identity) == tmp_path / identity.name / "engine.whl"


def test_ninjas_progress_is_read_at_the_start_of_a_line() -> None:
    found = long_builds._PROGRESS.search("  [12/83] /usr/bin/g++ -D"[:24])
    assert found is not None
    assert found.groups() == ("12", "83")


@pytest.mark.parametrize(
    ("environ", "system", "expected"),
    [
        ({}, "Linux", "/home/a/.cache/penwright/llama-cpp"),
        ({"XDG_CACHE_HOME": "/c"}, "Linux", "/c/penwright/llama-cpp"),
        ({}, "Darwin", "/home/a/Library/Caches/penwright/llama-cpp"),
        ({"LOCALAPPDATA": "/l"}, "Windows", "/l/penwright/Cache/llama-cpp"),
        ({"PENWRIGHT_BUILD_CACHE": "/own", "XDG_CACHE_HOME": "/c"}, "Linux", "/own"),
    ],
)
def test_cache_folder(environ: dict[str, str], system: str, expected: str) -> None:
    assert build_cache(environ, system, Path("/home/a")) == Path(expected)
