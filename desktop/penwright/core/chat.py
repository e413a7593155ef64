"""A conversation as one model wants it written: its own template from the GGUF file, filled safely.

The template comes from a stranger, and so may the contents. Contents are never given to the template:
it gets placeholders that nobody could have foreseen, and where they come out, data is put. So a special token
in a field's value or a document stays letters, whatever the template does.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence

from penwright.base.errors import ModelError, PenwrightError
from penwright.core.composition import Message, Piece

# Fills a template with values, in a sandbox; raises a PenwrightError when the template fails or goes too far.
Render = Callable[[str, Mapping[str, object]], str]

# How models mark their thoughts: what stands in the template, what opens them, what closes them.
_THOUGHTS = (
    ("<|channel|>analysis", "<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ("<|channel>", "<|channel>thought", "<channel|>"),
    ("[THINK]", "[THINK]", "[/THINK]"),
    ("<seed:think>", "<seed:think>", "</seed:think>"),
    ("<|START_THINKING|>", "<|START_THINKING|>", "<|END_THINKING|>"),
)
_MOST_USUAL = ("<think>", "</think>")


class ChatFormat:
    """Writes conversations for one model.

    think: what opens and closes its thoughts, to be given to Compose.
    """

    def __init__(self, template: str, fill: Render, *, bos: str = "", eos: str = "") -> None:
        """Take the template as Ready tells it, what fills it, and the tokens it may write.

        A model whose template is "" only continues texts: it gets the base form of a style instead.
        """
        self._template = template
        self._fill = fill
        self._marks = {"bos_token": bos, "eos_token": eos}
        self.think = next(
            ((opens, closes) for known, opens, closes in _THOUGHTS if known in template), _MOST_USUAL
        )

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
        forms = [messages, merged] if merged != messages else [messages]
        failure: PenwrightError | None = None
        for form in forms:
            try:
                pieces = self._written(form, add_generation_prompt=add_generation_prompt, thinking=thinking)
            except PenwrightError as error:
                failure = failure or error
                continue
            if pieces is not None:
                return pieces
        raise failure or ModelError("chat.drops_text")

    def _written(
        self, messages: Sequence[Message], *, add_generation_prompt: bool, thinking: bool
    ) -> tuple[Piece, ...] | None:
        """Return the pieces; None when the template leaves out a message."""
        names = [f"content{secrets.token_hex(12)}" for _ in messages]
        values: dict[str, object] = {
            **self._marks,
            **_switches(thinking=thinking),
            "messages": [
                {"role": message.role, "content": name} for message, name in zip(messages, names, strict=True)
            ],
            "add_generation_prompt": add_generation_prompt,
            "tools": None,
            "documents": None,
        }
        text = self._fill(self._template, values)
        contents = {name: message.content for message, name in zip(messages, names, strict=True)}
        parts = re.split(f"({'|'.join(names)})", text) if names else [text]
        if not contents.keys() <= set(parts):
            return None
        return tuple(
            Piece(contents[part]) if part in contents else Piece(part, frame=True) for part in parts if part
        )


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
