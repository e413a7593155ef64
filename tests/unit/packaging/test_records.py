"""The bill of materials and the licences: of what is inside, and of nothing else."""

from pathlib import Path
from typing import Any

import pytest

from devtools.lock_files import read_pins
from installers.natives import Part, listed_parts
from installers.records import complete_bill, licences, needed_by_root, plain

LOCKS = Path(__file__).resolve().parents[3] / "packaging" / "locks"
OPENSSL = Part("libssl3", "3.0", "Apache-2.0", ("the text",), "Copied.", "pkg:deb/debian/libssl3@3.0")


def test_tools_are_left_out_and_native_parts_are_in() -> None:
    names = {"j": "Jinja2", "m": "MarkupSafe", "p": "pyinstaller", "a": "altgraph"}
    needs = {"root-component": ["j"], "j": ["m"], "p": ["a"]}
    bill: dict[str, Any] = {
        "components": [{"name": name, "bom-ref": ref} for ref, name in names.items()],
        "dependencies": [{"ref": ref, "dependsOn": on} for ref, on in needs.items()],
        "bomFormat": "CycloneDX",
    }
    assert needed_by_root(bill) == {"jinja2", "markupsafe"}
    told = complete_bill(bill, {"jinja2"}, [OPENSSL])
    assert told["bomFormat"] == "CycloneDX"
    components = told["components"]
    assert [each["name"] for each in components] == ["Jinja2", "libssl3"]
    assert components[1]["purl"] == OPENSSL.purl
    assert told["dependencies"] == [
        {"ref": "root-component", "dependsOn": ["j"]},
        {"ref": "j", "dependsOn": []},
    ]


def test_each_licence_has_its_text() -> None:
    text = licences([Part("b", "1", "MIT", ("of b",)), Part("A", "2", "MIT", ())], [OPENSSL])
    assert [line for line in text.splitlines() if " - " in line] == [
        "A 2 - MIT",
        "b 1 - MIT",
        "libssl3 3.0 - Apache-2.0",
    ]
    assert "of b" in text and "the text" in text and "Copied." in text


def test_native_parts_have_texts_and_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "_internal" / "PySide6" / "Qt" / "lib" / "libicudata.so.73"
    library.parent.mkdir(parents=True)
    library.touch()
    for name in ("LICENSE", "LICENSE.txt"):
        (tmp_path / name).write_text("granted")
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    versions = {pin.name: pin.version for pin in read_pins(LOCKS / "bundle.txt")}
    parts = listed_parts(tmp_path, versions, tmp_path)
    assert {"Qt", "ICU", "CPython", "llama.cpp and ggml"} <= {each.name for each in parts}
    assert all(each.version and each.licence and all(each.texts) for each in parts)
    assert next(each for each in parts if each.name == "ICU").version == "73"


def test_names_are_compared_as_indexes_do() -> None:
    assert plain("PySide6_Essentials") == plain("pyside6-essentials") == "pyside6-essentials"
