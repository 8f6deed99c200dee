"""Whatever bytes come in, the answer is valid and complete: facts/goals.md#transform, goals 1, 2 and 8."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.transform_harness import CLICK_SCHEMA, Client, Transform, batch
from support.transform_records import records

COLUMNS = CLICK_SCHEMA["properties"]
GLUE = {"date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")}


def refuse_constant(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")


def assert_fits(row: dict[str, Any]) -> None:
    """The row holds what its columns' Glue types take (facts/goals.md#transform, goal 8)."""
    for name, value in row.items():
        schema = COLUMNS[name]
        kind = schema["type"]
        if kind == "integer":
            assert type(value) is int
            assert schema.get("minimum", -(2**63)) <= value <= schema.get("maximum", 2**63 - 1)
        elif kind == "number":
            assert type(value) in (int, float)
            float(value)
        elif kind == "boolean":
            assert type(value) is bool
        elif kind == "array":
            assert type(value) is list
            assert all(item is None or type(item) is str for item in value)
        else:
            assert type(value) is str
            assert len(value) <= schema.get("maxLength", len(value))
            if schema.get("format") == "date-time":
                assert GLUE["date-time"].fullmatch(value)
            if kind == "object":
                assert type(json.loads(value, parse_constant=refuse_constant)) is dict


@settings(max_examples=200, deadline=None)
@given(st.lists(records, max_size=5), st.booleans())
def test_any_bytes_give_a_valid_answer_with_every_id_once(batches: list[bytes], puts_work: bool) -> None:
    client = Client(lambda stream, entries: [None if puts_work else "InternalFailure"] * len(entries))
    transform = Transform(client=client)
    reply = transform.reply(batch(*batches))
    assert [answer["recordId"] for answer in reply["records"]] == [f"record{n}" for n in range(len(batches))]
    for answer in reply["records"]:
        if answer["result"] == "Ok":
            data = base64.b64decode(answer["data"], validate=True)
            assert data.endswith(b"\n")
            assert b"\n\n" not in data
            for line in data.decode().split("\n")[:-1]:
                assert_fits(json.loads(line, parse_constant=refuse_constant))
        else:
            assert answer["result"] in ("Dropped", "ProcessingFailed")
            assert list(answer) == ["recordId", "result"]
