"""Filling a stranger's template: a style's prompt, or what a model's file says of conversations.

Nothing in it can run code, read a file, hang the program or fill the memory: it is Jinja2's sandbox, letting
through only what such templates need (`allowed`), with every step metered (`meter`, `rewriting`).
"""

from penwright.core.sandbox.filling import names, render
from penwright.core.sandbox.meter import Limits, TemplateError

__all__ = ["Limits", "TemplateError", "names", "render"]
