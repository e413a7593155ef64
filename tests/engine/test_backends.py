"""Which of the engine's libraries for processors and graphics cards are loaded."""

import json
import subprocess
import sys

from penwright.engine.worker.llama.library import backends_in


def test_their_names_are_found_among_a_process_files() -> None:
    files = [
        "/usr/lib/penwright/_internal/llama_cpp/lib/libggml-cpu-haswell.so",
        "/usr/lib/penwright/_internal/llama_cpp/lib/libggml-cpu-haswell.so",
        "/opt/my place/libggml-vulkan.so",
        "/usr/lib/libggml-base.so.0",
        "/usr/lib/libggml.so",
        "/usr/lib/libllama.so",
    ]
    assert backends_in(files) == ("cpu-haswell", "vulkan")
    assert backends_in([r"C:\Program Files\Penwright\ggml-cpu-alderlake.dll"]) == ("cpu-alderlake",)
    assert backends_in([]) == ()


def test_a_worker_tells_of_its_own() -> None:
    script = (
        "import json\nfrom penwright.engine.worker.llama.library import Library\n"
        "print(json.dumps(Library().backends()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    assert any(each.startswith("cpu") for each in json.loads(done.stdout))
