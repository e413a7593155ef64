"""Mesa's lavapipe: Vulkan in software, so that the way to a GPU can be tested without one."""

from collections.abc import Mapping
from pathlib import Path

_DRIVERS = Path("/usr/share/vulkan/icd.d")


def lavapipe_environment(environ: Mapping[str, str], drivers: Path = _DRIVERS) -> dict[str, str]:
    """Return what makes llama.cpp see lavapipe, and that alone.

    The same settings as in llama.cpp's own tests; what someone has set already stays.
    """
    wanted = {"GGML_VK_VISIBLE_DEVICES": "0", "GGML_VK_DISABLE_F16": "1", "GGML_VK_DISABLE_COOPMAT": "1"}
    found = sorted(drivers.glob("lvp_icd*.json"))
    if found:
        wanted["VK_DRIVER_FILES"] = str(found[0])
    return {name: value for name, value in wanted.items() if name not in environ}
