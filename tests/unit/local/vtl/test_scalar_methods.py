"""Methods of strings."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.vtl import MappingTemplate


def render(template: str, body: str | bytes = "", **more: Any) -> str:
    return MappingTemplate(template).render(body=body, **more)


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
