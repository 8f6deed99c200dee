"""$input, $util, $context and $stageVariables."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from clickstream_local.vtl import MappingTemplate, VtlRuntimeError


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


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("escapeJavaScript($s)", r"it\'s \"q\" \\ \/ \t\n \u00E9 \u65E5 \uD83D\uDE00"),
        ("urlEncode('a b&c=d/é~*:')", "a+b%26c%3Dd%2F%C3%A9%7E*%3A"),
        ("urlDecode('a%20b+c%2B')", "a b c+"),
        ("base64Encode('é 😀')", "w6kg8J+YgA=="),
        ("base64Decode('w6kg8J+YgA')", "é 😀"),
        ("parseJson('[{\"a\":1}]')[0].a", "1"),
        ("urlEncode($nope)", ""),
        ("base64Encode($nope)", ""),
    ],
)
def test_the_functions_of_util(call: str, result: str) -> None:
    body = r'{"s":"it' + r"""'s \"q\" \\ / \t\n é 日 😀"}"""
    assert render(f"#set($s = $input.path('$.s'))$!util.{call}", body) == result


def test_escape_java_script_with_its_quotes_restored_is_json() -> None:
    template = """{"s":"$util.escapeJavaScript($input.path('$.s')).replaceAll("\\\\'","'")"}"""
    assert render(template, '{"s": "it\'s"}') == '{"s":"it\'s"}'


@pytest.mark.parametrize("call", ["urlDecode('%zz')", "base64Decode('*')", "parseJson('{')"])
def test_a_function_that_cannot_read_its_argument_fails(call: str) -> None:
    with pytest.raises(VtlRuntimeError):
        render(f"$util.{call}")


def test_null_members_and_whole_maps_of_the_context_print_nothing() -> None:
    """apigateway-runtime.json, context_default_keys_seen_at_runtime: identity and the overrides print as empty text."""
    context = {"identity": {"sourceIp": "1.2.3.4", "user": None}, "requestId": "r"}
    template = "$context.requestId $context.identity.sourceIp [$context.identity.user][$context.identity]"
    assert render(f"{template}[$context.responseOverride]", context=context) == "r 1.2.3.4 [][][]"


def test_a_response_override_of_the_request_template_is_seen_by_the_response_template() -> None:
    """aws-facts.md 10.4, overrides: set in the request template, it survives into the response phase."""
    context: dict[str, object] = {}
    render(
        "#set($context.responseOverride.status = 202)#set($context.responseOverride.header.X = 'v')", context=context
    )
    assert context["responseOverride"] == {"header": {"X": "v"}, "status": 202}
    assert render("$context.responseOverride.status", context=context) == "202"


def test_a_request_override_is_seen_by_the_caller() -> None:
    context: dict[str, object] = {}
    render('#set($n = "a")#set($context.requestOverride.querystring[$n] = "b")', context=context)
    assert context["requestOverride"] == {"header": {}, "path": {}, "querystring": {"a": "b"}}


def test_stage_variables_are_read_in_every_form() -> None:
    template = "$stageVariables.env ${stageVariables.env}x $stageVariables['env'] $stageVariables.get('env')"
    assert render(template, stage_variables={"env": "prod"}) == "prod prodx prod prod"


def test_a_newline_reaches_the_record_through_a_set_that_holds_one() -> None:
    template = '#set($nl = "\n")#set($b = $input.json(\'$\'))$util.base64Encode("$b$nl")'
    assert base64.b64decode(render(template, '{"a": 1}')) == b'{"a":1}\n'


def test_a_string_counts_in_utf_16_units() -> None:
    assert (
        render("#set($s = $input.path('$.s'))$s.length() $s.substring(2) $s.indexOf('b')", '{"s": "😀ab"}') == "4 ab 3"
    )


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (".replaceAll('([a-z]+)-', '<$1>')", "H<ello>World_1"),
        (".replaceFirst('o', '0')", "Hell0-World_1"),
        (".split('-')[1]", "World_1"),
        (".split('x').size()", "1"),
        (".split('o').size()", "3"),
        (".matches('.*_\\d')", "true"),
        (".replaceAll('\\p{Upper}', '.')", ".ello-.orld_1"),
        (".replace('l', 'L')", "HeLLo-WorLd_1"),
        (".charAt(0)", "H"),
        (".hashCode()", "1204378761"),
        (".equalsIgnoreCase('hello-world_1')", "true"),
        (".toUpperCase().toLowerCase().concat('!')", "hello-world_1!"),
    ],
)
def test_strings_have_javas_methods(call: str, result: str) -> None:
    assert render(f"#set($s = 'Hello-World_1')$s{call}") == result
