"""What a bundle asks of a system, read from its files."""

import pytest

from devtools.console import StepError
from installers.needs import read_needs

TOLD = """
 0x0000000000000001 (NEEDED)             Shared library: [libX11.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [libm.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [ld-linux-x86-64.so.2]
 0x0000000000000001 (NEEDED)             Shared library: [libQt6Core.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [libvulkan.so.1]
 0x0000000000000001 (NEEDED)             Shared library: [libstdc++.so.6]
  0x0010: Name: GLIBC_2.9  Flags: none  Version: 6
  0x0020: Name: GLIBC_2.35  Flags: none  Version: 5
  0x0030: Name: GLIBCXX_3.4.9  Flags: none  Version: 4
  0x0040: Name: GLIBCXX_3.4.30  Flags: none  Version: 3
"""


def test_needs_are_what_the_files_say_without_what_the_bundle_has() -> None:
    needs = read_needs(TOLD, {"libQt6Core.so.6"})
    assert needs.libraries == {"libX11.so.6", "libc.so.6", "libvulkan.so.1", "libstdc++.so.6"}
    assert (needs.glibc, needs.glibcxx) == ("2.35", "3.4.30")
    assert needs.debian() == (["libc6 (>= 2.35)", "libstdc++6 (>= 12)", "libx11-6"], ["libvulkan1"])
    requires, recommends = needs.rpm()
    assert "libX11.so.6()(64bit)" in requires and "libc.so.6(GLIBC_2.35)(64bit)" in requires
    assert recommends == ["libvulkan.so.1()(64bit)"]


def test_a_library_that_nobody_brings_stops_the_build() -> None:
    with pytest.raises(StepError, match="libQt6Core"):
        read_needs(TOLD, set())
