"""The bare root's parts that need no root: what is copied, and what is never removed."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def bare_root() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bare_root", ROOT / "packaging" / "linux" / "bare_root.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bare_root"] = module
    spec.loader.exec_module(module)
    return module


def test_options(bare_root: ModuleType) -> None:
    options = bare_root.parse(["--root", "x", "--pass-env", "A", "--pass-env", "B", "--keep"])
    assert (options.root, options.pass_env, options.keep) == (Path("x"), ["A", "B"], True)
    assert options.build_cache is None, "the honest proof compiles"


def test_ignored_and_deleted_files_are_not_copied(
    bare_root: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    subprocess.run(["git", "init", "-q", str(tree)], check=True)
    (tree / ".gitignore").write_text("secret\n", encoding="utf-8")
    (tree / "secret").touch()
    (tree / "größe.txt").touch()
    (tree / "gone").touch()
    subprocess.run(["git", "-C", str(tree), "add", "."], check=True)
    (tree / "gone").unlink()
    (tree / "new").mkdir()
    (tree / "new" / "file").write_text("x", encoding="utf-8")
    monkeypatch.setattr(bare_root, "CHECKOUT", tree)
    names = bare_root.checkout_files()
    assert names == [".gitignore", "größe.txt", "new/file"]
    root = bare_root.BareRoot(tmp_path / "root")
    root.add_checkout(names)
    assert (tmp_path / "root" / "root" / "penwright" / "new" / "file").read_text(encoding="utf-8") == "x"


def test_a_folder_in_use_is_refused(bare_root: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(bare_root.BareRootError, match="not empty"):
        bare_root.BareRoot(tmp_path).make("bookworm", None)


def test_nothing_is_removed_while_something_is_mounted_inside(
    bare_root: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    removed: list[Path] = []
    monkeypatch.setattr(bare_root.shutil, "rmtree", removed.append)
    folder = tmp_path / "a root"
    table = tmp_path / "mounts"
    monkeypatch.setattr(bare_root, "MOUNTS", table)
    escaped = str(folder).replace(" ", "\\040")
    table.write_text(f"proc {escaped}/proc proc rw 0 0\n", encoding="utf-8")
    with pytest.raises(bare_root.BareRootError, match="still mounted"):
        bare_root.BareRoot(folder).remove()
    assert removed == []
    table.write_text(f"proc /proc proc rw 0 0\nx {escaped}-other/dev x rw 0 0\n", encoding="utf-8")
    bare_root.BareRoot(folder).remove()
    assert removed == [folder]
