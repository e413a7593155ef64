"""The changelog check: which states of CHANGELOG.md and __version__ go together."""

import pytest

from devtools.changelog import problems

UNRELEASED = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n"
RELEASED = "\n## [0.2.0] - 2026-03-01\n\n### Fixed\n\n- A fault.\n\n## [0.1.0] - 2026-01-31\n"


def package(version: str) -> str:
    return f'"""Penwright."""\n\n__version__ = "{version}"\n'


@pytest.mark.parametrize(
    ("changelog", "version"),
    [
        (UNRELEASED, "0.1.0"),
        (UNRELEASED + RELEASED, "0.3.0"),
        (UNRELEASED + RELEASED, "0.2.0"),
        ("# Changelog\n" + RELEASED, "0.2.0"),
        ("# Changelog\n\n## [Unreleased]\n" + RELEASED, "0.2.0"),
        ("# Changelog\n\n## [0.10.0] - 2026-03-01\n\n## [0.9.0] - 2026-02-01\n", "0.10.0"),
    ],
)
def test_what_holds(changelog: str, version: str) -> None:
    assert problems(changelog, package(version)) == []


@pytest.mark.parametrize(
    ("changelog", "version", "word"),
    [
        ("", "0.1.0", "no heading"),
        ("# Changelog\n" + RELEASED, "0.3.0", "0.3.0"),
        ("# Changelog\n\n## [Unreleased]\n" + RELEASED, "0.3.0", "Unreleased"),
        (UNRELEASED + RELEASED, "0.1.0", "already has 0.2.0"),
        ("# Changelog\n" + RELEASED + "\n## [Unreleased]\n", "0.2.0", "the top"),
        (UNRELEASED + "\n## 0.2.0\n", "0.2.0", "heading '## 0.2.0'"),
        (UNRELEASED + "\n## [0.2.0] - March\n", "0.2.0", "YYYY-MM-DD"),
        (UNRELEASED + "\n### News\n", "0.1.0", "section 'News'"),
        ("## [0.1.0] - 2026-01-01\n\n## [0.2.0] - 2026-02-01\n", "0.2.0", "newest first"),
        ("## [0.1.0] - 2026-01-01\n\n## [0.1.0] - 2026-01-01\n", "0.1.0", "once"),
    ],
)
def test_what_does_not_hold_is_said_in_a_sentence(changelog: str, version: str, word: str) -> None:
    found = problems(changelog, package(version))
    assert any(word in sentence for sentence in found), found
    assert all(sentence.endswith(".") for sentence in found)


def test_a_package_without_a_version() -> None:
    assert any("__version__" in sentence for sentence in problems(UNRELEASED, "version = 1\n"))
