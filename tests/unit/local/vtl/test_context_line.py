"""The template that puts a context line before the body: hostile values cannot break it."""

from __future__ import annotations

import base64
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_local.vtl import MappingTemplate

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
