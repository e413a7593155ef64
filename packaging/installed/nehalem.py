"""The engine on an older processor than this machine's, as qemu models it.

A program under qemu starts others on the real processor, so the worker is started under it by itself, and
spoken to in its own lines of JSON (penwright.engine.messages). For the same reason it is told that it has
been started anew already, as PyInstaller's bootloader does to itself so that libraries are found.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from installed.proof import LONG, START, expect


def suggest_on(model: str, root: Path) -> str:
    """Load the bundled model in a worker on processor `model`, ask for a suggestion, tell what was seen."""
    home = root / "usr" / "lib" / "penwright"
    starter = next((home / "_internal" / "penwright" / "resources" / "models").glob("*.gguf"))
    lines = (
        {"kind": "Load", "path": str(starter), "gpu_layers": 0},
        {"kind": "Request", "id": 1, "before": START, "max_tokens": 6},
    )
    program = (home / "penwright").resolve()
    command = ["qemu-x86_64", "-cpu", model, "-L", str(root), str(program), "--engine-worker"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            "PATH": "/usr/bin:/bin",
            "GGML_NO_BACKTRACE": "1",
            "LANG": "C.UTF-8",
            "OMP_WAIT_POLICY": "passive",
            "LD_LIBRARY_PATH": str(program.parent / "_internal"),
            "_PYI_ARCHIVE_FILE": str(program),
            "_PYI_PARENT_PROCESS_LEVEL": "-1",
        },
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stderr is not None
        worker.stdin.write("".join(json.dumps(each) + "\n" for each in lines).encode())
        worker.stdin.flush()
        ready: dict[str, Any] = {}
        answer: dict[str, Any] = {}
        for line in worker.stdout:
            said = json.loads(line)
            if said["kind"] == "Ready":
                ready = said
            elif said["kind"] in {"Done", "Failed"}:
                answer = said
                break
        worker.stdin.close()
        worker.terminate()
        problem = worker.stderr.read().decode("utf-8", "replace")[-300:]
        worker.wait(LONG)
    expect(ready, f"On {model} the worker did not load the model: {problem or answer}")
    expect(answer.get("kind") == "Done", f"On {model} the worker did not suggest: {answer or problem}")
    backends = ", ".join(ready["backends"])
    info = str(ready["system_info"])
    expect("AVX = 1" not in info, f"On {model} the engine says it uses AVX: {info}")
    return f"{model}: {backends} ({info}); suggested |{_text(answer)}|"


def _text(answer: dict[str, Any]) -> str:
    answers = answer.get("answers") or [answer]
    return str(answers[0].get("text", answer))
