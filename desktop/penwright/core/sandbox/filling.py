"""Filling a template in the sandbox, and telling which names it asks for."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError, nodes, pass_context
from jinja2.ext import Extension, LoopControlExtension
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser
from jinja2.runtime import Context, LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from penwright.core.sandbox import allowed
from penwright.core.sandbox.limits import Limits, TemplateError
from penwright.core.sandbox.meter import Meter
from penwright.core.sandbox.rewriting import Rewriting

_FILE = "<template>"


def render(template: str, values: Mapping[str, object], limits: Limits | None = None) -> str:
    """Return the template filled with values: strings, numbers, and lists and dictionaries of them.

    Takes at most a few seconds, whatever the template does. Raises TemplateError with its line.
    """
    return _Sandbox(Meter(limits or Limits())).fill(template, values)


def names(template: str) -> dict[str, int]:
    """Return the names that a template wants filled in, with the first line of each.

    Raises TemplateError where the template could never be filled.
    """
    return _Sandbox(Meter(Limits())).names(template)


class _Generation(Extension):
    """The tag with which templates mark what a model wrote, for those who train it; here it does nothing."""

    tags = {"generation"}  # noqa: RUF012 - so it is declared in Jinja2

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


class _Sandbox(ImmutableSandboxedEnvironment):
    """One filling of one template."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, meter: Meter) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # nothing is computed while it is compiled
            cache_size=0,
            extensions=[LoopControlExtension, _Generation],
        )
        self._meter = meter
        functions = allowed.functions(meter)
        self._functions = list(functions.values())
        self.globals: dict[str, Any] = dict(functions)
        self.filters = dict(allowed.filter_table(meter))
        self.tests = dict(allowed.test_table(meter))

        @pass_context  # so that no constant is written out while the template is compiled
        def finalize(_: Context, value: object) -> object:
            text = value if isinstance(value, str) else str(value) if meter.weight(value) else ""
            meter.step(len(text))
            return text

        self.finalize = finalize

    def fill(self, template: str, values: Mapping[str, object]) -> str:
        """Return the filled template."""
        try:
            code = compile(self._generate(self._tree(template), None, _FILE), _FILE, "exec")
            made = self.template_class.from_code(self, code, {**self.globals})
        except TemplateSyntaxError as error:
            raise TemplateError(
                "sandbox.syntax", line=error.lineno, why=(error.message or "").rstrip(".")
            ) from error
        except (RecursionError, MemoryError, SyntaxError) as error:
            raise TemplateError("sandbox.too_deep", line=1) from error
        try:
            return "".join(made.root_render_func(made.new_context(dict(values))))
        except Exception as error:
            raise _fault(error, _line(error, made)) from error

    def names(self, template: str) -> dict[str, int]:
        """Return the names a template wants, with their lines."""
        tree = self._tree(template)
        wanted = find_undeclared_variables(tree) - set(self.globals)
        lines: dict[str, int] = {}
        for name in tree.find_all(nodes.Name):
            if name.name in wanted:
                lines.setdefault(name.name, name.lineno)
        return lines

    def _tree(self, template: str) -> nodes.Template:
        if len(template) > self._meter.limits.template:
            raise TemplateError("sandbox.long_template", line=1, most=self._meter.limits.template)
        try:
            tree = Rewriting().visit(self._parse(template, None, _FILE))
        except TemplateSyntaxError as error:
            raise TemplateError(
                "sandbox.syntax", line=error.lineno, why=(error.message or "").rstrip(".")
            ) from error
        except (RecursionError, ValueError) as error:  # a number of more digits than Python reads
            raise TemplateError("sandbox.too_deep", line=1) from error
        assert isinstance(tree, nodes.Template)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an allowed method, else the entry of that name, else something undefined."""
        self._meter.step()
        kind = type(obj)
        if attribute in allowed.METHODS.get(kind, ()):
            return getattr(obj, attribute)
        if kind is dict and attribute in obj:
            return obj[attribute]
        if attribute.startswith("_"):
            raise TemplateError("sandbox.attribute", what=attribute[:100])
        if kind is allowed.Space and hasattr(obj, attribute):
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an item of a string, list or dictionary, else what `getattr()` returns."""
        self._meter.step()
        if type(obj) in (str, list, tuple, dict, range):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                pass
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Reckon an operation, then do it."""
        allowed.reckon(self._meter, operator, left, right)
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *given: Any, **named: Any) -> Any:  # noqa: N805 - named so that no argument can be named alike
        """Call a macro, a loop, one of our functions, or an allowed method; nothing else."""
        self = __self
        self._meter.step()
        if isinstance(__obj, Macro | LoopContext):
            with self._meter.deeper():
                return __context.call(__obj, *given, **named)
        for hidden in (
            "_loop_vars",
            "_block_vars",
        ):  # what the compiler passes for functions that want a context
            named.pop(hidden, None)
        if any(__obj is function for function in self._functions):
            return __obj(*given, **named)
        owner = getattr(__obj, "__self__", None)
        if isinstance(__obj, types.BuiltinMethodType) and __obj.__name__ in allowed.METHODS.get(
            type(owner), ()
        ):
            return allowed.method(self._meter, __obj, given, named)
        if isinstance(__obj, types.MethodType) and type(owner) is LoopContext:
            return __obj(*given, **named)
        if isinstance(__obj, Undefined):
            return __obj(*given, **named)  # it raises with the name
        raise TemplateError("sandbox.call", what=type(__obj).__name__)


def _line(error: Exception, made: Any) -> int:
    """Return the template's line in which `error` arose, as far as it is known."""
    line = 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = made.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _fault(error: Exception, line: int) -> TemplateError:
    if isinstance(error, TemplateError):
        values = {name: value for name, value in error.values.items() if name != "line"}
        return TemplateError(error.key, line=line, **values)  # type: ignore[arg-type]
    if isinstance(error, RecursionError):
        return TemplateError("sandbox.too_deep", line=line)
    if isinstance(error, MemoryError):
        return TemplateError("sandbox.too_big", line=line)
    if isinstance(error, JinjaError):
        return TemplateError("sandbox.failed", line=line, why=str(error)[:300].rstrip("."))
    return TemplateError("sandbox.failed", line=line, why=f"{type(error).__name__}: {error}"[:300])
