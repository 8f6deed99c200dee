"""``$input``: the body, its JSON, the parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clickstream_local.vtl import MappingTemplate
from clickstream_local.vtl.errors import VtlBodyError


def render(template: str, body: str | bytes = "", **more: Any) -> str:
    return MappingTemplate(template).render(body=body, **more)


@pytest.mark.parametrize(("body", "printed"), [("", "{}"), (b"", "{}"), ("raw data", "raw data"), ("é".encode(), "é")])
def test_the_body_is_printed_raw_and_an_empty_one_as_braces(body: str | bytes, printed: str) -> None:
    """facts/api-gateway.md#mapping-templates: an empty body renders as {}; recorded on AWS."""
    assert render("$input.body", body) == printed


def test_an_empty_body_is_an_empty_object() -> None:
    """Recorded on AWS."""
    assert render("$input.json('$')|$input.path('$')|$input.json('$.a')|$input.path('$.a')") == '{}|{}|""|'


@pytest.mark.parametrize("body", ["a=b", "a{b", "null{", "not json", "2026-01-02T03:04:05Z"])
def test_a_body_that_begins_no_json_is_a_text(body: str) -> None:
    """Recorded on AWS."""
    assert render("$input.json('$')|$input.path('$')|$input.json('$.a')|$input.path('$.a')|", body) == (
        f'"{body}"|{body}|""||'
    )


@pytest.mark.parametrize(("body", "reason"), [("{a", "Unexpected End Of File position 1: null"), ("[a", "1: EOF")])
def test_a_body_that_begins_json_and_does_not_end_it_is_refused(body: str, reason: str) -> None:
    """The reason was recorded on AWS, too."""
    with pytest.raises(VtlBodyError) as refused:
        render("x\n$input.json('$')", body)
    assert (refused.value.reason.endswith(reason), refused.value.line) == (True, 2)


def test_a_body_that_nobody_asks_for_may_be_anything() -> None:
    assert render("$input.body", "{a") == "{a"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("{'a': 'x'}", '{"a":"x"}'),
        ("{a: x y, b: [1,, two]}", '{"a":"x y","b":[1,"two"]}'),
        ('{"a": 1,}', '{"a":1}'),
        ('{"a": 1} and more', '{"a":1}'),
        ('{"a": 007, "b": NaN}', '{"a":7,"b":null}'),
    ],
)
def test_json_is_read_permissively(body: str, value: str) -> None:
    assert render("$input.json('$')|#set($v = $util.parseJson($input.body))$v.size()", body) == (
        f"{value}|{len(json.loads(value))}"
    )


@pytest.mark.parametrize("tool", ["$input", "$util", "$context", "$input.params", "$util.urlEncode", "$input.keySet"])
def test_a_tool_printed_whole_is_nothing(tool: str) -> None:
    """Recorded on AWS, except of $context."""
    assert render(f"[{tool}]#set($a = 'x' + {tool})$a") == "[]x"


@pytest.mark.parametrize("name", ["identity", "requestOverride", "responseOverride"])
def test_a_map_of_the_context_printed_whole_is_nothing_however_it_is_reached(name: str) -> None:
    """Recorded on AWS by $context.get(name), with the maps within requestOverride."""
    template = (
        f"[$context.{name}$context.get('{name}')$context['{name}']]#set($m = $context.{name})[$m$m.get('header')]"
    )
    assert render(template, context={"identity": {"user": "u"}}) == "[][]"


def test_a_map_that_a_template_puts_into_the_context_is_printed() -> None:
    context: dict[str, Any] = {}
    assert (
        render("#set($context.responseOverride.own = {'a': 1})$context.responseOverride.own", context=context)
        == "{a=1}"
    )
    assert context["responseOverride"]["own"] == {"a": 1}


def test_json_of_a_missing_path_is_two_quotes_and_of_null_is_null() -> None:
    assert render("$input.json('$.a.b') $input.json('$.n')", '{"n": null}') == '"" null'


def test_numbers_are_written_again_as_java_writes_them() -> None:
    """facts/api-gateway.md#mapping-templates: $input.json re-serialises numbers, $input.body keeps the bytes."""
    body = (
        '{"a":10.00,"b":1e3,"c":1e21,"d":0.00001,"e":123456789.5,"f":12345678901234567890123,"g":-0.0,"h":1.0,"i":2e30}'
    )
    assert render("$input.json('$')", body) == (
        '{"a":10.0,"b":1000.0,"c":1.0E21,"d":1.0E-5,"e":1.234567895E8,"f":12345678901234567890123,"g":-0.0,"h":1.0,"i":2.0E30}'
    )


def test_json_escapes_control_characters_and_line_separators_only() -> None:
    body = r'{"s":"é 日本 😀 </a> \u0001 \u007f \u0085 \u2028 \ud800"}'
    assert render("$input.json('$.s')", body) == '"é 日本 😀 </a> \\u0001 \\u007F \\u0085 \\u2028 \ud800"'


def test_a_parameter_is_looked_for_in_path_then_query_string_then_header() -> None:
    """facts/api-gateway.md#mapping-templates: $input.params(n) looks in path, query string, header, in that order."""
    params = {"path": {"a": "1"}, "querystring": {"a": "2", "b": "3"}, "header": {"b": "4", "c": "5"}}
    assert (
        render("$input.params('a')$input.params('b')$input.params('c')|$input.params('d')|", params=params) == "135||"
    )


def test_all_parameters_can_be_walked() -> None:
    params = {"querystring": {"x": "1", "y": "2"}}
    template = "#set($all = $input.params().querystring)#foreach($k in $all.keySet())$k=$all.get($k);#end"
    assert render(template, params=params) == "x=1;y=2;"


def test_the_body_has_no_properties() -> None:
    assert render("#set($r = $input.body.testAccess)[$!r]", '{"testAccess": 1}') == "[]"
