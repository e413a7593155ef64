"""Mesa's lavapipe: Vulkan in software, so that the way to a GPU can be tested without one."""

from collections.abc import Mapping
from pathlib import Path

_DRIVERS = Path("/usr/share/vulkan/icd.d")


def lavapipe_environment(environ: Mapping[str, str], cache: Path, drivers: Path = _DRIVERS) -> dict[str, str]:
    """Return what makes llama.cpp see lavapipe, and that alone.

    The same settings as in llama.cpp's own tests; what someone has set already stays. cache: a folder for
    compiled shaders. Tests have a home of their own, so each worker would else compile every shader anew,
    which takes minutes on a busy machine.
    """
    wanted = {
        "GGML_VK_VISIBLE_DEVICES": "0",
        "GGML_VK_DISABLE_F16": "1",
        "GGML_VK_DISABLE_COOPMAT": "1",
        "MESA_SHADER_CACHE_DIR": str(cache),
    }
    found = sorted(drivers.glob("lvp_icd*.json"))
    if found:
        wanted["VK_DRIVER_FILES"] = str(found[0])
    return {name: value for name, value in wanted.items() if name not in environ}
