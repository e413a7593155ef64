"""The network switch, the log of connections, tokens, mirrors, proxies, and that the library stays silent."""

import json
import os
import subprocess
import sys
import textwrap
import time

import keyring
import keyring.backend
import keyring.errors
import pytest
from tests.hub.conftest import FILE, REPO
from tests.hub.faults import Fault

from penwright.base.errors import HubError
from penwright.modelstore.hub import endpoint_of
from penwright.modelstore.hub_faults import Transient
from penwright.modelstore.network import (
    Connection,
    ConnectionsLog,
    Network,
    Origin,
    check_endpoint,
    origin_of,
)
from penwright.modelstore.stopping import Stop
from penwright.modelstore.tokens import Tokens

HUB = Origin("https", "huggingface.co", 443)


def test_off_means_that_nothing_connects(make_desk, hub):
    """In a process of its own: with the switch off no socket is made and the library isn't imported."""
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        seen = []
        def watch(event, arguments):
            if event in ("socket.connect", "socket.getaddrinfo", "socket.__new__", "socket.sendto"):
                seen.append(event)
        sys.addaudithook(watch)
        from penwright.base.errors import HubError
        from penwright.modelstore.downloads import Downloader, Order
        from penwright.modelstore.hub import Hub
        from penwright.modelstore.network import Network
        from penwright.modelstore.progress import RateLimit
        from penwright.modelstore.stopping import Stop
        from penwright.modelstore.transfer import Transfer
        off = sys.argv[3] == "off"
        hub = Hub(Network(lambda: not off), sys.argv[1], lambda _: "hf_secret_token", Path(sys.argv[2]))
        downloader = Downloader(Transfer(hub, RateLimit(0)), Path(sys.argv[2], "models"))
        order = Order("x", "maker/small-GGUF", ("small-Q8_0.gguf",))
        for ask in (
            lambda: list(hub.search("x")),
            lambda: hub.repository("maker/small-GGUF"),
            lambda: hub.facts("maker/small-GGUF", "small-Q8_0.gguf"),
            lambda: downloader.run(order, lambda _: None, Stop()),
        ):
            try:
                ask()
            except HubError as error:
                print(error.key)
        print(len(seen), "huggingface_hub" in sys.modules, "httpx2" in sys.modules)
    """)

    def run(switch, folder):
        done = subprocess.run(
            [sys.executable, "-c", script, hub.endpoint, str(folder), switch],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.split("\n")

    folder = hub.shelves.root.parent
    off = run("off", folder / "off")
    assert off == ["hub.off"] * 4 + ["0 False False", ""] and hub.asked == []
    seen = int(run("on", folder / "on")[-2].split()[0])
    assert seen > 4, "the same watch sees the connections when they are made"


def test_switched_off_while_it_runs(desk, hub):
    assert desk.hub.repository(REPO).choices
    before = len(hub.asked)
    desk.allowed = False
    for ask in (lambda: desk.hub.repository(REPO), lambda: next(desk.hub.search("x"))):
        with pytest.raises(HubError, match=r"hub\.off"):
            ask()
    assert len(hub.asked) == before


def test_the_library_reports_nothing(desk, hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_token_of_another_program")
    desk.hub.repository(REPO)
    list(desk.hub.search("small"))
    desk.downloader.run(desk.order, lambda _: None, Stop())
    kinds = {each.path.split("/")[1] if each.path.startswith("/api") else each.method for each in hub.asked}
    assert kinds <= {"api", "HEAD", "GET"}
    assert not any("telemetry" in each.path or "harness" in each.path for each in hub.asked)
    assert {each.token for each in hub.asked} == {None}, "no other program's token is used"
    for each in hub.asked:
        words = {word.split("/")[0] for word in each.agent.split("; ")}
        assert words <= {"penwright", "hf_hub", "python"}, each.agent
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"


def test_the_offline_flag_of_the_library_is_heeded(desk, hub, monkeypatch):
    desk.hub.repository(REPO)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="off_outside"):
        desk.hub.repository(REPO)


def test_each_connection_is_logged(desk, hub):
    desk.hub.repository(REPO)
    list(desk.hub.search("some words"))
    desk.downloader.run(desk.order, lambda _: None, Stop())
    entries = desk.log.entries()
    assert len(entries) == len(hub.asked)
    assert {(each.host, each.why) for each in entries} == {
        ("127.0.0.1", "repository"),
        ("127.0.0.1", "search"),
        ("127.0.0.1", "file"),
        ("127.0.0.1", "download"),
        ("localhost", "download"),
    }
    assert entries[-1].size == desk.final.stat().st_size and entries[-1].outcome == "200"
    assert entries[0].size > 50 and abs(entries[0].time - time.time()) < 60
    text = desk.log.path.read_text()
    assert "some words" not in text and FILE not in text
    assert desk.log.path.stat().st_mode & 0o777 == 0o600


def test_the_log_is_bounded_and_stops_nothing(tmp_path):
    log = ConnectionsLog(tmp_path / "log")
    for number in range(6_000):
        log.add(Connection(float(number), "h" * 60, "why", 1, "200"))
    files = list((tmp_path / "log").iterdir())
    assert len(files) == 2 and sum(each.stat().st_size for each in files) < 600_000
    assert log.entries()[-1].time == 5_999
    log.path.write_text("no json\n{}\n[]\n")
    assert all(each.host == "h" * 60 for each in log.entries())
    (tmp_path / "file").write_text("")
    ConnectionsLog(tmp_path / "file").add(Connection(0.0, "h", "w", 1, "200"))


def test_search_repository_and_paging(desk, shelf, hub):
    for number in range(37):
        folder = shelf / f"many/model-{number:02}-GGUF"
        folder.mkdir(parents=True)
        (folder / "hub.json").write_text(json.dumps({"license": "apache-2.0", "gated": number == 0 and "t"}))
    pages = list(desk.hub.search("model"))
    assert [len(page) for page in pages] == [20, 17]
    assert pages[0][0].gated and not pages[0][1].gated and pages[0][1].licence == "apache-2.0"
    assert len([each for each in hub.asked if each.path == "/api/models"]) == 4, "ten at a time here"
    ((found,),) = desk.hub.search("small")
    assert (found.repo, found.licence, found.downloads, found.parameters) == (REPO, "mit", 7, 7_212_288)
    assert list(desk.hub.search("nothing of the kind")) == []


def test_what_a_repository_holds(desk, shelf):
    folder = shelf / REPO
    for name in (
        "a-Q4_K_M-00001-of-00002.gguf",
        "a-Q4_K_M-00002-of-00002.gguf",
        "b-UD-IQ2_M-00001-of-00002.gguf",
    ):
        (folder / name).write_bytes(b"12345")
    for name in ("mmproj-F16.gguf", "mtp-x.gguf", "README.md"):
        (folder / name).write_bytes(b"123")
    told = desk.hub.repository(REPO)
    assert [(each.file, each.quantization, each.size, len(each.files)) for each in told.choices] == [
        ("a-Q4_K_M-00001-of-00002.gguf", "Q4_K_M", 10, 2),
        (FILE, "Q8_0", (folder / FILE).stat().st_size, 1),
    ], "whole models, parts together, helpers hidden"
    assert told.projectors == (("mmproj-F16.gguf", 3),)
    assert (told.licence, told.gated, len(told.revision)) == ("mit", False, 40)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hub",
        "ftp://hub",
        "https://",
        "https://a:b@hub",
        "https://u@hub",
        "https://hub?x",
        "http://h:99999",
        "https://a b",
    ],
)
def test_what_is_no_address_of_a_hub(address, catalogue):
    with pytest.raises(HubError) as caught:
        check_endpoint(address)
    assert caught.value.key == "hub.bad_endpoint"
    assert "a:b" not in catalogue.sentence(caught.value)


def test_the_endpoint_is_that_of_the_environment_else_the_setting(monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert endpoint_of(None) == "https://huggingface.co"
    assert endpoint_of("https://mirror.example/ ") == "https://mirror.example"
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1/")
    assert endpoint_of("https://mirror.example") == "http://127.0.0.1:1"


@pytest.mark.parametrize("proxy", ["hub:80", "socks5://h:1", "http://user:hunter2@h:1", "https://h:1"])
def test_proxies_that_cannot_be(proxy, catalogue):
    with pytest.raises(HubError) as caught:
        Network(lambda: True, proxy=proxy)
    assert caught.value.key == "hub.bad_proxy" and "hunter2" not in catalogue.sentence(caught.value)


def test_through_a_proxy(desk, hub, monkeypatch, starter):
    """The loopback hub as a proxy: it is asked with whole addresses, for the question and for the bytes."""
    monkeypatch.setenv("no_proxy", "")
    desk.network.proxy = hub.endpoint
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()
    assert {each.origin for each in hub.asked} == {"hub"}, "the second origin is reached through it alone"
    assert all(each.target.startswith("http://") for each in hub.asked)


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError
        del self.kept[service, username]


class Locked(Ring):
    """A keyring that is locked, and says too much."""

    def get_password(self, service, username):
        raise keyring.errors.KeyringLocked("locked")

    def set_password(self, service, username, password):
        raise keyring.errors.PasswordSetError(f"can't store {password}")

    def delete_password(self, service, username):
        raise keyring.errors.KeyringLocked("locked")


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_tokens_are_kept_by_origin(ring):
    tokens = Tokens()
    tokens.put(HUB, "  hf_abcdefgh\n")
    assert tokens.get(HUB) == "hf_abcdefgh"
    assert tokens.get(Origin("https", "mirror.example", 443)) is None
    assert tokens.get(Origin("http", "huggingface.co", 80)) is None
    assert ring.kept == {("penwright", "https://huggingface.co"): "hf_abcdefgh"}
    assert tokens.drop(HUB) and not tokens.drop(HUB) and tokens.get(HUB) is None


@pytest.mark.parametrize(
    "token", ["", "short", "with a space in it", "x" * 600, "hf_\x00abcdefgh", "hf_日本語日本語"]
)
def test_what_is_no_token(token, ring, catalogue):
    with pytest.raises(HubError) as caught:
        Tokens().put(HUB, token)
    assert not token or token not in catalogue.sentence(caught.value)
    assert ring.kept == {}


def test_no_token_over_an_open_connection(ring):
    with pytest.raises(HubError, match="token_unsafe"):
        Tokens().put(origin_of("http://mirror.example"), "hf_abcdefgh")
    Tokens().put(origin_of("http://127.0.0.1:8090"), "hf_abcdefgh")  # nobody is on the way


def test_a_locked_keyring_is_told_without_the_token(ring, catalogue):
    keyring.set_keyring(Locked())
    tokens = Tokens()
    assert tokens.get(HUB) is None
    for act in (lambda: tokens.put(HUB, "hf_abcdefgh"), lambda: tokens.drop(HUB)):
        with pytest.raises(HubError) as caught:
            act()
        assert caught.value.key == "hub.no_keyring"
        assert "abcdefgh" not in catalogue.sentence(caught.value) + str(caught.value)
        assert caught.value.__suppress_context__


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_question_is_answered_at_once_where_the_library_would_wait(status, desk, hub, catalogue):
    hub.faults.set(Fault("status", status, "api", headers={"Retry-After": "20"}))
    for ask in (lambda: next(desk.hub.search("x")), lambda: desk.hub.repository(REPO)):
        began = time.monotonic()
        with pytest.raises(Transient) as caught:
            ask()
        assert time.monotonic() - began < 5 and caught.value.wait == 20
        assert catalogue.sentence(caught.value.error)
    assert len(hub.asked) == 2


def test_nobody_answers_at_once(make_desk, hub, capfd):
    desk = make_desk("http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(Transient):
        next(desk.hub.search("x"))
    assert time.monotonic() - began < 5
    assert capfd.readouterr() == ("", ""), "the library says nothing of its own"
