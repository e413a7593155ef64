"""Names from a hub: what becomes a file, and what a name tells."""

import pytest

from penwright.base.errors import HubError
from penwright.modelstore.names import (
    check_file,
    check_repo,
    is_companion,
    quantization_of,
    shard_of,
    shards_of,
)


@pytest.mark.parametrize(
    "name", ["a.gguf", "UD-Q4/a-00001-of-00002.gguf", "a b.gguf", "模型.GGUF", "a..b.gguf"]
)
def test_safe_files(name):
    assert check_file(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a.bin",
        "../a.gguf",
        "a/../b.gguf",
        "/a.gguf",
        "//a.gguf",
        "a//b.gguf",
        "./a.gguf",
        ".a.gguf",
        "C:/a.gguf",
        "a\\b.gguf",
        "a\0.gguf",
        "a\n.gguf",
        "con.gguf",
        "x/NUL.gguf",
        "com1.gguf",
        "a /b.gguf",
        " a.gguf",
        "a./b.gguf",
        "a/b/c/d/e.gguf",
        "n" * 300 + ".gguf",
        "a?.gguf",
    ],
)
def test_unsafe_files(name, catalogue):
    with pytest.raises(HubError) as caught:
        check_file(name)
    sentence = catalogue.sentence(caught.value)
    assert "\n" not in sentence and "\0" not in sentence and len(sentence) < 400


@pytest.mark.parametrize(
    "repo", ["a", "a/b/c", "../b", "a/..", "a/b..c", "/a", "a/", "a b/c", "a/b.git", "http://a/b"]
)
def test_bad_repositories(repo):
    with pytest.raises(HubError):
        check_repo(repo)


def test_good_repositories():
    assert check_repo("Qwen/Qwen3-VL-2B-Instruct-GGUF")
    assert check_repo("a_b/c.d-e")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Qwen3.5-4B-Q4_K_M.gguf", "Q4_K_M"),
        ("gemma-4-E2B.i1-Q6_K.gguf", "Q6_K"),
        ("Qwen3.8-27B-UD-Q4_K_M.gguf", "UD-Q4_K_M"),
        ("x/m-UD-IQ2_XXS-00001-of-00003.gguf", "UD-IQ2_XXS"),
        ("m-MXFP4.gguf", "MXFP4"),
        ("m-MXFP4_MOE.gguf", "MXFP4_MOE"),
        ("gemma-4-26B_q4_0-it.gguf", "Q4_0"),
        ("m.BF16.gguf", "BF16"),
        ("m-iq4_nl.gguf", "IQ4_NL"),
        ("Q8.gguf", "Q8"),
        ("tiny.gguf", None),
    ],
)
def test_quantization(name, told):
    assert quantization_of(name) == told


def test_shards():
    assert shards_of("a.gguf") == ("a.gguf",)
    assert shards_of("x/a-00002-of-00003.gguf") == tuple(f"x/a-0000{n}-of-00003.gguf" for n in (1, 2, 3))
    assert shard_of("a-00004-of-00003.gguf") is None and shard_of("a-00000-of-00003.gguf") is None


def test_companions():
    assert is_companion("mmproj-F16.gguf") and is_companion("x/mtp-a.gguf")
    assert is_companion("gemma-4-26B-it-mmproj.gguf") and not is_companion("a.gguf")
