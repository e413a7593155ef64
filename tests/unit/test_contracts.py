"""The layers of the package: each contract of pyproject.toml holds, and each sees what breaks it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import penwright

PACKAGE = Path(penwright.__file__).parent
ROOT = PACKAGE.parents[1]
SETTINGS = ROOT / "pyproject.toml"

pytestmark = pytest.mark.skipif(not SETTINGS.is_file(), reason="the contracts are those of a checkout")

# For each contract: the module that an import is planted in, and the import.
PLANTED = {
    "layers": ("base/paths.py", "import penwright.storage.settings"),
    "qt": ("core/flow.py", "from PySide6.QtCore import QObject"),
    "qt-cli": ("cli/doctor.py", "import PySide6.QtCore"),
    "llama": ("modelstore/library.py", "import llama_cpp"),
    "gui-process": ("engine/client.py", "import penwright.engine.worker.session"),
    "hub": ("engine/worker/loop.py", "import huggingface_hub"),
    "hunspell": ("spelling/words.py", "import hunspell"),
}


def contracts() -> dict[str, str]:
    """Return each contract's id and name."""
    settings: dict[str, Any] = tomllib.loads(SETTINGS.read_text("utf-8"))
    return {each["id"]: each["name"] for each in settings["tool"]["importlinter"]["contracts"]}


def lint(folder: Path, *options: str) -> tuple[int, dict[str, str]]:
    """Lint the package that lies in `folder`; return the exit code and what is said of each contract."""
    linter = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache", "--config", str(folder / "pyproject.toml"), *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
    )
    said = dict(re.findall(r"^(.+?)(?: \(\d+ warnings?\))? (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert said, done.stdout + done.stderr
    return done.returncode, said


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with a copy of the package and of the contracts."""
    shutil.copytree(
        PACKAGE, tmp_path / "penwright", ignore=shutil.ignore_patterns("__pycache__", "resources")
    )
    shutil.copy(SETTINGS, tmp_path)
    return tmp_path


def plant(copy: Path, contract: str) -> None:
    file, line = PLANTED[contract]
    path = copy / "penwright" / file
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "from __future__ import annotations\n", f"from __future__ import annotations\n{line}\n", 1
        )
    )
    assert path.read_text("utf-8") != text


def test_all_contracts_are_kept(copy: Path) -> None:
    code, said = lint(copy)
    assert said == dict.fromkeys(contracts().values(), "KEPT")
    assert code == 0


def test_each_contract_has_something_planted() -> None:
    assert PLANTED.keys() == contracts().keys()


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(contract: str, copy: Path) -> None:
    plant(copy, contract)
    code, said = lint(copy, "--contract", contract)
    name = contracts()[contract]
    print(f"{name:<55} broken when planted: {' / '.join(PLANTED[contract])}")
    assert code == 1
    assert said == {name: "BROKEN"}


def test_a_module_without_a_layer_breaks_the_contract(copy: Path) -> None:
    (copy / "penwright" / "newroom.py").write_text('"""A room that no layer names."""\n', "utf-8")
    code, said = lint(copy, "--contract", "layers")
    assert code == 1
    assert said == {contracts()["layers"]: "BROKEN"}
