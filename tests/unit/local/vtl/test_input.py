"""``$input``: the body, its JSON, the parameters."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.vtl import MappingTemplate


def render(template: str, body: str | bytes = "", **more: Any) -> str:
    return MappingTemplate(template).render(body=body, **more)


@pytest.mark.parametrize(("body", "printed"), [("", "{}"), (b"", "{}"), ("raw data", "raw data"), ("é".encode(), "é")])
def test_the_body_is_printed_raw_and_an_empty_one_as_braces(body: str | bytes, printed: str) -> None:
    """aws-facts.md 10.4: an empty body renders as {}; recorded on AWS."""
    assert render("$input.body", body) == printed


@pytest.mark.parametrize("body", ["", "not json", "{", '{"a": NaN}'])
def test_json_of_a_body_that_is_not_json_is_two_quotes(body: str) -> None:
    assert render("$input.json('$')|$!input.path('$')|", body) == '""||'


def test_json_of_a_missing_path_is_two_quotes_and_of_null_is_null() -> None:
    assert render("$input.json('$.a.b') $input.json('$.n')", '{"n": null}') == '"" null'


def test_numbers_are_written_again_as_java_writes_them() -> None:
    """aws-facts.md 10.4: $input.json re-serialises numbers, $input.body keeps the bytes."""
    body = '{"a":10.00,"b":1e3,"c":1e21,"d":0.00001,"e":123456789.5,"f":12345678901234567890123,"g":-0.0,"h":1.0}'
    assert render("$input.json('$')", body) == (
        '{"a":10.0,"b":1000.0,"c":1.0E21,"d":1.0E-5,"e":1.234567895E8,"f":12345678901234567890123,"g":-0.0,"h":1.0}'
    )


def test_json_escapes_control_characters_and_line_separators_only() -> None:
    body = r'{"s":"é 日本 😀 </a> \u0001 \u007f \u0085 \u2028 \ud800"}'
    assert render("$input.json('$.s')", body) == '"é 日本 😀 </a> \\u0001 \\u007F \\u0085 \\u2028 \ud800"'


def test_a_parameter_is_looked_for_in_path_then_query_string_then_header() -> None:
    """aws-facts.md 10.4: $input.params(n) looks in path, query string, header, in that order."""
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
