"""JSON that is none, as json-smart reads it; tests/rules/test_velocity.py compares any text with json-smart itself."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.vtl.lenient_json import LenientJsonError, parse_leniently


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        (" \n", ""),
        ("a=b", "a=b"),
        ("null{", "null{"),
        ("true", True),
        ("'it\\'s'", "it's"),
        ("{statusCode: 200}", {"statusCode": 200}),
        ('{"statusCode": 200, }', {"statusCode": 200}),
        ("{,,a: b c,,}", {"a": "b c"}),
        ("{a: 1 2, b: 01, c: -, d: 1.}", {"a": "1 2", "b": 1, "c": 0, "d": 1.0}),
        ("[a b, 'c' \"d\" {e: [f]}]", ["a b", "c", "d", {"e": ["f"]}]),
        ("{statusCode: 200, foo}: [ba r]}", {"statusCode": 200, "foo}": ["ba r"]}),
        ("{'': '', null: null}", {"": "", "null": None}),
        ('{"a": 1}{"b": 2}', {"a": 1}),
        ('"\\u00e9\\x41\\q"', "éA"),
        ("{a: undefined, b: nan}", {"a": "undefined", "b": "nan"}),
        ("12345678901234567890123", 12345678901234567890123),
    ],
)
def test_what_is_taken(text: str, value: Any) -> None:
    assert parse_leniently(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{a", "Unexpected End Of File position 1: null"),
        ("[a", "Unexpected End Of File position 1: EOF"),
        ("}", "Unexpected character (}) at position 0."),
        ("{\"statusCode': 200 }", "Unexpected End Of File position 20: null"),
        ("{statusCode: 200, {foo: 1}}", "Unexpected character ({) at position 18."),
        ('{"a" b: 1}', "Unexpected character (b) at position 4."),
        ('{"a": "b" c}', "Unexpected token c at position 9."),
        ('"\\u00zz"', "Unexpected unicode escape sequence z at position 5."),
        ("[1e+]", 'For input string: "1e+"'),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(LenientJsonError) as refused:
        parse_leniently(text)
    assert str(refused.value) == reason
