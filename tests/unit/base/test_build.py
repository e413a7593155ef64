"""What a bundle says of itself, for `penwright doctor`."""

from pathlib import Path

from penwright.base.build import build_facts


def test_a_checkout_comes_from_no_installer(tmp_path: Path) -> None:
    assert build_facts() == {"installer": "none"}
    assert build_facts(tmp_path) == {"installer": "none"}


def test_a_bundle_says_which_it_is(tmp_path: Path) -> None:
    told = '{"version": "1", "engine": "0.3-portable-1a", "commit": "abc+"}'
    (tmp_path / "build.json").write_text(told)
    named = {"engine_build": "0.3-portable-1a", "commit": "abc+"}
    assert build_facts(tmp_path) == {"installer": "none", **named}
    (tmp_path / "installer").write_text("deb\n")
    assert build_facts(tmp_path) == {"installer": "deb", **named}


def test_what_an_unfinished_upgrade_left_is_no_fault_of_its_own(tmp_path: Path) -> None:
    for left in (b"", b"{", b"[]", b"\xff\xfe"):
        (tmp_path / "build.json").write_bytes(left)
        assert build_facts(tmp_path) == {"installer": "none"}
