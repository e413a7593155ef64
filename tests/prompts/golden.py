"""The prompts of the bundled styles; `python tests/prompts/golden.py` writes them anew.

One file for each style and language in `golden/`, from the values of its own self-test: the messages, and the
text for models that only continue. What changes there is looked at before it is kept.
"""

from collections.abc import Iterator
from pathlib import Path

from penwright.base.paths import resources
from penwright.core.composition import Job
from penwright.core.prompt import job
from penwright.core.styles import style_from

FOLDER = Path(__file__).parent / "golden"
LANGUAGES = ("en", "zh")


def names() -> list[tuple[str, str]]:
    """Return the id of each bundled style, with each language."""
    found = sorted((resources() / "styles").glob("*.toml"))
    return [(path.stem, language) for path in found for language in LANGUAGES]


def made(name: str, language: str) -> Job:
    """Return the job of a style's self-test."""
    path = resources() / "styles" / f"{name}.toml"
    style = style_from(path.read_text("utf-8"), path)
    test = style.words(language).self_test
    assert test is not None
    return job(style, test.values, language)


def told(wanted: Job) -> str:
    """Return a job's prompt as it is kept."""
    parts = [(message.role, message.content) for message in wanted.messages]
    parts.append(("base", wanted.base))
    return "".join(f"===== {name} =====\n{text}\n" for name, text in parts)


def kept(name: str, language: str) -> Path:
    """Return where a prompt is kept."""
    return FOLDER / f"{name}.{language}.txt"


def write() -> Iterator[Path]:
    """Write what has changed, and remove what belongs to no style."""
    FOLDER.mkdir(exist_ok=True)
    wanted = {kept(*each): told(made(*each)) for each in names()}
    for path in set(FOLDER.glob("*.txt")) - wanted.keys():
        path.unlink()
        yield path
    for path, text in wanted.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8", newline="\n")
            yield path


if __name__ == "__main__":
    for changed in write():
        print(changed.name)
