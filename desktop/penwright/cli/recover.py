"""`penwright recover`: the texts that a crash left, listed or brought back, without a window."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.errors import UsageError
from penwright.base.paths import Folders
from penwright.cli.model_tables import table
from penwright.core.counting import tally
from penwright.core.diff import unified
from penwright.storage.documents import Documents, TextFile
from penwright.storage.journal.recovering import Recovered, recovered
from penwright.storage.journal.sittings import Sitting, living

_COLUMNS = ("id", "written", "words", "text", "state")
_MOST_NAMES = 1000


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    say = catalogue.say
    parser.add_argument("ids", nargs="*", metavar="ID", help=say("recover.ids"))
    parser.add_argument("--list", action="store_true", help=say("recover.list"))
    parser.add_argument("--diff", action="store_true", help=say("recover.diff"))
    parser.add_argument("--drop", action="store_true", help=say("recover.drop"))
    parser.add_argument("--to", metavar="FOLDER", type=Path, default=Path(), help=say("recover.to"))
    parser.add_argument("--json", action="store_true", help=say("recover.json"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """List what was left, show what differs, drop it, or bring it back into files of its own."""
    root = Folders.of_user().data / "recovery"
    sitting = Sitting(root)
    try:
        try:
            found = _chosen(recovered(sitting, Documents()), options.ids)
            _do(options, found, catalogue)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError("recover.folder", folder=str(root), reason=reason) from error
    finally:
        sitting.close()
    held = living(root)
    if held:
        print(catalogue.say("recover.held", count=len(held)), file=sys.stderr)
    return 0


def _chosen(found: list[Recovered], ids: list[str]) -> list[Recovered]:
    known = {one.left.id: one for one in found}
    for each in ids:
        if each not in known:
            raise UsageError("recover.unknown", id=each)
    return [known[each] for each in ids] if ids else found


def _do(options: argparse.Namespace, found: list[Recovered], catalogue: Catalogue) -> None:
    if options.drop and not options.ids:
        raise UsageError("recover.drop_what")
    if options.list or options.json:
        rows = [_row(one, catalogue) for one in found]
        if options.json:
            print(json.dumps(rows, ensure_ascii=False, indent=2))
        elif rows:
            print(table(rows, _COLUMNS))
    elif options.diff:
        for one in found:
            print(f"--- {one.path or catalogue.say('recover.untitled')}\n+++ {one.left.id}")
            print("\n".join(unified(one.original, one.text or "")))
    elif options.drop:
        for one in found:
            one.left.delete()
            print(catalogue.say("recover.dropped", id=one.left.id))
    else:
        for one in found:
            _bring_back(one, options.to, catalogue)
    if not found and not options.json:
        print(catalogue.say("recover.nothing"), file=sys.stderr)


def _bring_back(one: Recovered, folder: Path, catalogue: Catalogue) -> None:
    """Write the text beside nothing of that name; what was kept of it goes once it is there."""
    if one.text is None:
        print(catalogue.say("recover.unreadable", id=one.left.id), file=sys.stderr)
        return
    path = _free(folder, one.path or Path(catalogue.say("recover.untitled") + ".md"))
    about = one.about
    saved = Documents().save(path, one.text, TextFile(path, "", about.encoding, about.bom, about.newline))
    one.left.delete()
    print(saved.path)
    if one.gap:
        print(catalogue.say("recover.gap", name=path.name), file=sys.stderr)


def _free(folder: Path, like: Path) -> Path:
    stem = like.stem[:100]  # the longest name with what is added is still no longer than a disk allows
    for number in range(1, _MOST_NAMES):
        added = " (recovered)" if number == 1 else f" (recovered {number})"
        path = folder / f"{stem}{added}{like.suffix}"
        if not path.exists() and not path.is_symlink():
            return path
    raise UsageError("recover.no_name", folder=str(folder))


def _row(one: Recovered, catalogue: Catalogue) -> dict[str, object]:
    if one.text is None:
        state = "unreadable"
    elif one.gap:
        state = "damaged"
    elif one.path is None:
        state = "never_saved"
    elif one.file is None:
        state = "file_gone"
    else:
        state = "file_changed" if one.overtaken else "unsaved"
    return {
        "id": one.left.id,
        "written": one.written.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        "words": sum(tally(line).words for line in (one.text or "").split("\n")),
        "text": str(one.path or catalogue.say("recover.untitled")),
        "state": catalogue.say(f"recover.state_{state}"),
    }
