"""A model comes whole from the hub, in one go, in pieces, over files and over stops."""

import hashlib
import threading
import time

import pytest
from tests.hub.conftest import FILE, REPO, make_model
from tests.hub.faults import Fault

from penwright.modelstore.downloads import Order, Queue, State
from penwright.modelstore.installed import Installation
from penwright.modelstore.progress import Phase
from penwright.modelstore.records import read_record, record_path
from penwright.modelstore.stopping import Stop, Stopped
from penwright.modelstore.transfer import Paused


def test_a_model_is_fetched_and_installed(hub, desk, starter):
    steps = []
    assert desk.downloader.run(desk.order, steps.append, Stop()) == desk.final
    assert desk.final.read_bytes() == starter.read_bytes()
    record = read_record(desk.final)
    assert record.sha256 == hashlib.sha256(starter.read_bytes()).hexdigest()
    assert (record.repo, record.file, record.licence) == (REPO, FILE, "mit")
    assert record.revision == hub.shelves.commit(REPO) and record.endpoint == hub.endpoint
    assert record.since > 1e9 and record.checked > 1e9
    assert sorted(each.name for each in desk.final.parent.iterdir()) == [FILE, f"{FILE}.json"]
    (model,) = Installation(desk.folder).models()
    assert model.path == desk.final and Installation(desk.folder).verify(model) == record.sha256
    assert steps[0].phase is Phase.ASKING and steps[-1].done == steps[-1].total == record.size
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_a_second_time_nothing_is_fetched(hub, desk):
    desk.downloader.run(desk.order, lambda _: None, Stop())
    before = len(hub.asked)
    desk.downloader.run(desk.order, lambda _: None, Stop())
    record_path(desk.final).unlink()  # then the file itself is hashed
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert {each.method for each in hub.asked[before:]} == {"HEAD"}
    assert read_record(desk.final) is not None


def test_a_file_that_changed_at_the_hub_is_fetched_anew(hub, desk, shelf):
    desk.downloader.run(desk.order, lambda _: None, Stop())
    make_model(shelf / REPO / FILE, 3_000_000)
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == (shelf / REPO / FILE).read_bytes()


def test_split_models_and_projectors(desk, shelf):
    names = [f"UD/big-Q4_K_M-0000{number}-of-00003.gguf" for number in (1, 2, 3)]
    for name in (*names, "mmproj-F16.gguf"):
        make_model(shelf / "maker/big-GGUF" / name, 200_000)
    order = Order("big", "maker/big-GGUF", (*names, "mmproj-F16.gguf"))
    steps = []
    first = desk.downloader.run(order, steps.append, Stop())
    assert first == desk.folder / "maker/big-GGUF" / names[0]
    assert steps[-1].total == sum((shelf / "maker/big-GGUF" / name).stat().st_size for name in order.files)
    found = {each.path for each in Installation(desk.folder).models()}
    assert first in found and first.with_name("big-Q4_K_M-00002-of-00003.gguf") not in found


def stopped_at(desk, fraction, hub):
    """Fetch slowly and stop at about this part; return how many bytes are kept."""
    stop = Stop()

    def told(progress):
        if progress.total and progress.done >= fraction * progress.total > 0:
            stop.request()

    hub.faults.set(Fault("slow", 12_000_000))
    with pytest.raises(Stopped):
        desk.downloader.run(desk.order, told, stop)
    hub.faults.set()
    return desk.downloader.part(REPO, FILE).size()


def test_paused_and_resumed(hub, desk, starter):
    kept = stopped_at(desk, 0.3, hub)
    assert 0 < kept < starter.stat().st_size
    ((record, size, busy),) = desk.downloader.unfinished()
    assert (record.file, size, busy) == (FILE, kept, False)
    assert not desk.final.exists()
    before = len(hub.asked)
    steps = []
    desk.downloader.run(desk.order, steps.append, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()
    assert [each.range for each in hub.asked[before:] if each.method == "GET"] == [f"bytes={kept}-"] * 2
    assert Phase.CHECKING in {step.phase for step in steps}


def test_what_is_kept_and_wrong_is_found_when_it_is_resumed(hub, desk, starter, catalogue):
    kept = stopped_at(desk, 0.3, hub)
    part = desk.downloader.part(REPO, FILE).path
    data = bytearray(part.read_bytes())
    data[kept // 2] ^= 1
    part.write_bytes(data)
    with pytest.raises(Exception, match="wrong_content"):
        desk.downloader.run(desk.order, lambda _: None, Stop())
    assert not part.exists() and not desk.final.exists()
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()


def test_a_part_that_is_whole_needs_no_bytes(hub, desk, starter):
    stopped_at(desk, 0.3, hub)
    desk.downloader.part(REPO, FILE).path.write_bytes(starter.read_bytes())
    before = len(hub.asked)
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert {each.method for each in hub.asked[before:]} == {"HEAD"}
    assert desk.final.exists()


def test_a_part_that_is_too_long_begins_anew(hub, desk, starter):
    stopped_at(desk, 0.3, hub)
    desk.downloader.part(REPO, FILE).path.write_bytes(starter.read_bytes() + b"more")
    desk.downloader.run(desk.order, lambda _: None, Stop())
    assert desk.final.read_bytes() == starter.read_bytes()


def test_a_limit_holds(desk, starter):
    desk.limit.per_second = 20_000_000
    began = time.monotonic()
    desk.downloader.run(desk.order, lambda _: None, Stop())
    least = starter.stat().st_size / 20_000_000 - 0.3  # what comes at once
    assert time.monotonic() - began > least > 0


def test_the_switch_holds_in_the_middle(hub, desk):
    def told(progress):
        desk.allowed = progress.done == 0

    hub.faults.set(Fault("slow", 8_000_000))
    with pytest.raises(Exception, match=r"hub\.off"):
        desk.downloader.run(desk.order, told, Stop())
    assert desk.downloader.part(REPO, FILE).size() > 0 and not desk.final.exists()


class Watched:
    """A queue and what it told."""

    def __init__(self, desk, at_once=2):
        self.told = []
        self.changed = threading.Condition()
        self.queue = Queue(desk.downloader, self._note, at_once)

    def _note(self, report):
        with self.changed:
            self.told.append(report)
            self.changed.notify_all()

    def until(self, number, *states, seconds=20):
        with self.changed:
            assert self.changed.wait_for(
                lambda: any(each.order.id == number and each.state in states for each in self.told), seconds
            ), self.told[-3:]

    def state(self, number):
        return next(each for each in self.queue.reports() if each.order.id == number).state


@pytest.fixture
def watched(desk):
    made = Watched(desk)
    yield made
    made.queue.close()


def test_several_at_once(watched, desk, shelf):
    for number in range(5):
        make_model(shelf / f"maker/m{number}" / "m-Q8_0.gguf", 100_000)
        watched.queue.add(Order(f"m{number}", f"maker/m{number}", ("m-Q8_0.gguf",)))
    for number in range(5):
        watched.until(f"m{number}", State.DONE, State.FAILED)
        assert watched.state(f"m{number}") is State.DONE
    assert len(Installation(desk.folder).models()) == 5 and not watched.queue.at_work


def test_pause_resume_and_cancel_in_the_queue(watched, desk, hub, starter):
    hub.faults.set(Fault("slow", 1_500_000))
    watched.queue.add(desk.order)
    with watched.changed:
        watched.changed.wait_for(lambda: any(each.progress.done > 0 for each in watched.told), 20)
    assert watched.queue.at_work
    watched.queue.pause("small")
    assert watched.state("small") is State.PAUSED and not watched.queue.at_work
    hub.faults.set()
    watched.queue.add(desk.order)
    watched.until("small", State.DONE)
    assert desk.final.read_bytes() == starter.read_bytes()


@pytest.mark.parametrize("fault", [Fault("slow", 500_000), Fault("stall", 0.5), Fault("slow", 50_000_000)])
def test_cancelled_at_any_speed_within_300_ms(watched, desk, hub, fault):
    hub.faults.set(fault)
    desk.limit.per_second = 0 if fault.value < 50_000_000 else 5_000_000
    watched.queue.add(desk.order)
    with watched.changed:
        assert watched.changed.wait_for(lambda: any(each.progress.done > 0 for each in watched.told), 20)
    began = time.monotonic()
    watched.queue.cancel("small")
    while desk.downloader.part(REPO, FILE).path.exists() or watched.queue._stops:
        assert time.monotonic() - began < 3
        time.sleep(0.005)
    took = time.monotonic() - began
    print(f"cancelled in {took * 1000:.0f} ms at {fault.kind} {fault.value}")
    assert took < 2  # on a machine with other work; the bench tells the figure
    assert watched.state("small") is State.CANCELLED
    assert not desk.final.parent.exists()


def test_two_programs_on_one_file(hub, desk, make_desk):
    other = make_desk()
    hub.faults.set(Fault("slow", 2_000_000))
    stop, ended = Stop(), []
    started = threading.Event()

    def first():
        try:
            desk.downloader.run(desk.order, lambda p: started.set() if p.done else None, stop)
        except Paused:
            ended.append("paused")

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(20)
    with pytest.raises(Exception, match=r"download\.busy"):
        other.downloader.run(other.order, lambda _: None, Stop())
    assert other.downloader.unfinished()[0][2], "it is seen to be at work"
    # Another program may ask it to pause.
    other.downloader.part(REPO, FILE).ask_to_pause()
    thread.join(10)
    stop.request()  # whatever happened, it ends
    assert ended == ["paused"] and not other.downloader.unfinished()[0][2]
