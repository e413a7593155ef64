"""A conversation as one model wants it written: its own template from the GGUF file, filled safely.

The template comes from a stranger, and so may the contents. Contents are never given to the template:
it gets placeholders that nobody could have foreseen, and where they come out, data is put. So a special token
in a field's value or a document stays letters, whatever the template does.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from penwright.base.errors import ModelError, PenwrightError
from penwright.core.composition import Message, Piece

# Fills a template with values, in a sandbox; raises a PenwrightError when the template fails or goes too far.
Render = Callable[[str, Mapping[str, object]], str]

# A prompt's parts in order: the template's own text, or the number of a message whose content stands there.
_Layout = tuple[str | int, ...]


@dataclass(frozen=True)
class _Thoughts:
    """How a model marks its thoughts.

    sign: stands in its template. opens, closes: what comes before them, and before what is meant to be read.
    shut: what is written in the model's stead where its template has opened them although none are wanted.
    """

    sign: str
    opens: str
    closes: str
    shut: str


_THOUGHTS = (
    _Thoughts("<|channel|>analysis", "<|channel|>analysis<|message|>", "<|channel|>final<|message|>", ""),
    _Thoughts("<|channel>", "<|channel>thought", "<channel|>", "<channel|>"),
    _Thoughts("<|begin|>assistant<|think|>", "<|think|>", "<|content|>", "<|end|><|begin|>assistant"),
    _Thoughts("<|START_RESPONSE|>", "<|START_THINKING|>", "<|START_RESPONSE|>", "<|END_THINKING|>"),
    _Thoughts("<|START_THINKING|>", "<|START_THINKING|>", "<|START_TEXT|>", "<|END_THINKING|>"),
    _Thoughts("<|inner_prefix|>", "<|inner_prefix|>", "<|inner_suffix|>", "<|inner_suffix|>"),
    _Thoughts(
        "[BEGIN FINAL", "Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]", "\n[BEGIN FINAL RESPONSE]\n"
    ),
    _Thoughts("[THINK]", "[THINK]", "[/THINK]", "[/THINK]"),
    _Thoughts("<seed:think>", "<seed:think>", "</seed:think>", "</seed:think>"),
    _Thoughts("<mm:think>", "<mm:think>", "</mm:think>", "</mm:think>"),
)
_MOST_USUAL = _Thoughts("<think>", "<think>", "</think>", "\n</think>\n\n")


class ChatFormat:
    """Writes conversations for one model. What its template makes of some turns is kept for the next ones."""

    def __init__(self, template: str, fill: Render, *, bos: str = "", eos: str = "") -> None:
        """Take the template as Ready tells it, what fills it, and the tokens it may write.

        A model whose template is "" only continues texts: it gets the base form of a style instead.
        """
        self._template = template
        self._fill = fill
        self._marks = {"bos_token": bos, "eos_token": eos}
        self._thoughts = next((known for known in _THOUGHTS if known.sign in template), _MOST_USUAL)
        self._layouts: dict[tuple[object, ...], _Layout | PenwrightError] = {}

    @property
    def think(self) -> tuple[str, str]:
        """What opens and closes its thoughts."""
        return self._thoughts.opens, self._thoughts.closes

    def render(
        self, messages: Sequence[Message], *, add_generation_prompt: bool = True, thinking: bool = False
    ) -> tuple[Piece, ...]:
        """Return the prompt: the template's text as frame, contents as data, white space at their ends gone.

        thinking: whether a model that can think may; where the template knows no switch it is left to the
        model. A template that knows no system message gets its words before the first of the user. Raises
        ModelError where it leaves a content out, or what the sandbox raises.
        """
        messages = [Message(message.role, message.content.strip()) for message in messages]
        merged = _without_system(messages)
        failure: PenwrightError | None = None
        for form in [messages, merged] if merged != messages else [messages]:
            roles = tuple(message.role for message in form)
            key = (roles, add_generation_prompt, thinking)
            if key not in self._layouts:
                self._layouts[key] = self._layout(roles, generation=add_generation_prompt, thinking=thinking)
            layout = self._layouts[key]
            if not isinstance(layout, PenwrightError):
                return tuple(
                    Piece(form[part].content) if isinstance(part, int) else Piece(part, frame=True)
                    for part in layout
                )
            failure = failure or layout
        raise failure or ModelError("chat.drops_text")

    def _layout(self, roles: Sequence[str], *, generation: bool, thinking: bool) -> _Layout | PenwrightError:
        """Return what the template makes of turns by these roles, or why it can't."""
        values = {**self._marks, **_switches(thinking=thinking), "add_generation_prompt": generation}
        failure: PenwrightError | None = None
        for unused in _UNUSED:
            names = [f"content{secrets.token_hex(12)}" for _ in roles]
            turns = [{"role": role, "content": name} for role, name in zip(roles, names, strict=True)]
            try:
                text = self._fill(self._template, {**values, **unused, "messages": turns})
            except PenwrightError as error:
                failure = failure or error
                continue
            parts = re.split(f"({'|'.join(names)})", text) if names else [text]
            if set(names) <= set(parts):
                layout = tuple(names.index(part) if part in names else part for part in parts if part)
                return layout if thinking else (*layout, *self._shut(layout))
        return failure or ModelError("chat.drops_text")

    def _shut(self, layout: _Layout) -> _Layout:
        """Return what shuts the thoughts that a template opens at its end, whatever it is told."""
        last = layout[-1] if layout else ""
        opened = isinstance(last, str) and last.rstrip().endswith(self._thoughts.opens)
        return (self._thoughts.shut,) if opened and self._thoughts.shut else ()


# What templates ask for and no text needs: most want it left out, some can't do without its name.
_UNUSED: tuple[dict[str, object], ...] = ({}, {"tools": None, "documents": None})


def _switches(*, thinking: bool) -> dict[str, object]:
    """Return the names under which templates ask whether the model is to think."""
    return {
        "enable_thinking": thinking,
        "thinking": thinking,
        "reasoning_effort": "medium" if thinking else "low",
        **({} if thinking else {"thinking_budget": 0}),
    }


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """Return the messages with what the system says put before what the user first says."""
    said = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    if not said:
        return rest
    for index, message in enumerate(rest):
        if message.role == "user":
            rest[index] = Message("user", f"{said}\n\n{message.content}")
            return rest
    return [Message("user", said), *rest]
