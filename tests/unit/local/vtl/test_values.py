"""Java's arithmetic and printed forms."""

from __future__ import annotations

import pytest

from clickstream_local.vtl import MappingTemplate


def render(template: str, body: str = "{}") -> str:
    return MappingTemplate(template).render(body=body)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("-7 % 3", "-1"),
        ("2147483647 + 1", "2147483648"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("10 / 0", ""),
        ("7 / 2.0", "3.5"),
        ("1e3 * 10000", "1.0E7"),
        ("0.001 / 2", "5.0E-4"),
        ("1.0E-323 / 2", "4.9E-324"),
        ("(1 + 2) * 3 - 4", "5"),
        ("'a' + 1", "a1"),
        ("1 - 'a'", ""),
    ],
)
def test_arithmetic_is_javas(expression: str, result: str) -> None:
    assert render(f"#set($x = {expression})$!x") == result


def test_a_map_prints_as_java_does_and_a_list_as_json() -> None:
    """facts/api-gateway.md#mapping-templates: maps print Java-style, lists print as JSON, maps inside lists print as
    JSON; recorded.
    """
    assert render("$input.path('$')", '{"a": {"b": 1}, "c": [{"d": "x/y"}], "n": null}') == (
        '{a={b=1}, c=[{"d":"x\\/y"}], n=null}'
    )


def test_lists_and_maps_of_the_template_print_as_java_does() -> None:
    assert render("#set($x = [1, 'two', [3], {'k': true}])$x") == "[1, two, [3], {k=true}]"
