"""Tokens a second of the engine, beside the least that the same binding can do, and llama-bench."""

from __future__ import annotations

import json
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from penwright.base.errors import EngineError, UsageError
from penwright.base.own_process import own_command
from penwright.cli.measuring.figures import ask
from penwright.cli.measuring.prose import document
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Ready, Request
from penwright.engine.process import worker_environment

TOKENS = 16  # as the window asks for
_RAW_LOOP_FLAG = "--raw-loop"  # that of penwright.__main__
_BENCH_WAIT = 600.0  # seconds


class RawLoop:
    """The raw loop in a process of its own; see engine.llama.rawloop. Use it in a `with`."""

    def __init__(self, ready: Ready) -> None:
        """Load the engine's model with the engine's context and threads. Raises EngineError."""
        self._process = subprocess.Popen(
            own_command(_RAW_LOOP_FLAG),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(),
        )
        try:
            told = self._ask(load=ready.path, n_ctx=ready.n_ctx, n_threads=ready.n_threads)
            self.cache_bytes_a_token = float(str(told["cache_bytes_a_token"]))
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> RawLoop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, text: str, tokens: int) -> float:
        """Return the seconds that so many tokens took after `text`. Raises EngineError."""
        return float(str(self._ask(text=text, tokens=tokens)["seconds"]))

    def _ask(self, **what: object) -> dict[str, object]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(what).encode("ascii") + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        told: dict[str, object] = json.loads(line) if line else {"error": "the raw loop ended"}
        if "error" in told:
            raise EngineError("bench.raw_loop", why=str(told["error"]))
        return told


@dataclass(frozen=True)
class Throughput:
    """Tokens a second; answers: how many were measured."""

    engine: float
    raw: float
    answers: int
    tokens: int

    @property
    def ratio(self) -> float:
        """The engine's share of the raw loop's speed."""
        return self.engine / self.raw


def measure(engine: BlockingEngine, loop: RawLoop, letters: int, answers: int, seed: int) -> Throughput:
    """Let the engine and the raw loop write the same number of tokens after the same texts, in turn.

    The engine's prompt is in its cache already; its time is that from the question to the answer's arrival,
    with all that a message costs. The raw loop evaluates as many tokens as the engine did.
    """
    chance = random.Random(seed)  # noqa: S311 - the same places each time are what is wanted
    text = document(seed, letters)
    spaces = [at for at, letter in enumerate(text) if letter == " " and at > len(text) // 2]
    tokens, seconds, raw_seconds = 0, 0.0, 0.0
    measured = 0
    for number in range(answers * 4):
        before = text[: chance.choice(spaces)]
        request = Request(0, before, document=f"throughput {number}", max_tokens=TOKENS, patient=True)
        engine.ask(Request(0, before, document=request.document, max_tokens=1, patient=True))
        timed = ask(engine, request)
        # Text that ended needs no evaluation of its last token.
        evaluated = timed.done.tokens - (timed.done.stop != "limit")
        if evaluated < TOKENS // 4:
            continue  # too short to say anything
        raw = loop.run(before, evaluated)
        tokens += evaluated
        seconds += timed.ms / 1000
        raw_seconds += raw
        measured += 1
        if measured == answers:
            break
    if not measured:
        raise EngineError("bench.no_answers")
    return Throughput(tokens / seconds, tokens / raw_seconds, measured, tokens)


def llama_bench(program: str, ready: Ready, depth: int) -> float:
    """Return the tokens a second that llama-bench reports for generation. Raises UsageError."""
    command = [program, "-m", ready.path, "-t", str(ready.n_threads), "-p", "0", "-n", str(TOKENS)]
    command += ["-d", str(depth), "-fa", "0", "-ngl", "0", "-r", "5", "-o", "json"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_BENCH_WAIT, check=False)
        if done.returncode != 0:
            raise UsageError("bench.llama_bench", program=program, why=f"exit code {done.returncode}")
        return float(json.loads(done.stdout)[0]["avg_ts"])
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError("bench.llama_bench", program=program, why=str(error)) from error
    except (ValueError, LookupError, TypeError) as error:
        raise UsageError("bench.llama_bench", program=program, why="its output is no report") from error


def is_program(path: str) -> bool:
    """Whether a program can be run."""
    return Path(path).is_file()
