"""What dev.py understands, passes on, and says when it can't go on."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import command_line
from devtools.checkout import Checkout
from devtools.command_line import Invocation, has_display, parse, run_command
from devtools.console import Console, StepError, seconds
from devtools.lavapipe import lavapipe_environment

ROOT = Path(__file__).resolve().parents[3]
DEV = ROOT / "packaging" / "dev.py"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], Invocation("help", None, ())),
        (["--help"], Invocation("help", None, ())),
        (["test", "--help"], Invocation("help", None, ())),
        (["run"], Invocation("run", None, ())),
        (["run", "a b.md"], Invocation("run", None, ("a b.md",))),
        (["run", "--backend", "vulkan", "a.md"], Invocation("run", "vulkan", ("a.md",))),
        (["run", "a.md", "--backend=cuda"], Invocation("run", "cuda", ("a.md",))),
        (
            ["test", "-x", "-k", "journal and not slow"],
            Invocation("test", None, ("-x", "-k", "journal and not slow")),
        ),
        (["test", "--", "--backend", "cpu"], Invocation("test", None, ("--backend", "cpu"))),
        (["test", "--", "--help"], Invocation("test", None, ("--help",))),
        (["test", "--gpu", "-x"], Invocation("test", None, ("-x",), gpu=True)),
        (["test", "--gpu", "--backend", "cuda"], Invocation("test", "cuda", (), gpu=True)),
        (["run", "--gpu", "off"], Invocation("run", None, ("--gpu", "off"))),
        (["run", "--", "--", "x"], Invocation("run", None, ("--", "x"))),
    ],
)
def test_arguments(arguments: list[str], expected: Invocation) -> None:
    assert parse(arguments) == expected


@pytest.mark.parametrize(
    "arguments", [["walk"], ["run", "--backend"], ["run", "--backend", "opencl"], ["run", "--backend="]]
)
def test_wrong_arguments_are_one_sentence(arguments: list[str]) -> None:
    with pytest.raises(StepError) as caught:
        parse(arguments)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.sentence


@pytest.mark.parametrize(
    ("environ", "system", "expected"),
    [
        ({}, "Linux", False),
        ({"DISPLAY": ""}, "Linux", False),
        ({"DISPLAY": ":0"}, "Linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "Linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "Linux", True),
        ({}, "Darwin", True),
        ({}, "Windows", True),
    ],
)
def test_display(environ: dict[str, str], system: str, expected: bool) -> None:
    assert has_display(environ, system) is expected


def test_run_opens_the_editor_or_the_demo() -> None:
    python = Path("python")
    assert run_command(python, ["a.md"], {"DISPLAY": ":0"}, "Linux") == ["python", "-m", "penwright", "a.md"]
    assert run_command(python, ["-q"], {}, "Linux") == ["python", "-m", "penwright", "demo", "-q"]


def test_vulkan_in_software_is_all_that_is_seen(tmp_path: Path) -> None:
    (tmp_path / "intel_icd.x86_64.json").touch()
    assert "VK_DRIVER_FILES" not in lavapipe_environment({}, Path("s"), tmp_path)
    (tmp_path / "lvp_icd.x86_64.json").touch()
    told = lavapipe_environment({"GGML_VK_DISABLE_F16": "0"}, Path("s"), tmp_path)
    assert told == {
        "GGML_VK_VISIBLE_DEVICES": "0",
        "GGML_VK_DISABLE_COOPMAT": "1",
        "MESA_SHADER_CACHE_DIR": "s",
        "VK_DRIVER_FILES": str(tmp_path / "lvp_icd.x86_64.json"),
    }


def test_the_gpu_tests_have_an_environment_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def ensure(checkout: Checkout, backend: str, _console: Console, **wanted: bool) -> None:
        seen.update(venv=checkout.venv.name, backend=backend, **wanted)

    def call(command: list[str], environ: dict[str, str], _folder: Path) -> int:
        seen.update(marks=command[command.index("-m", 2) + 1], device=environ.get("GGML_VK_VISIBLE_DEVICES"))
        return 0

    monkeypatch.setattr(command_line.environment, "ensure", ensure)
    monkeypatch.setattr(command_line, "_call", call)
    monkeypatch.setattr(command_line, "vocabularies", lambda *_: Path("vocabularies"))
    monkeypatch.setattr(command_line.platform, "system", lambda: "Linux")
    monkeypatch.delenv("GGML_VK_VISIBLE_DEVICES", raising=False)
    assert command_line.main(["test", "--gpu"]) == 0
    assert seen == {
        "venv": ".venv-gpu",
        "backend": "vulkan",
        "tests": True,
        "lavapipe": True,
        "marks": "gpu",
        "device": "0",
    }
    assert command_line.main(["test", "--gpu", "--backend", "cuda"]) == 0
    assert (seen["backend"], seen["lavapipe"], seen["device"]) == ("cuda", False, None)


def test_build_says_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["build", "--fast"]) == 2
    assert "--native-engine" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(command in told for command in command_line.COMMANDS)


def test_failure_prints_sentence_and_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise StepError("It broke.", log=Path("x.log"))

    monkeypatch.setattr(command_line, "_carry_out", fail)
    assert command_line.main(["run"]) == 1
    assert capsys.readouterr().err == "It broke.\nLog: x.log\n"


def test_interrupt_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "_carry_out", interrupt)
    assert command_line.main(["run"]) == 130
    assert capsys.readouterr().out == "Stopped.\n"


def test_a_program_ended_by_a_signal_has_the_shells_status(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert command_line._call([sys.executable, "-c", code], {}, tmp_path) == 128 + 15
    assert command_line._call([sys.executable, "-c", "raise SystemExit(7)"], {}, tmp_path) == 7


def test_the_entry_parses_on_an_old_python_and_says_so() -> None:
    source = DEV.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
    pretend = (
        "import sys; sys.version_info = (3, 9, 2); exec(compile(open(sys.argv[1]).read(), 'dev.py', 'exec'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend, str(DEV)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert (
        done.stderr
        == "Penwright needs Python 3.11 or newer; this is Python 3.9. Start dev.py with a newer one.\n"
    )


def test_the_tools_import_nothing_but_the_standard_library() -> None:
    allowed = set(sys.stdlib_module_names) | {"devtools", "installers"}
    for path in [
        DEV,
        *(ROOT / "packaging" / "devtools").glob("*.py"),
        ROOT / "packaging" / "linux" / "bare_root.py",
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            assert {name.partition(".")[0] for name in names} <= allowed, path


def test_seconds() -> None:
    assert seconds(0.04) == "0.0 s"
    assert seconds(59.94) == "59.9 s"
    assert seconds(125) == "2 min 05 s"


def test_console_writes_lines_to_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(sys.stdout)
    with console.step("Done it"):
        console.alive("still at it")
    assert capsys.readouterr().out == "  still at it\nDone it: 0.0 s\n"
