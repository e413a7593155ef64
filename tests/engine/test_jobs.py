"""A job takes the form that a model understands, is fitted into its context, and is written."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from penwright.base.errors import EngineError, ModelError, PenwrightError
from penwright.core.composition import Job, Message, Part, Piece, Sampling
from penwright.engine.api import Engine, Event, Listener
from penwright.engine.blocking import BlockingEngine
from penwright.engine.client import EngineClient
from penwright.engine.inquiry import Inquiry
from penwright.engine.jobs import prompt_of, write
from penwright.engine.messages import Chunk, Load, Ready
from penwright.engine.resting import RestingEngine
from penwright.engine.scripted import ScriptedEngine

TALK = (Message("user", "Write about the rain."),)
STORY = "The rain fell all night. In the morning the street was quiet. Nobody came. The tea was cold.\n"


def model(template: str = "", room: int = 4096) -> Ready:
    return Ready(1, "m.gguf", "m", 1, 1, room, room, 1, 1, 1.0, "", "", chat_template=template)


def fill(template: str, values: Mapping[str, object]) -> str:
    """Stand in for the sandbox: a template of three kinds."""
    if template == "broken":
        raise ModelError("chat.drops_text")
    messages = values["messages"]
    assert isinstance(messages, list)
    return "".join(f"<|{entry['role']}|>{entry['content']}" for entry in messages) + "<|assistant|>"


class Scene:
    """A scripted engine, and an inquiry to it."""

    def __init__(self, *texts: str, room: int = 4096, template: str = "t", at_once: bool = True) -> None:
        self.engine = ScriptedEngine(
            self._hear, whole=texts, room=room, model=model(template, room), at_once=at_once
        )
        self._numbers = iter(range(1, 1000))
        self.inquiry = Inquiry(self.engine, lambda: next(self._numbers))
        self.heard: list[str] = []

    def _hear(self, event: Event) -> None:
        self.inquiry.hear(event)

    def write(self, job: Job) -> object:
        self.engine.load(Load("m.gguf"))
        return write(job, self.inquiry.model(), self.inquiry, self.heard.append, fill=fill)


def test_a_model_with_a_template_is_talked_to() -> None:
    prompt = prompt_of(Job(TALK, base="Rain:", stop=("##",), base_stop=("\n\n",)), model("t"), fill)
    assert (prompt.form, prompt.stop, prompt.fault) == ("chat", ("##",), None)
    assert prompt.pieces == (Piece("<|user|>", True), Piece(TALK[0].content), Piece("<|assistant|>", True))


def test_a_model_without_one_gets_the_base_form() -> None:
    prompt = prompt_of(Job(TALK, base="Rain:", stop=("##",), base_stop=("\n\n",)), model(), fill)
    assert (prompt.form, prompt.stop, prompt.pieces) == ("base", ("##", "\n\n"), (Piece("Rain:"),))
    with pytest.raises(ModelError) as caught:
        prompt_of(Job(TALK), model(), fill)
    assert caught.value.key == "chat.only_continues"


def test_a_template_that_fails_is_told_and_done_without() -> None:
    prompt = prompt_of(Job(TALK, base="Rain:"), model("broken"), fill)
    assert prompt.form == "base"
    assert prompt.fault is not None
    with pytest.raises(ModelError) as caught:
        prompt_of(Job(TALK), model("{{ 1 }}\n{{ raise_exception('no') }}"))
    assert (caught.value.key, caught.value.values) == ("chat.faulty", {"line": 2})


def test_chunks_make_up_the_text() -> None:
    scene = Scene("It rained for three days.")
    written = scene.write(Job(TALK, max_tokens=70, draft=True, sampling=Sampling(temperature=0)))
    assert written.text == "".join(scene.heard) == "It rained for three days."
    assert (written.stop, written.cuts, written.most) == ("end", (), 70)
    asked = scene.engine.composes[0]
    assert (asked.max_tokens, asked.draft, asked.sampling.temperature) == (70, False, 0)


def test_what_does_not_fit_is_cut_and_told() -> None:
    text = STORY * 10
    job = Job((Message("user", f"Shorten: {text}"),), max_tokens=100, parts=(Part("text", text),))
    scene = Scene("Rain.", room=600)
    written = scene.write(job)
    (cut,) = written.cuts
    assert (cut.name, cut.whole) == ("text", len(text.strip()))
    asked = scene.engine.composes[0]
    assert sum(len(piece.text) for piece in asked.pieces) <= 500
    assert asked.pieces[1].text == f"Shorten: {text[: cut.kept]}"
    assert text[: cut.kept].endswith("The tea was cold.")


def test_what_can_not_be_cut_leaves_the_text_less_room_or_fails() -> None:
    job = Job((Message("user", "x" * 400),), max_tokens=100)
    assert Scene("Rain.", room=500).write(job).most == 500 - 400 - len("<|user|><|assistant|>")
    with pytest.raises(EngineError) as caught:
        Scene("Rain.", room=440).write(job)
    assert caught.value.key == "compose.too_long"


def test_a_model_that_only_thinks_is_told() -> None:
    scene = Scene(at_once=False)
    scene.engine.load(Load("m.gguf"))
    failed: list[PenwrightError] = []

    def run() -> None:
        try:
            write(Job(TALK), model("t"), scene.inquiry, scene.heard.append, fill=fill)
        except PenwrightError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not scene.engine.composes:
        threading.Event().wait(0.001)
    scene.engine.finish("length")
    thread.join(10)
    assert [error.key for error in failed] == ["compose.only_thoughts"]


def test_stop_silences_it_at_once() -> None:
    scene = Scene(at_once=False)
    heard: list[str] = []
    done: list[object] = []
    told = threading.Event()

    def hear(text: str) -> None:
        heard.append(text)
        told.set()

    scene.engine.load(Load("m.gguf"))
    thread = threading.Thread(
        target=lambda: done.append(write(Job(TALK), model("t"), scene.inquiry, hear, fill=fill))
    )
    thread.start()
    while not scene.engine.composes:
        threading.Event().wait(0.001)
    scene.engine.stream("It rained")
    assert told.wait(10)
    while len(heard) < 2:
        threading.Event().wait(0.001)
    scene.inquiry.stop()
    scene.inquiry.hear(Chunk(scene.engine.composes[0].id, " on and on"))
    thread.join(10)
    (written,) = done
    assert (written.text, written.stop) == ("It rained", "cancelled")
    assert "".join(heard) == "It rained"
    assert scene.engine.cancelled == [scene.engine.composes[0].id]
    again = write(Job(TALK), model("t"), scene.inquiry, hear, fill=fill)
    assert (again.text, again.stop) == ("", "cancelled"), "what was stopped asks nothing more"


def test_a_death_while_it_writes_is_told() -> None:
    scene = Scene(at_once=False)
    scene.engine.load(Load("m.gguf"))
    failed: list[EngineError] = []

    def run() -> None:
        try:
            write(Job(TALK), model("t"), scene.inquiry, scene.heard.append, fill=fill)
        except EngineError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not scene.engine.composes:
        threading.Event().wait(0.001)
    scene.engine.stream("It rained")
    scene.engine.break_off()
    thread.join(10)
    assert [error.key for error in failed] == ["engine.ended"]
    assert "".join(scene.heard) == "It rained"


def test_the_starter_writes_what_a_base_form_asks(starter: Path) -> None:
    heard: list[str] = []
    with BlockingEngine(EngineClient) as engine:
        ready = engine.load(Load(str(starter), n_threads=1, n_ctx=256))
        text = STORY * 20
        job = Job(TALK, base=text, max_tokens=60, parts=(Part("text", text, keeps_end=True),))
        written = write(job, ready, engine, heard.append, fill=fill)
    assert written.prompt.form == "base"
    assert written.text == "".join(heard)
    assert written.text
    (cut,) = written.cuts
    assert cut.name == "text"
    assert 100 < cut.kept < cut.whole
    assert written.done.prompt_tokens <= 256 - 60


def resting(start: Callable[[Listener], Engine]) -> tuple[RestingEngine, Inquiry]:
    """Return a resting engine, and an inquiry that hears it."""

    def hear(event: Event) -> None:
        inquiry.hear(event)

    engine = RestingEngine(hear, start)
    inquiry = Inquiry(engine, iter(range(1, 100)).__next__)
    return engine, inquiry


def test_a_resting_model_is_loaded_for_a_job(starter: Path) -> None:
    engine, inquiry = resting(EngineClient)
    try:
        engine.load(Load(str(starter), n_threads=1, n_ctx=256))
        assert engine.model is None
        ready = inquiry.model()
        assert ready.n_ctx == 256
        heard: list[str] = []
        written = write(Job(base=STORY, max_tokens=20), ready, inquiry, heard.append, fill=fill)
        assert written.text == "".join(heard) != ""
        engine.load(Load(str(starter), n_threads=1))
        assert engine.model is None
    finally:
        engine.close()


def test_stop_keeps_what_was_told(starter: Path) -> None:
    """With the real engine: what was heard is the text, and the next one is written as ever."""
    events: list[Inquiry] = []

    def hear(event: Event) -> None:
        for each in tuple(events):
            each.hear(event)

    engine = EngineClient(hear)
    numbers = iter(range(1, 1000))
    try:
        engine.load(Load(str(starter), n_threads=1))
        for after in (1, 2, 1, 3, 2):
            inquiry = Inquiry(engine, numbers.__next__)
            events[:] = [inquiry]
            heard: list[str] = []

            def take(text: str, heard: list[str] = heard, after: int = after, stop=inquiry.stop) -> None:
                heard.append(text)
                if len(heard) == after:
                    stop()

            written = write(Job(base=STORY, max_tokens=180), inquiry.model(), inquiry, take)
            assert written.stop == "cancelled"
            assert len(heard) == after
            assert written.text == "".join(heard)
        inquiry = Inquiry(engine, numbers.__next__)
        events[:] = [inquiry]
        heard = []
        written = write(Job(base=STORY, max_tokens=20), inquiry.model(), inquiry, heard.append)
        assert written.stop in ("length", "end")
        assert written.text == "".join(heard) != ""
    finally:
        engine.close()


def test_no_model_at_all_is_told() -> None:
    _, inquiry = resting(ScriptedEngine)
    with pytest.raises(EngineError) as caught:
        inquiry.model()
    assert caught.value.key == "engine.no_model"
