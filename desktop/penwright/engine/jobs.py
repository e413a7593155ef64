"""A whole text from a job: the form that this model understands, fitted into its context, then written.

Everything here may take long (a template is filled, a prompt is counted, a text is written), so it is called
where waiting is allowed: on a thread beside the window, or in the command line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from penwright.base.errors import EngineError, ModelError, PenwrightError
from penwright.core.chat import ChatFormat, Render
from penwright.core.composition import Cut, Job, Piece
from penwright.core.fitting import cuts, shorten
from penwright.core.sandbox import render
from penwright.engine.messages import Compose, Counted, Done, Ready

# A text that gets less room than this share of what was asked for is not begun.
_LEAST_SHARE = 0.25
_TRIES = 6  # how often a prompt is shortened and counted again


class Stopped(Exception):  # noqa: N818 - it is no error: the text is no longer wanted
    """The writer stopped it before the first word."""


class Asking(Protocol):
    """An engine for one who waits: BlockingEngine, or an Inquiry to an engine that others use as well."""

    def count(self, pieces: tuple[Piece, ...]) -> Counted:
        """Return a prompt's length and the model's room. Raises EngineError, Stopped."""

    def compose(self, compose: Compose, heard: Callable[[str], None]) -> Done:
        """Write a text; `heard` gets it as it comes. Raises EngineError, Stopped."""


@dataclass(frozen=True)
class Prompt:
    """A job as one model is asked it.

    think: what opens and closes its thoughts. form: "chat" or "base". fault: why the model's own template was
    not used although it has one (`chat.without_template` tells a person of it), else None.
    """

    pieces: tuple[Piece, ...]
    stop: tuple[str, ...]
    form: str
    think: tuple[str, str] | None = None
    fault: PenwrightError | None = None


@dataclass(frozen=True)
class Written:
    """What came of a job.

    text: all that was told. stop: "end", "mark", "length" or "cancelled". cuts: what was left out of the
    prompt. most: the tokens that the text could have, fewer than the job's where the context was too small.
    prompt: how it was asked.
    """

    text: str
    stop: str
    prompt: Prompt
    most: int
    cuts: tuple[Cut, ...] = ()
    done: Done = field(default_factory=lambda: Done(0))


def write(
    job: Job,
    model: Ready,
    engine: Asking,
    heard: Callable[[str], None],
    *,
    fill: Render = render,
    guesses: bool = False,
) -> Written:
    """Write a job's text with a loaded model; `heard` gets it as it comes, in chunks that make it up.

    fill: the sandbox for the model's template. guesses: a job that repeats its prompt is written with guesses
    from it: quicker, and not always the same text as without. Raises ModelError when this model can't do such
    a job, EngineError when it does not fit (compose.too_long), the model did nothing but think
    (compose.only_thoughts), or the engine ends.
    """
    prompt = prompt_of(job, model, fill)
    try:
        prompt, most, cut = fitted(job, prompt, engine)
        compose = Compose(
            0,
            prompt.pieces,
            most,
            job.sampling,
            prompt.stop,
            prompt.think,
            draft=guesses and job.draft,
        )
        done = engine.compose(compose, heard)
        if not done.text and done.stop == "length":
            raise EngineError("compose.only_thoughts")
    except Stopped:
        return Written("", "cancelled", prompt, job.max_tokens)
    return Written(done.text, done.stop, prompt, most, cut, done)


def prompt_of(job: Job, model: Ready, fill: Render = render) -> Prompt:
    """Return a job in the form that a model understands.

    That is its own template for conversations; where it has none, or one that fails, the base form. Raises
    ModelError where neither is left.
    """
    base = Prompt((Piece(job.base),), (*job.stop, *job.base_stop), "base") if job.base else None
    if not model.chat_template or not job.messages:
        if base is None:
            raise ModelError("chat.only_continues")
        return base
    chat = ChatFormat(model.chat_template, fill, bos=model.bos, eos=model.eos)
    try:
        return Prompt(chat.render(job.messages), job.stop, "chat", chat.think)
    except PenwrightError as error:
        if base is not None:
            return replace(base, fault=error)
        if isinstance(error, ModelError):
            raise
        raise ModelError("chat.faulty", line=error.values.get("line", 1)) from error


def fitted(job: Job, prompt: Prompt, engine: Asking) -> tuple[Prompt, int, tuple[Cut, ...]]:
    """Return the prompt shortened until it fits, how many tokens the text may have, and what was cut.

    Raises EngineError: compose.too_long when it does not fit even so.
    """
    parts = job.parts
    for _ in range(_TRIES):
        counted = engine.count(prompt.pieces)
        excess = counted.tokens + job.max_tokens - counted.room
        if excess <= 0:
            return prompt, job.max_tokens, cuts(job.parts, parts)
        pieces, shorter = shorten(prompt.pieces, counted.each, parts, excess, job.whole)
        if pieces == prompt.pieces:
            break
        prompt, parts = replace(prompt, pieces=pieces), shorter
    most = counted.room - counted.tokens
    if most < max(1, _LEAST_SHARE * job.max_tokens):
        raise EngineError("compose.too_long", tokens=counted.tokens, wanted=job.max_tokens, room=counted.room)
    return prompt, most, cuts(job.parts, parts)
