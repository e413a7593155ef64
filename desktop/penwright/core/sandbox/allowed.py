"""What a template may use: methods of its data, filters, tests and functions. Everything else is refused.

What can make much out of little (replace, join, format, powers) is reckoned before it is done.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Literal, NoReturn

from jinja2 import filters, tests
from jinja2.runtime import LoopContext
from jinja2.utils import Namespace

from penwright.core.sandbox.limits import TemplateError
from penwright.core.sandbox.meter import Meter
from penwright.core.sandbox.rewriting import JOINED, MADE, PART, STEP

_ROUNDS = 10_000  # of range()
_WIDTH = 200  # what text may be filled up to
_BITS = 256  # of a whole number
_DIGITS = 20  # behind the point

_TEXT = """
    strip lstrip rstrip split rsplit splitlines partition rpartition startswith endswith find rfind index
    count upper lower title capitalize casefold swapcase isdigit isdecimal isnumeric isalpha isalnum isspace
    isupper islower removeprefix removesuffix replace join format center ljust rjust zfill
"""
_FILTERS = """
    abs capitalize count d default dictsort first float int items last length list lower map max min reject
    rejectattr reverse select selectattr sort string title trim truncate unique upper wordcount
"""
_TESTS = """
    boolean defined divisibleby eq equalto even false float ge greaterthan gt in integer iterable le lessthan
    lower lt mapping ne none number odd sameas sequence string true undefined upper == != < <= > >=
"""
_LOOP = """
    index index0 revindex revindex0 first last length depth depth0 previtem nextitem cycle changed
"""
METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(_TEXT.split()),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"index", "count"}),
    tuple: frozenset({"index", "count"}),
    LoopContext: frozenset(_LOOP.split()),
}
_CONVERSION = re.compile(r"%(?:%|(?:\((\w+)\))?[-+ #0]*(\d{0,3})(?:\.(\d{0,3}))?[sdifxXeEgGr])")


class Space(Namespace):
    """What `namespace()` makes. It prints nothing of what it holds: two could hold each other."""

    def __repr__(self) -> str:
        return "<namespace>"


def functions(meter: Meter) -> dict[str, Callable[..., object]]:
    """Return what a template may call by name."""

    def rounds(*bounds: int) -> range:
        made = range(*bounds)
        if len(made) > _ROUNDS:
            raise TemplateError("sandbox.too_slow")
        return made

    def raise_exception(message: object = "") -> NoReturn:
        raise TemplateError("sandbox.raised", why=str(message)[:300])

    def strftime_now(form: str) -> str:
        return datetime.now().strftime(str(form)[:_WIDTH])  # the writer's own day is meant

    def dictionary(*pairs: Any, **entries: Any) -> dict[Any, Any]:
        return meter.made(dict(*pairs, **entries))

    return {
        "range": rounds,
        "dict": dictionary,
        "namespace": Space,
        "raise_exception": raise_exception,
        "strftime_now": strftime_now,
    }


def filter_table(meter: Meter) -> dict[str, Callable[..., Any]]:
    """Return the filters, metered; among them those that `rewriting` puts in."""
    table = {name: _metered(filters.FILTERS[name], meter) for name in _FILTERS.split()}

    def replace(text: object, old: object, new: object, count: int = -1) -> str:
        return method(meter, str(text).replace, (str(old), str(new), count), {})  # type: ignore[no-any-return]

    def join(items: Sequence[object], between: object = "", attribute: str | None = None) -> str:
        if attribute is not None:
            items = [item.get(attribute, "") if isinstance(item, dict) else "" for item in items]
        return method(meter, str(between).join, ([str(item) for item in items],), {})  # type: ignore[no-any-return]

    def tojson(value: object, ensure_ascii: bool = False, indent: int | None = None, **_: object) -> str:
        meter.claim(meter.weight(value) * (1 + min(indent or 0, 8)))
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=None if indent is None else min(indent, 8))

    def indented(text: object, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
        lead = width[:_WIDTH] if isinstance(width, str) else " " * min(width, 20)
        lines = str(text).split("\n")
        meter.claim(len(lines) * len(lead))
        return "\n".join(
            lead + line if (line or blank) and (first or number) else line
            for number, line in enumerate(lines)
        )

    def added(items: Sequence[Any], attribute: str | None = None, start: float = 0) -> float:
        if attribute is not None:
            items = [item.get(attribute, 0) for item in items]
        return sum((item for item in items if isinstance(item, int | float)), start)

    def rounded(
        value: float, precision: int = 0, method: Literal["common", "ceil", "floor"] = "common"
    ) -> float:
        if abs(precision) > _DIGITS:
            raise TemplateError("sandbox.too_big")
        return filters.do_round(value, precision, method)

    def joined(parts: list[object]) -> str:
        return "".join(meter.made(str(part)) for part in parts)

    def part(value: Any, start: Any, stop: Any, step: Any) -> object:
        return meter.made(value[start:stop:step])

    def step(value: object, letters: int = 0) -> object:
        meter.step(letters)
        return value

    own: dict[str, Callable[..., Any]] = {
        "replace": replace,
        "join": join,
        "tojson": tojson,
        "indent": indented,
        "sum": added,
        "round": rounded,
        "safe": str,
        MADE: meter.made,
        JOINED: joined,
        PART: part,
    }
    table.update({name: _metered(function, meter) for name, function in own.items()})
    table[STEP] = step
    return table


def test_table(meter: Meter) -> dict[str, Callable[..., Any]]:
    """Return the tests, metered."""
    known: Mapping[str, Any] = tests.TESTS
    return {name: _counted(known[name], meter) for name in _TESTS.split()}


def _counted(function: Callable[..., Any], meter: Meter) -> Callable[..., Any]:
    @wraps(function)  # it also keeps what Jinja2 passes in
    def counted(*given: Any, **named: Any) -> Any:
        meter.step()
        return function(*given, **named)

    return counted


def _metered(function: Callable[..., Any], meter: Meter) -> Callable[..., Any]:
    """Return a filter that counts as a step, and whose result is weighed; it is never lazy."""
    counted = _counted(function, meter)

    @wraps(function, updated=("__dict__",))
    def metered(*given: Any, **named: Any) -> Any:
        result = counted(*given, **named)
        return meter.made(list(result) if isinstance(result, Iterator) else result)

    return metered


def method(meter: Meter, bound: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Call an allowed method of a string, list or dictionary, reckoning first what it would make."""
    owner, name = bound.__self__, bound.__name__
    if name == "replace" and len(given) >= 2:
        old, new = given[0], given[1]
        meter.claim(max(0, len(new) - len(old)) * (owner.count(old) + 1) + len(owner))
    elif name == "join" and given:
        items = [str(item) for item in given[0]]
        meter.claim(sum(map(len, items)) + len(owner) * len(items))
        return owner.join(items)
    elif name in ("center", "ljust", "rjust", "zfill") and given and given[0] > _WIDTH:
        raise TemplateError("sandbox.too_big")
    elif name == "format":
        return meter.made(_format(meter, owner, given, named))
    result = bound(*given, **named)
    if name in ("items", "keys", "values"):
        result = list(result)
    return meter.made(result)


def _format(meter: Meter, form: str, given: tuple[Any, ...], named: dict[str, Any]) -> str:
    """Fill a format: fields by place or name alone, no attributes, no widths beyond use."""
    for _, field, wanted, _ in string.Formatter().parse(form):
        if field is None:
            continue
        if not re.fullmatch(r"\w*", field) or re.search(r"\d{4}|[{}]", wanted or ""):
            raise TemplateError("sandbox.format")
        widths = [int(number) for number in re.findall(r"\d+", wanted or "")]
        if any(width > _WIDTH for width in widths):
            raise TemplateError("sandbox.too_big")
        value = given[int(field)] if field.isdigit() and int(field) < len(given) else named.get(field, "")
        meter.claim(_WIDTH + meter.weight(value if field else list(given)))
    return form.format(*given, **named)


def reckon(meter: Meter, operator: str, left: Any, right: Any) -> None:
    """Count an operation, and refuse one whose result would be too big. Raises TemplateError."""
    meter.step()
    sized = (str, list, tuple)
    if operator == "+" and isinstance(left, sized) and isinstance(right, sized):
        meter.claim(meter.weight(left) + meter.weight(right))
    elif operator == "*" and isinstance(left, sized) | isinstance(right, sized):
        value, times = (left, right) if isinstance(left, sized) else (right, left)
        meter.claim(meter.weight(value) * max(0, int(times)))
    elif operator in ("*", "+", "-") and isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > _BITS:
            raise TemplateError("sandbox.too_big")
    elif operator == "**":
        if abs(left) > 1000 or abs(right) > 20:
            raise TemplateError("sandbox.too_big")
    elif operator == "%" and isinstance(left, str):
        _reckon_conversions(meter, left, right)


def _reckon_conversions(meter: Meter, form: str, values: object) -> None:
    if "%" in _CONVERSION.sub("", form):
        raise TemplateError("sandbox.format")
    widths = [int(width) for found in _CONVERSION.finditer(form) for width in found.groups()[1:] if width]
    if any(width > _WIDTH for width in widths):
        raise TemplateError("sandbox.too_big")
    times = 1 + len(form) if isinstance(values, dict) else 1
    meter.claim(len(form) + sum(widths) + meter.weight(values) * times)
