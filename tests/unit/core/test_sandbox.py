"""The sandbox for templates: hostile ones are stopped, and what models and styles need is filled."""

from __future__ import annotations

import json
import time
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.ext import LoopControlExtension
from jinja2.sandbox import ImmutableSandboxedEnvironment

from penwright.base.catalogue import Catalogue
from penwright.base.paths import resources
from penwright.core.sandbox import Limits, TemplateError, names, render

_TABLE = tomllib.loads((Path(__file__).parent / "hostile_templates.toml").read_text("utf-8"))
_HOSTILE = [(group, name, text) for group, table in _TABLE.items() for name, text in table.items()]
# Some are long because of their length alone.
_HOSTILE += [
    ("size", "a template of a million letters", "a" * 1_000_000),
    ("form", "brackets ten thousand deep", "{{ " + "(" * 10_000 + ")" * 10_000 + " }}"),
    ("form", "lists ten thousand deep", "{{ " + "[" * 10_000 + "]" * 10_000 + " }}"),
    ("form", "ifs ten thousand deep", "{% if 1 %}" * 10_000 + "{% endif %}" * 10_000),
    ("form", "loops thirty deep", "{% for x in [1] %}" * 30 + "{% endfor %}" * 30),
    ("form", "a number of a hundred thousand digits", "{{ " + "9" * 100_000 + " }}"),
    ("form", "a hexadecimal number of a hundred thousand digits", "{{ 0x" + "f" * 100_000 + " }}"),
    ("form", "not, ten thousand times", "{{ " + "not " * 10_000 + "1 }}"),
    ("size", "fifteen thousand joins", "{{ a ~ a }}" * 15_000),
    (
        "size",
        "a thousand long comparisons",
        "{% set x = 'a' * 2000000 %}" + "{{ x ~ 'b' == x ~ 'c' }}" * 1_000,
    ),
    ("form", "spaces without end", "{%- if a" + " " * 190_000),
]


@pytest.fixture(scope="module")
def table() -> object:
    rows: list[tuple[str, str, float, str]] = []
    yield rows
    print(f"\n{'group':<11}{'what it tries':<52}{'ms':>8}  what is said")
    for group, name, ms, said in rows:
        print(f"{group:<11}{name:<52}{ms:>8.1f}  {said}")


@pytest.mark.parametrize(("group", "name", "text"), _HOSTILE, ids=[name for _, name, _ in _HOSTILE])
def test_a_hostile_template_is_stopped_with_one_sentence(
    group: str, name: str, text: str, table: list[tuple[str, str, float, str]]
) -> None:
    messages: list[object] = []
    began, used = time.perf_counter(), time.thread_time()
    with pytest.raises(TemplateError) as stopped:
        render(text, {"messages": messages, "a": 1})
    ms, used = (time.perf_counter() - began) * 1000, time.thread_time() - used
    said = Catalogue(resources() / "i18n").sentence(stopped.value)
    table.append((group, name, ms, said))
    assert used < 3, "of this thread's processor time"
    assert stopped.value.line >= 1 or stopped.value.key == "sandbox.long_template"
    assert "\n" not in said
    assert messages == []


def test_the_line_of_a_fault_is_told() -> None:
    with pytest.raises(TemplateError) as stopped:
        render("one\ntwo\n{% if true %}\n  {{ 'a' * 999999999 }}\n{% endif %}", {})
    assert stopped.value.line == 4
    with pytest.raises(TemplateError) as stopped:
        render("one\n{% if %}", {})
    assert stopped.value.line == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "{% for m in messages %}{{ m['role'] }}: {{ m.content | trim }}\n{% endfor %}",
            "user: Hi <b>\nbot: Yes\n",
        ),
        (
            "{% set s = namespace(n=1) %}{% for m in messages %}{% set s.n = s.n + 1 %}{% endfor %}{{ s.n }}",
            "3",
        ),
        (
            "{%- for m in messages %}{% if loop.first %}{%continue %}{% endif %}{{ loop.index }}{% endfor %}",
            "2",
        ),
        (
            "{% macro greet(name, mark='!')%}Hi {{ name }}{{ mark }}{% endmacro %}{{ greet('A', mark='?') }}",
            "Hi A?",
        ),
        ("{{ messages[1:][0].role }} {{ messages[::-1][0]['role'] }} {{ messages|length }}", "bot bot 2"),
        ("{{ messages|selectattr('role', 'equalto', 'bot')|map(attribute='content')|join(', ') }}", "Yes"),
        ("{{ {'a': [1, 'é', none, true]} | tojson }}", '{"a": [1, "é", null, true]}'),
        ("{{ '</think>a'.split('</think>')[-1].lstrip('a') ~ 'b'.upper() }}", "B"),
        ("{{ '%s is %d' % ('a', 3) }} {{ '{} {x}'.format('b', x=2) }}", "a is 3 b 2"),
        ("{% generation %}a{% endgeneration %}{{ missing }}{{ missing is defined }}", "aFalse"),
        ("{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}{{ {'a': 1}.get('b', 2) }}", "a=12"),
        ("{{ 1.25|round(1, 'floor') }} {{ 7|round }} {{ '12'|int + 1 }}", "1.2 7 13"),
        ("{{ strftime_now('%Y')|length }}{{ ' x ' | replace('x', 'y') | trim | capitalize }}", "4Y"),
        ("{% set x %}a{{ 1 }}{% endset %}{{ x }}{% call wrap() %}c{% endcall %}", "a1[c]"),
    ],
)
def test_what_models_and_styles_need_is_filled(text: str, wanted: str) -> None:
    wrap = "{% macro wrap() %}[{{ caller() }}]{% endmacro %}" if "wrap()" in text else ""
    messages = [{"role": "user", "content": " Hi <b> "}, {"role": "bot", "content": "Yes"}]
    assert render(wrap + text, {"messages": messages}) == wanted


def plainly(template: str, values: dict[str, object]) -> str | None:
    """Return what Jinja2's own sandbox makes of a template, with what models expect; None if it fails."""

    def raise_exception(message: str) -> None:
        raise ValueError(message)

    def tojson(value: object, ensure_ascii: bool = False, indent: int | None = None, **_: object) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)

    plain = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[LoopControlExtension]
    )
    plain.globals.update(
        raise_exception=raise_exception, strftime_now=lambda form: datetime.now().strftime(form)
    )
    plain.filters["tojson"] = tojson
    try:
        return plain.from_string(template).render(values)
    except Exception:
        return None


def test_the_templates_of_real_models_come_out_as_jinja2_fills_them(chat_templates: dict[str, str]) -> None:
    system = {"role": "system", "content": "Be kind."}
    turns = [
        {"role": "user", "content": "Hello <b>"},
        {"role": "assistant", "content": "<think>\nx\n</think>\nYes"},
        {"role": "user", "content": "More"},
    ]
    same = 0
    for number, (name, template) in enumerate(chat_templates.items()):
        values = {
            "messages": [system, turns[0]] if number % 2 else turns,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "add_generation_prompt": True,
        }
        wanted = plainly(template, values)
        if wanted is not None:
            assert render(template, values) == wanted, name
            same += 1
    assert same > 0.8 * len(chat_templates)


def test_what_was_passed_in_is_data_whatever_stands_in_it() -> None:
    assert render("{{ a }}", {"a": "{{ 1 + 1 }}{% raw %}<|im_end|>"}) == "{{ 1 + 1 }}{% raw %}<|im_end|>"


def test_names_are_told_with_their_lines() -> None:
    text = "{{ what }}\n{% for x in list_of %}{{ x }}{{ who }}{% endfor %}{{ range(2)|length }}\n{{ what }}"
    assert names(text) == {"what": 1, "list_of": 2, "who": 2}


def test_limits_can_be_narrower() -> None:
    with pytest.raises(TemplateError, match="too_slow"):
        render("{% for i in range(100) %}{% endfor %}", {}, Limits(steps=50))
    with pytest.raises(TemplateError, match="too_big"):
        render("{{ a ~ a }}", {"a": "a" * 60}, Limits(letters=100))


_ATOM = st.sampled_from(
    [
        "x",
        "'ab'",
        "7",
        "[x, x]",
        "{'k': x}",
        "(x, 1)",
        "ns.v",
        "range(9999)",
        "x[1:]",
        "''",
        "none",
        "loop.index",
    ]
)
_EXPRESSION = st.recursive(
    _ATOM,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " * ", " ~ ", " % ", " ** ", " == ", " in "]), inner).map(
            "".join
        ),
        st.tuples(
            st.just("("),
            inner,
            st.sampled_from(
                [
                    "|list)",
                    "|string)",
                    "|join(x))",
                    "|replace('a', x))",
                    "|tojson)",
                    "|sort)",
                    "|map('upper')|list)",
                    ".split('a'))",
                    ".join(x))",
                    "|sum)",
                    "|indent(9))",
                ]
            ),
        ).map("".join),
    ),
    max_leaves=6,
)
_STATEMENT = st.recursive(
    st.one_of(
        _EXPRESSION.map(lambda e: f"{{{{ {e} }}}}"),
        _EXPRESSION.map(lambda e: f"{{% set ns.v = {e} %}}"),
        _EXPRESSION.map(lambda e: f"{{% set x = {e} %}}"),
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda parts: f"{{% for i in range(99) %}}{''.join(parts)}{{% endfor %}}"
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_STATEMENT, min_size=1, max_size=3))
def test_no_template_takes_long_or_makes_much(parts: list[str]) -> None:
    began = time.thread_time()
    try:
        made = render(
            "{% set ns = namespace(v='a') %}" + "".join(parts), {"x": "abc" * 30}, Limits(seconds=0.2)
        )
    except TemplateError:
        made = ""
    assert len(made) <= Limits().letters
    assert time.thread_time() - began < 2
