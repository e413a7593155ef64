"""A template's tree, before it is compiled: what is not allowed is refused, what runs is metered.

Jinja2 compiles some operations straight into Python's own, past its sandbox: joining with ~, slices, lists,
comparisons, rounds of a loop. Each is led through a filter of ours. Their names have a space in front, which
no template can write.
"""

from __future__ import annotations

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from penwright.core.sandbox.limits import TemplateError

STEP, MADE, JOINED, PART = " step", " made", " joined", " part"

_DEPTH = 80  # of nodes inside each other; the deepest known template of a model has 30
_NODES = 12_000  # in all; that template has 1,300, and compiling takes time for each
_LARGEST = 2**63  # of the numbers that a template writes out

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.If,
    nodes.Macro,
    nodes.CallBlock,
    nodes.FilterBlock,
    nodes.With,
    nodes.Assign,
    nodes.AssignBlock,
    nodes.ExprStmt,
    nodes.Scope,
    nodes.Continue,
    nodes.Break,
    nodes.Name,
    nodes.NSRef,
    nodes.Const,
    nodes.Tuple,
    nodes.List,
    nodes.Dict,
    nodes.Pair,
    nodes.Keyword,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Test,
    nodes.Call,
    nodes.Getitem,
    nodes.Getattr,
    nodes.Slice,
    nodes.Concat,
    nodes.Compare,
    nodes.Operand,
    nodes.BinExpr,
    nodes.UnaryExpr,
)
_TAGS = {
    "FromImport": "import",
    "Import": "import",
    "Include": "include",
    "Extends": "extends",
    "Block": "block",
    "ScopedEvalContextModifier": "autoescape",
}


def _filter(node: nodes.Expr | None, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None)


def _own_letters(body: list[nodes.Node]) -> int:
    """Return how many letters the template itself writes in a body, whichever way it goes."""
    return sum(len(data.data) for node in body for data in _data(node))


def _data(node: nodes.Node) -> list[nodes.TemplateData]:
    return [node] if isinstance(node, nodes.TemplateData) else list(node.find_all(nodes.TemplateData))


class Rewriting(NodeTransformer):
    """Makes a parsed template safe to compile. Raises TemplateError."""

    def __init__(self) -> None:
        self._depth = 0
        self._nodes = 0

    def visit(self, node: nodes.Node, *args: object, **kwargs: object) -> nodes.Node:
        """Rewrite one node and all below it."""
        if not isinstance(node, _ALLOWED):
            name = type(node).__name__
            raise TemplateError("sandbox.refused", line=node.lineno, what=_TAGS.get(name, name.lower()))
        self._nodes += 1
        if self._nodes > _NODES:
            raise TemplateError("sandbox.many_parts", line=node.lineno, most=_NODES)
        self._depth += 1
        if self._depth > _DEPTH:
            raise TemplateError("sandbox.too_deep", line=node.lineno)
        result: nodes.Node = super().visit(node, *args, **kwargs)
        self._depth -= 1
        return result.set_lineno(node.lineno)

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802 - Jinja2 finds it by this name
        """Refuse numbers beyond all use."""
        if isinstance(node.value, int) and abs(node.value) > _LARGEST:
            raise TemplateError("sandbox.too_big", line=node.lineno)
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        """Count each round, and each item that a loop's own condition leaves out."""
        letters = _own_letters(node.body)
        self.generic_visit(node)
        node.body = [_step(letters), *node.body]
        if node.test is not None:
            node.test = nodes.And(_filter(nodes.Const(1), STEP), node.test)
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        """Count each call, with what the macro writes of its own."""
        letters = _own_letters(node.body)
        self.generic_visit(node)
        node.body = [_step(letters), *node.body]
        return node

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802
        """Count what the template writes of its own, and look once at the clock."""
        letters = _own_letters(node.body)
        self.generic_visit(node)
        node.body = [_step(letters), *node.body]
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Lead ~ through a filter."""
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes), JOINED)

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        """Weigh a list."""
        self.generic_visit(node)
        return _filter(node, MADE)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        """Weigh a tuple that is a value; one that names what is set is left."""
        self.generic_visit(node)
        return _filter(node, MADE) if node.ctx == "load" else node

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        """Weigh a dictionary."""
        self.generic_visit(node)
        return _filter(node, MADE)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        """Count a comparison."""
        self.generic_visit(node)
        node.expr = _filter(node.expr, STEP)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        """Lead slices through a filter."""
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        bounds = (node.arg.start, node.arg.stop, node.arg.step)
        return _filter(node.node, PART, *(bound or nodes.Const(None) for bound in bounds))


def _step(letters: int) -> nodes.Node:
    return nodes.ExprStmt(_filter(nodes.Const(None), STEP, nodes.Const(letters)))
