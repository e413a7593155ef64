"""What a whole text is asked with: messages, the pieces of a prompt, and how tokens are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One turn of a conversation. role: "system", "user" or "assistant". content: data, whatever is in it."""

    role: str
    content: str


@dataclass(frozen=True)
class Piece:
    """A part of a prompt for a whole text.

    frame: it belongs to the model's own template, and the special tokens written in it are meant. Else it is
    data, of a writer or a document: whatever stands in it stays letters.
    """

    text: str
    frame: bool = False


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn. The defaults suit prose.

    temperature: 0 takes the likeliest token each time. top_k: of so many of the likeliest, 0 for all. top_p:
    of those that make up this share of probability. min_p: of those at least so likely as this share of the
    likeliest. repeat_penalty: what lately written tokens are divided by, 1 for none. seed: the same one
    writes the same text on one machine.
    """

    temperature: float = 0.7
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.05
    seed: int = 0
