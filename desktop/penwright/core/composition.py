"""What a whole text is asked with: a job in words, the pieces of a prompt, and how tokens are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field


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


@dataclass(frozen=True)
class Part:
    """A text inside a job that may be shortened where all of it does not fit into the model's context.

    name: for the writer, such as a field's id. text: just as it stands in the job's messages and base form.
    keeps_end: its end is what matters, as of a text that is gone on with; else its beginning. least: letters
    that have to be left of it, else the job fails.
    """

    name: str
    text: str
    keeps_end: bool = False
    least: int = 0


@dataclass(frozen=True)
class Cut:
    """A part that was shortened, told to the writer: kept letters of whole ones.

    ends: the end was kept, not the beginning.
    """

    name: str
    kept: int
    whole: int
    ends: bool = False

    @property
    def key(self) -> str:
        """The sentence of the catalogue that tells of it; it may ask for name, kept and whole."""
        return "compose.cut_beginning" if self.ends else "compose.cut_end"


@dataclass(frozen=True)
class Job:
    """A whole text to be written, in words: which model writes it is not known yet.

    messages: for a model with a template for conversations; the last is the user's. base: a text for one
    that only continues, ending where the new text begins; "" where there is no such form. stop: marks that
    end the text; base_stop: more of them for the base form. max_tokens: of the new text. parts: what may be
    shortened, first what can be missed best. whole: texts that are never cut, such as what is rewritten.
    draft: much of the new text stands in the prompt, as in rewriting. For the checks afterwards: language
    ("en", "zh" or ""), style (an id), banned phrases.
    """

    messages: tuple[Message, ...] = ()
    base: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int = 512
    stop: tuple[str, ...] = ()
    base_stop: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    whole: tuple[str, ...] = ()
    draft: bool = False
    language: str = ""
    style: str = ""
    banned: tuple[str, ...] = ()
