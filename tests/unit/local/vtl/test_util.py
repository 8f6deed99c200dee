"""``$util``."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.vtl import MappingTemplate, VtlRuntimeError


def render(template: str, body: str | bytes = "", **more: Any) -> str:
    return MappingTemplate(template).render(body=body, **more)


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
