"""Which model is written with: the one that was chosen, else the starter that comes with the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError
from penwright.modelstore.gguf_header import GgufHeader, read_header


@dataclass(frozen=True)
class ModelFile:
    """A model on this disk whose header could be read.

    starter: it is the one that comes with the program.
    """

    path: Path
    header: GgufHeader
    starter: bool = False

    def title(self, catalogue: Catalogue) -> str:
        """Return what a person calls it: the name in its header, else that of its file."""
        if self.starter:
            return catalogue.say("model.starter_title")
        return self.header.name or self.path.stem


def choose(setting: str | None, bundled: Path) -> ModelFile:
    """Return the model at the path `setting`, or the bundled one where nothing is set.

    A chosen model that can't be used is an error and never silently another model. Raises ModelError.
    """
    if not setting:
        if not bundled.is_file():
            raise ModelError("model.starter_missing")
        return ModelFile(bundled, read_header(bundled), starter=True)
    try:
        path = Path(setting).expanduser()
    except RuntimeError:  # "~name" of nobody: then it is a file of that name, or nothing
        path = Path(setting)
    header = read_header(path)
    return ModelFile(path, header, starter=bundled.is_file() and path.samefile(bundled))
