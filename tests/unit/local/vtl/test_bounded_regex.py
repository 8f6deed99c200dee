"""Expressions of others end in a second, whatever the text; where that is sure anyway, Python's own engine runs."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream_local.vtl import MappingTemplate, VtlRuntimeError
from clickstream_local.vtl.bounded_regex import BoundedPattern
from clickstream_local.vtl.errors import MethodError

STEEP = ["^(a+)+$", "^(a|a)*$", "^(a|aa){1,60}$", "(.*)*b", "a?" * 40 + "a" * 40 + "b"]


@pytest.mark.parametrize("expression", STEEP)
def test_an_expression_that_would_take_years_is_refused_after_a_second(
    expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clickstream_local.vtl.bounded_regex.MAX_SECONDS", 0.05)
    text = "a" * 60 + "!"
    pattern = BoundedPattern(expression)
    for call in (
        lambda: pattern.search(text),
        lambda: pattern.fullmatch(text),
        lambda: pattern.sub("", text),
        lambda: list(pattern.finditer(text)),
    ):
        with contextlib.suppress(MethodError):
            call()


@pytest.mark.parametrize("method", ["replaceAll('^(a|a)*$', '')", "matches('(a|a)*')", "split('^(a|a)*$')"])
def test_a_template_with_one_is_an_error_of_the_template(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clickstream_local.vtl.bounded_regex.MAX_SECONDS", 0.05)
    template = MappingTemplate(f"$input.body.{method}")
    with pytest.raises(VtlRuntimeError, match="takes more than"):
        template.render(body="a" * 60 + "!")


EXPRESSIONS = ["a*b", "(ab)+", "^[ab]{1,3}$", "a|b?", r"\w+-\d", "(?i)A+", "[^a]*a", "(a)(b)?", "b*?a"]


@given(st.sampled_from(EXPRESSIONS), st.text("ab1-", max_size=12))
def test_both_engines_agree(expression: str, text: str) -> None:
    bounded, plain = BoundedPattern(expression), re.compile(expression)
    slow = BoundedPattern(expression)
    slow._nested = True
    for one in (bounded, slow):
        assert bool(one.search(text)) == bool(plain.search(text))
        assert bool(one.fullmatch(text)) == bool(plain.fullmatch(text))
        assert one.sub("x", text) == plain.sub("x", text)
        assert [found.span() for found in one.finditer(text)] == [found.span() for found in plain.finditer(text)]
