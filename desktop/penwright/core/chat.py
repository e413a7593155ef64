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
    """Writes conversations for one model."""

    def __init__(self, template: str, fill: Render, *, bos: str = "", eos: str = "") -> None:
        """Take the template as Ready tells it, what fills it, and the tokens it may write.

        A model whose template is "" only continues texts: it gets the base form of a style instead.
        """
        self._template = template
        self._fill = fill
        self._marks = {"bos_token": bos, "eos_token": eos}
        self._thoughts = next((known for known in _THOUGHTS if known.sign in template), _MOST_USUAL)

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
        values = {
            **self._marks,
            **_switches(thinking=thinking),
            "add_generation_prompt": add_generation_prompt,
        }
        failure: PenwrightError | None = None
        for form in [messages, merged] if merged != messages else [messages]:
            for unused in _UNUSED:
                try:
                    pieces = self._written(form, {**values, **unused})
                except PenwrightError as error:
                    failure = failure or error
                    continue
                if pieces is not None:
                    return pieces if thinking else (*pieces, *self._shut(pieces))
        raise failure or ModelError("chat.drops_text")

    def _written(self, messages: Sequence[Message], values: Mapping[str, object]) -> tuple[Piece, ...] | None:
        """Return the pieces; None when the template leaves out a message."""
        contents = {f"content{secrets.token_hex(12)}": message.content for message in messages}
        entries = [
            {"role": message.role, "content": name} for message, name in zip(messages, contents, strict=True)
        ]
        text = self._fill(self._template, {**values, "messages": entries})
        parts = re.split(f"({'|'.join(contents)})", text) if contents else [text]
        if not contents.keys() <= set(parts):
            return None
        return tuple(
            Piece(contents[part]) if part in contents else Piece(part, frame=True) for part in parts if part
        )

    def _shut(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        """Return what shuts the thoughts that a template opens at its end, whatever it is told."""
        last = pieces[-1] if pieces else Piece("")
        opened = last.frame and last.text.rstrip().endswith(self._thoughts.opens)
        return (Piece(self._thoughts.shut, frame=True),) if opened and self._thoughts.shut else ()


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
