"""Each fault of a hub, of the way to it and of the disk: what a person is told; nothing bad is installed.

Run with -s to read the table of faults and their sentences.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from tests.hub.conftest import FILE, REPO, make_model
from tests.hub.faults import Fault

from penwright.base.errors import DownloadError, HubError, PenwrightError
from penwright.modelstore import transfer
from penwright.modelstore.downloads import Order
from penwright.modelstore.entries import read_entries
from penwright.modelstore.part import DiskFault
from penwright.modelstore.stopping import Stop


def refused(desk, catalogue, key, order=None):
    """Fetch, and return the sentence of the error, which has to have this key."""
    with pytest.raises(PenwrightError) as caught:
        desk.downloader.run(order or desk.order, lambda _: None, Stop())
    sentence = catalogue.sentence(caught.value)
    print(f"  | {key} | {sentence} |")
    assert caught.value.key == key
    assert "\n" not in sentence and len(sentence) < 300 and sentence.endswith(".")
    assert not desk.final.exists(), "nothing that is bad is ever installed"
    return sentence


def whole_after(desk, hub, starter):
    """Switch the faults off and fetch: it has to become whole."""
    hub.faults.set()
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()


@pytest.mark.parametrize("fraction", [0, 0.01, 0.5, 0.99])
@pytest.mark.parametrize("kind", ["drop", "reset"])
def test_broken_off_once(kind, fraction, hub, desk, starter):
    """It goes on by itself, and nothing that has come is asked for twice."""
    hub.faults.set(Fault(kind, fraction, times=1))
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()
    ranges = [each.range for each in hub.asked if each.origin == "store"]
    begun = ranges[-1] or "bytes=0-"
    assert len(ranges) == 2
    # What was on the way when a connection was reset may be lost; a whole chunk isn't.
    assert int(begun[6:-1]) >= int(starter.stat().st_size * fraction) - (5_000_000 if kind == "reset" else 0)


@pytest.mark.parametrize("fraction", [0, 0.01, 0.5, 0.99])
@pytest.mark.parametrize("kind", ["drop", "reset", "stall"])
def test_broken_off_again_and_again(kind, fraction, hub, desk, catalogue, starter):
    hub.faults.set(Fault(kind, fraction))
    with pytest.raises(HubError) as caught:
        desk.downloader.run(desk.order, lambda _: None, Stop())
    keys = {"drop": {"hub.broke_off"}, "reset": {"hub.broke_off"}, "stall": {"hub.silent"}}
    assert caught.value.key in keys[kind]
    sentence = catalogue.sentence(caught.value)
    print(f"  | {kind} at {fraction:.0%} | {sentence} |")
    assert "Nothing is lost" in sentence
    kept = desk.downloader.part(REPO, FILE).size()
    if kind != "reset":
        assert kept == int(starter.stat().st_size * fraction)
    assert not desk.final.exists()
    whole_after(desk, hub, starter)


STATUSES = [
    (401, {}, "hub.repo_gone"),
    (403, {}, "hub.forbidden"),
    (404, {}, "hub.entry_gone"),
    (404, {"X-Error-Code": "RepoNotFound"}, "hub.repo_gone"),
    (404, {"X-Error-Code": "RevisionNotFound"}, "hub.entry_gone"),
    (410, {}, "hub.taken_down"),
    (416, {}, "hub.refused"),
    (429, {"Retry-After": "300"}, "hub.wait"),
    (429, {}, "hub.wait_some"),
    (500, {}, "hub.down"),
    (503, {}, "hub.down"),
    (418, {}, "hub.refused"),
]


@pytest.mark.parametrize("where", ["head", "resolve", "blob"])
@pytest.mark.parametrize(("status", "headers", "key"), STATUSES, ids=lambda value: str(value)[:20])
def test_statuses(status, headers, key, where, hub, desk, catalogue, starter):
    hub.faults.set(Fault("status", status, where, headers=headers))
    sentence = refused(desk, catalogue, key)
    if "Retry-After" in headers:
        assert "300 s" in sentence
    whole_after(desk, hub, starter)


@pytest.mark.parametrize("where", ["head", "resolve", "blob"])
@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "0"}), (500, {}), (503, {})])
def test_statuses_that_pass(status, headers, where, hub, desk, starter):
    hub.faults.set(Fault("status", status, where, times=1, headers=headers))
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()


def test_a_bad_token(hub, desk, catalogue):
    desk.token = "hf_wrong_token"
    hub.faults.set(Fault("status", 401, "head"))
    sentence = refused(desk, catalogue, "hub.bad_token")
    assert desk.token not in sentence


@pytest.mark.parametrize("bytes_", [1, 100_000])
def test_wrong_size(bytes_, hub, desk, catalogue, starter):
    hub.faults.set(Fault("short", bytes_))
    refused(desk, catalogue, "download.wrong_size")
    assert desk.downloader.unfinished() == ()
    whole_after(desk, hub, starter)


def test_wrong_size_of_the_rest(hub, desk, catalogue, starter):
    hub.faults.set(Fault("drop", 0.5))
    refused(desk, catalogue, "hub.broke_off")
    hub.faults.set(Fault("short", 7))
    refused(desk, catalogue, "download.wrong_size")
    whole_after(desk, hub, starter)


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_right_size_and_wrong_content(at, hub, desk, catalogue, starter):
    hub.faults.set(Fault("flip", at))
    refused(desk, catalogue, "download.wrong_content")
    assert desk.downloader.unfinished() == (), "what is known to be wrong isn't kept"
    whole_after(desk, hub, starter)


def test_changed_between_pause_and_resume(hub, desk, shelf):
    hub.faults.set(Fault("drop", 0.5))
    with pytest.raises(HubError):
        desk.downloader.run(desk.order, lambda _: None, Stop())
    make_model(shelf / REPO / FILE, 6_000_000)
    hub.faults.set()
    before = len(hub.asked)
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == (shelf / REPO / FILE).read_bytes()
    assert {each.range for each in hub.asked[before:]} == {None}, "it begins at the beginning"


def test_range_ignored(hub, desk, starter):
    hub.faults.set(Fault("drop", 0.5, times=1), Fault("no_range"))
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()


@pytest.mark.parametrize("where", ["head", "resolve", "blob"])
def test_a_redirect_loop(where, hub, desk, catalogue, starter):
    hub.faults.set(Fault("loop", where=where))
    refused(desk, catalogue, "hub.redirects")
    assert len(hub.asked) < 30
    whole_after(desk, hub, starter)


def test_no_token_follows_a_redirect_to_another_origin(hub, desk, starter):
    desk.token = "hf_secret_token"
    desk.downloader.run(desk.order, lambda _: None, Stop())
    tokens = {(each.origin, each.token) for each in hub.asked}
    assert tokens == {("hub", "Bearer hf_secret_token"), ("store", None)}
    assert {origin.host for origin in desk.tokens_asked} == {"127.0.0.1"}
    written = [path.read_bytes() for path in desk.folder.parent.rglob("*") if path.is_file()]
    assert not any(b"hf_secret" in data for data in written)
    assert "Range" not in str(desk.log.entries())


@pytest.mark.parametrize("where", ["head", "resolve"])
def test_redirected_to_a_stranger(where, hub, desk, catalogue):
    """Another server on the way gets no token and can install nothing."""
    desk.token = "hf_secret_token"
    hub.faults.set(Fault("elsewhere", f"{hub.store}/else.gguf", where, times=1))
    refused(desk, catalogue, "hub.not_a_hub" if where == "head" else "hub.entry_gone")
    assert {each.token for each in hub.asked if each.origin == "store"} <= {None}


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "http://[", "\x00", "//:0"]
)
def test_redirected_to_what_is_no_address(target, hub, desk, catalogue, starter):
    hub.faults.set(Fault("elsewhere", target, "resolve"))
    with pytest.raises(PenwrightError) as caught:
        desk.downloader.run(desk.order, lambda _: None, Stop())
    assert catalogue.sentence(caught.value) and not desk.final.exists()
    whole_after(desk, hub, starter)


@pytest.mark.parametrize(
    ("where", "key"), [("head", "hub.not_a_hub"), ("resolve", "download.page"), ("blob", "download.page")]
)
def test_a_page_instead_of_a_file(where, key, hub, desk, catalogue, starter):
    hub.faults.set(Fault("html", where=where))
    refused(desk, catalogue, key)
    whole_after(desk, hub, starter)


@pytest.mark.parametrize("kind", ["html", "cut_json"])
def test_no_json(kind, hub, desk, catalogue):
    hub.faults.set(Fault(kind, where="api"))
    for ask in (lambda: desk.hub.repository(REPO), lambda: list(desk.hub.search("small"))):
        with pytest.raises(HubError) as caught:
            ask()
        assert caught.value.key == "hub.not_a_hub"
        print(f"  | {kind} | {catalogue.sentence(caught.value)} |")


@pytest.mark.parametrize(("kind", "key"), [("plain", "hub.not_a_hub"), ("no_hash", "hub.no_hash")])
def test_a_mirror_that_is_no_hub(kind, key, hub, desk, catalogue):
    hub.faults.set(Fault(kind, where="head"))
    refused(desk, catalogue, key)


def test_nobody_there(make_desk, catalogue, hub):
    desk = make_desk("http://127.0.0.1:9")
    refused(desk, catalogue, "hub.unreachable")


@pytest.mark.parametrize(
    "name", ["../../evil.gguf", "/tmp/evil.gguf", "a/../../evil.gguf", "evil\\..\\x.gguf", ".hidden.gguf"]
)
def test_a_name_that_leads_elsewhere(name, desk, catalogue, hub):
    refused(desk, catalogue, "hub.bad_file", Order("evil", REPO, (name,)))
    assert hub.asked == [] and not desk.folder.exists()


def test_names_that_lead_elsewhere_are_not_listed(desk, shelf):
    (shelf / REPO / "hub.json").write_text(
        json.dumps({"names": ["../x.gguf", "/x.gguf", "a\\b.gguf", "ok.gguf"]})
    )
    assert {choice.file for choice in desk.hub.repository(REPO).choices} == {FILE, "ok.gguf"}


def test_gated(desk, shelf, catalogue, hub, starter):
    (shelf / REPO / "hub.json").write_text(json.dumps({"gated": "hf_right_token"}))
    assert "token" in refused(desk, catalogue, "hub.gated")
    desk.token = "hf_other_token"
    assert "other" not in refused(desk, catalogue, "hub.gated_token")
    desk.token = "hf_right_token"
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()


def test_taken_down(desk, shelf, catalogue):
    (shelf / REPO / "hub.json").write_text(json.dumps({"disabled": True}))
    refused(desk, catalogue, "hub.taken_down")


def test_a_catalogue_entry_that_is_gone(desk, catalogue):
    from penwright.base.paths import resources

    for entry in read_entries(resources() / "catalogue.toml"):
        order = Order(entry.id, entry.repo, entry.variants[0].files)
        assert entry.repo in refused(desk, catalogue, "hub.repo_gone", order)
    refused(desk, catalogue, "hub.entry_gone", Order("x", REPO, ("gone.gguf",)))


@pytest.mark.parametrize("content", [b"no model at all\n" * 1000, b"GGUF" + b"\xff" * 500])
def test_a_gguf_that_is_no_model(content, desk, shelf, catalogue):
    (shelf / REPO / FILE).write_bytes(content)
    refused(desk, catalogue, "download.no_model")
    assert desk.downloader.unfinished() == ()


def test_a_disk_that_is_too_small(desk, catalogue, monkeypatch, hub, starter):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 1_000_000))
    sentence = refused(desk, catalogue, "download.no_space")
    assert "8 MB" in sentence or "7 MB" in sentence
    assert {each.method for each in hub.asked} == {"HEAD"}, "space is looked at before a byte is fetched"
    monkeypatch.undo()


def test_a_disk_that_fills_up(desk, catalogue, monkeypatch, hub, starter):
    """At the lowest seam, for where nothing can be mounted."""
    real = os.write

    def full(descriptor, data):
        if desk.downloader.part(REPO, FILE).size() > 2_000_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr("penwright.modelstore.part.os.write", full)
    refused(desk, catalogue, "download.disk_full")
    assert desk.downloader.part(REPO, FILE).size() > 2_000_000
    monkeypatch.undo()
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    whole_after(desk, hub, starter)


def _may_mount() -> bool:
    try:
        return (
            sys.platform == "linux"
            and subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0
            and os.geteuid() == 0
        )
    except OSError:
        return False


@pytest.mark.skipif(not _may_mount(), reason="mounting a small disk needs root")
def test_a_small_disk_that_another_program_fills(desk, catalogue, hub, starter):
    """A real file system of 12 MB: the space is there at first, then something else takes it."""
    desk.folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(desk.folder)], check=True)
    try:
        hub.faults.set(Fault("slow", 10_000_000))
        greedy = desk.folder / "greedy"

        def told(progress):
            if progress.done > 1_000_000 and not greedy.exists():
                greedy.write_bytes(b"x" * 6_000_000)

        with pytest.raises(DownloadError) as caught:
            desk.downloader.run(desk.order, told, Stop())
        assert caught.value.key == "download.disk_full"
        print(f"  | a small disk | {catalogue.sentence(caught.value)} |")
        assert not desk.final.exists() and desk.downloader.part(REPO, FILE).size() > 1_000_000
        greedy.unlink()
        whole_after(desk, hub, starter)
    finally:
        subprocess.run(["umount", str(desk.folder)], check=True)


def test_a_folder_that_cannot_be_written_in(desk, catalogue, monkeypatch):
    def denied(self, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", denied)
    monkeypatch.setattr("penwright.modelstore.connection.Connector.get", None)
    assert str(desk.folder) in refused(desk, catalogue, "download.folder_denied")


def test_a_folder_that_is_a_file(desk, catalogue):
    desk.folder.parent.mkdir(parents=True, exist_ok=True)
    desk.folder.write_text("a file")
    with pytest.raises(DownloadError) as caught:
        desk.downloader.run(desk.order, lambda _: None, Stop())
    assert catalogue.sentence(caught.value)


def test_a_disk_fault_keeps_its_cause():
    with pytest.raises(DiskFault) as caught:
        transfer.write_all(-1, b"x")
    assert isinstance(caught.value.__cause__, OSError)
