"""`penwright models` in processes of its own, against the loopback hub."""

import io
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time

import pytest
from tests.hub.conftest import FILE, REPO, make_model
from tests.hub.faults import Fault

from penwright.cli.main import main
from penwright.modelstore.fit import Machine
from penwright.modelstore.part import Part


def environment(hub, own_folders):
    return {**os.environ, "HF_ENDPOINT": hub.endpoint, "HOME": str(own_folders)}


def start(*arguments, **options):
    command = [sys.executable, "-P", "-m", "penwright", "models", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def run(*arguments, stdin=""):
    command = [sys.executable, "-P", "-m", "penwright", "models", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def models(hub, own_folders):
    """Return where the program keeps its models."""
    return own_folders / "data" / "penwright" / "models"


@pytest.fixture
def small_machine(monkeypatch):
    here = Machine(16_700_000_000, 16_000_000_000, 0, 10**12)
    monkeypatch.setattr("penwright.cli.models._machine", lambda _: here)
    return here


def said(capsys, *arguments):
    code = main(["models", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_download_in_a_pipe(models, hub, starter):
    done = run("download", f"{REPO}/{FILE}")
    final = models / REPO / FILE
    assert (done.returncode, done.stdout) == (0, f"{final}\n")
    assert final.read_bytes() == starter.read_bytes()
    lines = done.stderr.splitlines()
    assert lines[0].endswith("licence: mit") and any("fetching" in line for line in lines)
    assert "\r" not in done.stderr and "Traceback" not in done.stderr
    told = json.loads(run("list", "--json").stdout)
    assert [each["id"] for each in told["installed"]] == [f"{REPO}/{FILE}"] and told["unfinished"] == []
    quiet = run("download", f"{REPO}/{FILE}", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, f"{final}\n", "")


def slowly(hub, models, rate=400_000):
    """Start a download and return it once some bytes have come."""
    hub.faults.set(Fault("slow", rate))
    process = start("download", f"{REPO}/{FILE}")
    part = Part(models / REPO / FILE, models)
    until = time.monotonic() + 30
    while part.size() < 200_000:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    return process, part


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_pauses_and_says_how_to_go_on(number, hub, models, starter):
    process, part = slowly(hub, models)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130 and out == ""
    assert err.splitlines()[-1].startswith("Paused at ")
    command = err.splitlines()[-1].partition("penwright models ")[2].split()
    assert command == ["download", f"{REPO}/{FILE}"] and "Traceback" not in err
    assert part.size() >= 200_000 and not part.final.exists()
    hub.faults.set()
    assert f"{REPO}/{FILE} is paused at" in run("list").stdout
    assert run(*command).returncode == 0
    assert part.final.read_bytes() == starter.read_bytes()


def test_paused_from_another_program_and_two_on_one_file(hub, models):
    process, part = slowly(hub, models)
    second = run("download", f"{REPO}/{FILE}", "--quiet")
    assert second.returncode == 2 and "another Penwright" in second.stderr
    assert "is being fetched" in run("list").stdout
    paused = run("pause")
    assert paused.returncode == 0 and "paused at" in paused.stdout, paused
    assert process.wait(10) == 130
    process.communicate()
    assert part.size() >= 200_000
    again = run("pause")
    assert (again.returncode, again.stdout) == (2, "") and again.stderr.count("\n") == 1


def test_killed_and_gone_on_with(hub, models, starter):
    process, part = slowly(hub, models)
    process.kill()
    process.communicate()
    kept = part.size()
    assert kept >= 200_000 and not part.busy(), "the system lets go of the lock"
    hub.faults.set()
    before = len(hub.asked)
    assert run("download", f"{REPO}/{FILE}", "--quiet").returncode == 0
    assert f"bytes={kept}-" in {each.range for each in hub.asked[before:]}
    assert part.final.read_bytes() == starter.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_bar_on_a_terminal(hub, models):
    import fcntl
    import pty
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    command = [sys.executable, "-P", "-m", "penwright", "models", "download", f"{REPO}/{FILE}"]
    hub.faults.set(Fault("slow", 8_000_000))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave) as shown:
        os.close(slave)
        text = b""
        while True:
            try:
                data = os.read(master, 4096)
            except OSError:
                break
            if not data:
                break
            text += data
        assert shown.wait(30) == 0
    os.close(master)
    assert b"fetching" in text and b"%|" in text and b"B/s" in text


def test_search_info_and_recommend(hub, small_machine, capsys, shelf):
    code, out, _ = said(capsys, "search", "small", "--json")
    assert code == 0 and [each["repo"] for each in json.loads(out)] == [REPO]
    assert REPO in said(capsys, "search", "small")[1]
    assert "no GGUF models" in said(capsys, "search", "zzz")[1]
    code, out, _ = said(capsys, "info", REPO, "--json")
    told = json.loads(out)
    assert told["licence"] == "mit" and told["models"][0]["size"] == (shelf / REPO / FILE).stat().st_size
    assert "Q8_0" in said(capsys, "info", f"{REPO}/{FILE}")[1]
    code, out, err = said(capsys, "info", "qwen3.5-4b")
    assert code == 0 and "unsloth/Qwen3.5-4B-GGUF" in out and "removed, renamed, or is private" in err
    code, out, _ = said(capsys, "recommend", "--json")
    told = json.loads(out)
    assert told["recommended"] == {"inline": "qwen3.5-0.8b-base", "writing": "gemma-4-12b-it"}
    assert told["machine"]["memory"] == small_machine.memory and len(told["models"]) == 12
    text = said(capsys, "recommend")[1]
    assert "Qwen3.5 0.8B" in text and "too large" in text


def test_a_catalogue_entry_is_fetched_with_its_projector(hub, small_machine, capsys, shelf, models):
    folder = shelf / "Qwen/Qwen3-VL-2B-Instruct-GGUF"
    for name in ("Qwen3VL-2B-Instruct-Q4_K_M.gguf", "mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf"):
        make_model(folder / name, 10_000)
    code, out, err = said(capsys, "download", "qwen3-vl-2b")
    assert code == 0 and out.strip().endswith("Qwen3VL-2B-Instruct-Q4_K_M.gguf")
    assert "licence: Apache-2.0" in err
    assert (models / "Qwen/Qwen3-VL-2B-Instruct-GGUF/mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf").is_file()
    assert said(capsys, "remove", "qwen3-vl-2b")[0] == 0


def test_import_verify_and_remove(hub, capsys, starter, tmp_path, models):
    mine = tmp_path / "mine.gguf"
    shutil.copy(starter, mine)
    assert said(capsys, "import", str(mine))[0] == 0
    assert "is what was installed" in said(capsys, "verify")[1]
    (told,) = json.loads(said(capsys, "verify", "mine.gguf", "--json")[1])
    assert told["whole"] and len(told["sha256"]) == 64
    kept = models / "imported" / "mine.gguf"
    data = bytearray(kept.read_bytes())
    data[-1] ^= 1
    kept.write_bytes(data)
    code, out, _ = said(capsys, "verify")
    assert code == 2 and "changed" in out
    assert "8 MB are free again" in said(capsys, "remove", "mine.gguf")[1] and not kept.exists()
    assert said(capsys, "import", "--in-place", str(mine))[0] == 0
    assert said(capsys, "remove", "mine.gguf")[0] == 0 and mine.exists()


def test_with_the_switch_off(hub, capsys, own_folders, small_machine):
    settings = own_folders / "config" / "penwright" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"version": 1, "network": "off"}')
    for arguments in (["search", "x"], ["info", REPO], ["download", f"{REPO}/{FILE}"]):
        code, out, err = said(capsys, *arguments)
        assert (code, out) == (2, "") and "network is off" in err.splitlines()[-1]
    code, out, err = said(capsys, "info", "qwen3.5-4b")
    assert code == 0 and "Qwen3.5 4B" in out and "network is off" in err
    assert said(capsys, "list")[0] == said(capsys, "recommend")[0] == 0
    assert hub.asked == [] and "No connection" in said(capsys, "connections")[1]


def test_connections_are_listed(hub, capsys):
    assert said(capsys, "search", "small")[0] == 0
    assert json.loads(said(capsys, "connections", "--json")[1])[0]["why"] == "search"
    assert "127.0.0.1" in said(capsys, "connections")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["list", "extra"],
        ["recommend", "--context", "0"],
        ["recommend", "--context", "many"],
        ["search"],
        ["info", "nothing"],
        ["info", "../x"],
        ["download", "nothing"],
        ["download", REPO],
        ["download", f"{REPO}/../../x.gguf"],
        ["download", f"{REPO}/x.bin"],
        ["download", "gone/repo/x.gguf"],
        ["download", f"{REPO}/gone.gguf"],
        ["verify", "nothing"],
        ["import", "/no/such/file.gguf"],
        ["import", ""],
        ["import", "."],
        ["remove", "nothing"],
        ["remove", ""],
        ["pause", "nothing"],
        ["token"],
    ],
    ids=lambda arguments: " ".join(arguments) or "none",
)
def test_bad_input(arguments, hub, small_machine, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 or arguments[:1] == ["download"], err
    assert "Traceback" not in err and len(err) < 600
