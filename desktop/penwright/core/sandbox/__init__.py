"""Filling a stranger's template: a style's prompt, or what a model's file says of conversations.

Nothing in it can run code, read a file, hang the program or fill the memory: it is Jinja2's sandbox, letting
through only what such templates need (`allowed`), with every step metered (`meter`, `rewriting`).
"""

from __future__ import annotations

from collections.abc import Mapping

from penwright.core.sandbox.limits import Limits, TemplateError

__all__ = ["Limits", "TemplateError", "names", "render"]


def render(template: str, values: Mapping[str, object], limits: Limits | None = None) -> str:
    """Return the template filled with values: strings, numbers, and lists and dictionaries of them.

    Takes at most a few seconds, whatever the template does. Raises TemplateError with its line.
    """
    from penwright.core.sandbox import filling  # noqa: PLC0415 - the window opens without Jinja2

    return filling.render(template, values, limits)


def names(template: str) -> dict[str, int]:
    """Return the names that a template wants filled in, with the first line of each.

    Raises TemplateError where the template could never be filled.
    """
    from penwright.core.sandbox import filling  # noqa: PLC0415 - the window opens without Jinja2

    return filling.names(template)
