"""What the window's process and the worker say to each other: frozen messages, one JSON line each.

JSON keeps the wire readable and safe to parse; ASCII escapes carry lone surrogates, which Qt can produce.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from penwright.base.errors import Value
from penwright.core.answer import Answer
from penwright.core.composition import Piece, Sampling

MAX_CANDIDATES = 4


@dataclass(frozen=True)
class Load:
    """Load a model file.

    n_ctx: wanted context in tokens, 0 for the engine's choice; never more than the model was trained for.
    n_threads: CPU threads for evaluation, 0 for the engine's choice. gpu_layers: layers put on a GPU at most,
    -1 for as many as fit, 0 for none; the worker does not even look for a GPU then. cache: a folder for what
    can be made again (the token table, thread timings); "" keeps nothing. held: bytes of model files that
    other workers have mapped, which the system counts as available though they are in use.
    fallen: why it is loaded lower than before: "ended" (the worker ended), "driver" (it ended while it looked
    for GPUs), "ran_out" (a GPU's memory ran out); fallen_from, fallen_on: the layers and the GPU then.
    """

    path: str
    n_ctx: int = 0
    n_threads: int = 0
    gpu_layers: int = -1
    cache: str = ""
    held: int = 0
    fallen: str = ""
    fallen_from: int = 0
    fallen_on: str = ""


@dataclass(frozen=True)
class Request:
    """Go on after `before`. The newest request wins; an older one ends as "cancelled".

    document, origin: which document, and where `before` begins in it (UTF-16 code units): they let the
    window of the context stand still between keys. max_tokens: 1 or more, for each answer.
    candidates: how many answers, 1 to MAX_CANDIDATES; each begins with another token, the likeliest first.
    spare: it can wait: it is evaluated at lowered priority, and supersedes only another spare one. Any
    request that is not spare supersedes it.
    patient: the whole window is evaluated first, however long that takes; else a short one answers where
    someone would wait. stream: all of the first answer's text is told in chunks, not only its beginning.
    forced: letters that the answer has to begin with, after those of the stem; for measuring.
    healed: the prompt ends at a word's boundary, and the letters at the caret are required of the answer;
    without, it ends at the caret itself, whatever token that cuts in two; for measuring.
    """

    id: int
    before: str
    after: str = ""
    document: str = ""
    revision: int = 0
    origin: int = 0
    max_tokens: int = 16
    candidates: int = 1
    spare: bool = False
    patient: bool = False
    stream: bool = False
    forced: str = ""
    healed: bool = True


@dataclass(frozen=True)
class Compose:
    """Write a whole text after a prompt. It is told in chunks that make up the text together, then Done.

    Several are written in the order in which they came; suggestions wait for them. Its end is "end" (the
    model's own), "mark" (one of `stop`), "length" (max_tokens) or "cancelled". stop: texts that end it.
    think: what opens and closes a model's thinking. Neither stop marks nor thoughts are ever in the text, and
    thoughts do not count as max_tokens where the context has room for them.
    draft: guess several tokens at once from what stands in the prompt, where temperature is 0; quicker where
    the text repeats it, and not always the same to the letter (engine.worker.stepping). Fails with
    compose.too_long where prompt and max_tokens do not fit.
    """

    id: int
    pieces: tuple[Piece, ...]
    max_tokens: int = 512
    sampling: Sampling = field(default_factory=Sampling)
    stop: tuple[str, ...] = ()
    think: tuple[str, str] | None = None
    draft: bool = False


@dataclass(frozen=True)
class Count:
    """Tell how many tokens a prompt has, before it is asked; answered by Counted."""

    id: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Cancel:
    """The request with this id need not be finished."""

    id: int


@dataclass(frozen=True)
class Device:
    """A device of ggml. Memory in bytes, as its backend reports it; for the processor, the system's.

    kind: "cpu", "gpu", "integrated" (a GPU in the system's memory), "accelerator" or "other".
    """

    name: str
    description: str
    total: int
    free: int
    kind: str = "cpu"


@dataclass(frozen=True)
class Trying:
    """The worker is going to load the model with so many layers on a GPU; it has found its devices.

    in_all: how many layers there are, the output counted as one. device: the GPU, in words, or "".
    """

    layers: int
    in_all: int
    device: str = ""


@dataclass(frozen=True)
class Placement:
    """Where a loaded model's layers are, and why; `key` and `values` name the sentence.

    layers: on a GPU, of `in_all`; 0: the processor does it all. device: the GPU, in words, or "".
    fell: it was higher before, and a person should be told.
    """

    layers: int
    in_all: int
    device: str
    key: str
    values: dict[str, Value] = field(default_factory=dict)
    fell: bool = False


@dataclass(frozen=True)
class Ready:
    """A model is loaded. Times in milliseconds, sizes in bytes, lengths in tokens.

    chat_template: how the model wants a conversation written, in Jinja; "" where it has none and only
    continues a text. bos, eos: its tokens for the beginning and end of a text, as the template writes them.
    backends: which of the engine's libraries for processors and graphics cards were loaded ("cpu-haswell");
    empty where the system can't tell.
    """

    pid: int
    path: str
    description: str
    parameters: int
    size: int
    n_ctx: int
    n_ctx_train: int
    n_vocab: int
    n_threads: int
    load_ms: float
    system_info: str
    binding: str
    devices: tuple[Device, ...] = ()
    placement: Placement | None = None
    chat_template: str = ""
    bos: str = ""
    eos: str = ""
    backends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """A prompt's length in tokens, and how many the model has room for, the text to be written included.

    each: the length of each piece where it stands alone; together they may have a token more or less.
    """

    id: int
    tokens: int
    room: int
    each: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chunk:
    """More text of a running request."""

    id: int
    text: str


@dataclass(frozen=True)
class Done:
    """A request has ended.

    answers: as many as were asked for, or fewer; best first, none when nothing was written. tokens: how
    many were generated in all, those of the stem included. prompt_tokens, reused_tokens: the prompt's
    length, and how much of it was in the KV cache already. stop: that of the first answer; "cancelled"
    when the request was not carried through. Times in milliseconds.
    """

    id: int
    answers: tuple[Answer, ...] = ()
    tokens: int = 0
    prompt_tokens: int = 0
    reused_tokens: int = 0
    prompt_ms: float = 0.0
    total_ms: float = 0.0
    stop: str = "end"

    @property
    def best(self) -> Answer:
        """The first answer, or an empty one."""
        return self.answers[0] if self.answers else Answer("", stop=self.stop)

    @property
    def text(self) -> str:
        """The first answer's text, or ""."""
        return self.best.text


@dataclass(frozen=True)
class Failed:
    """A request (or, with id 0, the loading) came to nothing; key and values name the sentence why."""

    id: int
    key: str
    values: dict[str, Value] = field(default_factory=dict)


Asked = Request | Compose | Count
ToWorker = Load | Asked | Cancel
FromWorker = Trying | Ready | Counted | Chunk | Done | Failed
_KINDS: dict[str, type[ToWorker | FromWorker]] = {
    kind.__name__: kind
    for kind in (Load, Request, Compose, Count, Cancel, Trying, Ready, Counted, Chunk, Done, Failed)
}


# Fields that hold messages of their own, singly or as a list.
_NESTED: dict[str, type[Device | Answer | Piece | Placement | Sampling]] = {
    "devices": Device,
    "answers": Answer,
    "pieces": Piece,
    "placement": Placement,
    "sampling": Sampling,
}


def encode(message: ToWorker | FromWorker) -> bytes:
    """Return the message as one line of ASCII, line feed included."""
    fields = {"kind": type(message).__name__, **asdict(message)}
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> ToWorker | FromWorker:
    """Return the message that `encode()` made `line` from. Raises ValueError for anything else."""
    try:
        fields = json.loads(line)
        kind = _KINDS[fields.pop("kind")]
        for name, entry in fields.items():
            nested = _NESTED.get(name)
            if isinstance(entry, list):
                fields[name] = tuple(nested(**_tupled(each)) if nested else each for each in entry)
            elif nested is not None and entry is not None:
                fields[name] = nested(**_tupled(entry))
        return kind(**fields)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a message: {line[:80]!r}") from error


def _tupled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(entry) if isinstance(entry, list) else entry for name, entry in fields.items()}
