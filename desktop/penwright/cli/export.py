"""`penwright export IN OUT`: a document in another format, and a word on what it couldn't keep."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.errors import UsageError
from penwright.base.files import readable_name
from penwright.formats.carrying import carry_pictures, write_file, write_pictures
from penwright.formats.exporting import Exporter
from penwright.formats.importing import import_file
from penwright.formats.kinds import Kind, kind_to_read, kind_to_write
from penwright.formats.losses import Losses
from penwright.formats.model import Document
from penwright.formats.pictures import Pictures


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    say = catalogue.say
    parser.add_argument("source", metavar="IN", type=Path, help=say("export.source"))
    parser.add_argument("target", metavar="OUT", type=Path, help=say("export.target"))
    parser.add_argument("--to", metavar="FORMAT", help=say("export.to"))
    parser.add_argument("--replace", action="store_true", help=say("export.replace"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Export one document. What was lost on the way is said on standard error; the exit code is 0 then."""
    source, target = options.source, options.target
    kind = kind_to_write(target, options.to)
    kind_to_read(source)
    if target.exists():
        if source.exists() and target.samefile(source):
            raise UsageError("formats.same_file", name=readable_name(target))
        if not options.replace:
            raise UsageError("formats.exists", name=readable_name(target))
    imported = import_file(source)
    pictures = Pictures(source.parent)
    document = imported.document
    beside: Mapping[Path, bytes] = {}
    losses = Losses()
    if kind is Kind.MARKDOWN:
        document, beside = carry_pictures(document, source.parent, target, losses)
    exported = Exporter(_pdf).export(document, kind, pictures)
    write_pictures(beside)
    write_file(target, exported.data)
    for key, values in (*imported.notes, *losses.notes(), *exported.notes):
        print(catalogue.say(key, **values), file=sys.stderr)
    return 0


def _pdf(document: Document, pictures: Pictures, losses: Losses) -> bytes:
    from penwright.app.pages import draw_pdf  # noqa: PLC0415 - Qt is loaded for pages alone

    return draw_pdf(document, pictures, losses)
