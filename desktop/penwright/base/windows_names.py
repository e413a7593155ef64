"""Names that Windows takes for something else than an ordinary file.

It doesn't refuse them all: "nul.md" is a device that swallows a text, "a:b" a hidden stream of the file "a",
and a dot or a space at the end is dropped.
"""

from __future__ import annotations

import re
import sys

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:\s*\..*)?", re.IGNORECASE
)


def is_ordinary_name(name: str, platform: str = sys.platform) -> bool:
    """Return whether `name` makes an ordinary file of that name on this platform, as in sys.platform."""
    if platform != "win32":
        return True
    return not (_FORBIDDEN.search(name) or _DEVICE.fullmatch(name.rstrip(" .")) or name.endswith((".", " ")))
