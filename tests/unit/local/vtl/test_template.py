"""Whole templates: ``$context``, stage variables, limits, and a context line that hostile values cannot break."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_local.vtl import MappingTemplate, VtlError, VtlLimitError, VtlRuntimeError


def render(template: str, body: str | bytes = "", **more: Any) -> str:
    return MappingTemplate(template).render(body=body, **more)


TEMPLATE = MappingTemplate(
    """#set($q = '"')
#set($nl = "
")
#set($ua = $util.escapeJavaScript("$!context.identity.userAgent").replaceAll("\\\\'","'"))
#set($id = $util.escapeJavaScript("$!context.extendedRequestId").replaceAll("\\\\'","'"))
#set($line = "{${q}at${q}:$context.requestTimeEpoch,${q}ua${q}:${q}$ua${q},${q}boundary${q}:${q}$id${q}}")
{"Record":{"Data":"$util.base64Encode("$line$nl$input.body$nl$id$nl")"}}"""
)
HOSTILE = st.text(
    alphabet=st.sampled_from([*list("\"\\'$#{}()/.!ab\n\x00\x7fé日😀"), "\u2028"]), max_size=20
) | st.text(max_size=20)


@given(HOSTILE, HOSTILE.filter(bool))
@settings(deadline=None, derandomize=True, database=None)
def test_any_user_agent_and_any_body_come_through_as_they_were(user_agent: str, body: str) -> None:
    context = {"identity": {"userAgent": user_agent}, "extendedRequestId": "Zx=", "requestTimeEpoch": 1767323045000}
    record = json.loads(TEMPLATE.render(body=body, context=context))["Record"]["Data"]
    line, rest = base64.b64decode(record).decode().split("\n", 1)
    assert json.loads(line) == {"at": 1767323045000, "ua": user_agent, "boundary": "Zx="}
    assert rest == f"{body}\nZx=\n"


def test_a_user_agent_that_is_null_is_empty() -> None:
    context = {"identity": {"userAgent": None}, "extendedRequestId": "Zx=", "requestTimeEpoch": 1}
    record = json.loads(TEMPLATE.render(body="{}", context=context))["Record"]["Data"]
    assert json.loads(base64.b64decode(record).decode().split("\n", 1)[0])["ua"] == ""


def test_null_members_and_whole_maps_of_the_context_print_nothing() -> None:
    """apigateway-runtime.json, context_default_keys_seen_at_runtime: identity and the overrides print as empty text."""
    context = {"identity": {"sourceIp": "1.2.3.4", "user": None}, "requestId": "r"}
    template = "$context.requestId $context.identity.sourceIp [$context.identity.user][$context.identity]"
    assert render(f"{template}[$context.responseOverride]", context=context) == "r 1.2.3.4 [][][]"


def test_a_response_override_of_the_request_template_is_seen_by_the_response_template() -> None:
    """facts/api-gateway.md#mapping-templates, overrides: set in the request template, it survives into the response
    phase.
    """
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


def test_a_template_of_300_kb_passes_and_a_longer_one_is_refused() -> None:
    """facts/api-gateway.md#mapping-templates: template at most 300 KB."""
    MappingTemplate("x" * 307_200)
    with pytest.raises(VtlLimitError, match="307,201 bytes; API Gateway allows 307,200"):
        MappingTemplate("x" * 307_201)


def test_values_that_hold_themselves_fail_instead_of_hanging() -> None:
    with pytest.raises(VtlRuntimeError, match="nested too deeply"):
        MappingTemplate("#set($m = {})#set($m.m = $m)$m").render()


def test_a_template_can_be_rendered_again_after_a_failure() -> None:
    template = MappingTemplate("#foreach($i in $input.path('$.l'))$i.substring(1)#end")
    with pytest.raises(VtlRuntimeError):
        template.render(body='{"l": ["ab", ""]}')
    assert template.render(body='{"l": ["ab", "cd"]}') == "bd"


@pytest.mark.parametrize(
    "text",
    [
        "#if(true)" * 3000 + "x" + "#end" * 3000,
        "#set($x=" + "(" * 5000 + "1" + ")" * 5000 + ")",
        "#set($x=" + "[" * 3000 + "]" * 3000 + ")",
        "#foreach($a in [1])" * 3000 + "#end" * 3000,
        "$x" + ".get('a')" * 2000,
    ],
)
def test_a_template_that_is_nested_too_deeply_is_refused_by_name(text: str) -> None:
    with contextlib.suppress(VtlError):
        MappingTemplate(text, name="deep").render(body="{}")


LOOPS = "#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{LOOPS}#set($x = 1)#end#end#end", "takes more than 0.05 s"),
        ("#macro(m)#foreach($a in [1..1000])#m()#end#end#m()", "nested more than"),
        ("#macro(m $n)#m($n)#m($n)#end#m(1)", "nested more than|takes more than"),
        ('#set($s = "xx")#foreach($a in [1..1000])#set($s = "$s$s")#end', "characters"),
        ("#foreach($a in [1..1000])$input.body#end", "prints more than"),
    ],
)
def test_a_template_has_bounds_in_time_and_text(text: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clickstream_local.vtl.template.MAX_SECONDS", 0.05)
    monkeypatch.setattr("clickstream_local.vtl.statement_compiler.MAX_SECONDS", 0.05)
    with pytest.raises(VtlError, match=reason):
        MappingTemplate(text).render(body="x" * 100_000)


class Unforeseen:
    """A value of a type that the package does not know."""

    def __str__(self) -> str:
        raise ValueError("a secret")


def test_a_value_that_nothing_foresaw_is_an_error_of_the_template() -> None:
    with pytest.raises(VtlRuntimeError, match=r"^template: the local runtime failed: \w+Error$"):
        MappingTemplate("$context.x").render(context={"x": Unforeseen()})
