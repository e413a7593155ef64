"""The command line: which command, what it was given, and what an error says.

`penwright COMMAND ...` runs a command; anything else is files to open in the window.
"""

from __future__ import annotations

import argparse
import locale
import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, Protocol, cast

from penwright import __version__
from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError, UsageError
from penwright.base.paths import resources


class Command(Protocol):
    """A module of a command: its arguments, and what it does with them."""

    def declare(self, parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
        """Add the arguments."""

    def run(self, options: argparse.Namespace, catalogue: Catalogue) -> int:
        """Do the work; return the exit code."""


BAD_INPUT = 2
INTERRUPTED = 130  # as a shell counts SIGINT
# Each is a module of this package, loaded when it is called: most of them would take longer than the window.
COMMANDS = (
    "bench",
    "complete",
    "demo",
    "doctor",
    "evaluate",
    "export",
    "models",
    "recover",
    "rewrite",
    "styles",
    "write",
)
_WINDOW = "window"


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting, so that every complaint takes the same way."""

    def error(self, message: str) -> NoReturn:
        raise UsageError("cli.usage", why=message, command=self.prog)


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; bad input is one sentence and code 2."""
    _speak_utf8()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    catalogue = Catalogue(resources() / "i18n", locale.getlocale()[0] or "en")
    try:
        return _run(list(arguments), catalogue)
    except PenwrightError as error:
        print(catalogue.sentence(error), file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # whoever read it has gone; Python would complain again when it closes it
        return 0


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the terminal's code page is: the writer's text has all letters."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _run(arguments: list[str], catalogue: Catalogue) -> int:
    name = arguments[0] if arguments else ""
    if name in COMMANDS:
        command = _command(name)
        parser = _Parser(f"penwright {name}", description=catalogue.say(f"{name}.about"), allow_abbrev=False)
        command.declare(parser, catalogue)
        return command.run(parser.parse_args(arguments[1:]), catalogue)
    window = _command(_WINDOW)
    if not any(argument.startswith("-") for argument in arguments):
        # Nothing but files: the window needs no words for that.
        return window.run(argparse.Namespace(files=arguments, model=None), catalogue)
    listed = "\n".join(f"  penwright {name:<10} {catalogue.say(f'{name}.about')}" for name in COMMANDS)
    parser = _Parser(
        "penwright",
        description=catalogue.say("cli.about"),
        epilog=f"{catalogue.say('cli.commands')}\n{listed}\n\n{catalogue.say('cli.file_named_so')}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"penwright {__version__}")
    window.declare(parser, catalogue)
    return window.run(parser.parse_args(arguments), catalogue)


def _command(name: str) -> Command:
    return cast("Command", import_module(f"penwright.cli.{name}"))
