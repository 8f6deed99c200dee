"""Whatever comes in, the answer is valid, complete and under the limit: transforms.md section 8, goals 1, 2 and 8."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.contract.record_result import LIMIT
from clickstream_transform.errors import UndecodableRecordError
from clickstream_transform.records.inflate import InflateBudget
from clickstream_transform.records.json_values import Broken, JsonValues
from support.transform_harness import CLICK_SCHEMA, Client, Transform, batch, request, rows_of

COLUMNS = CLICK_SCHEMA["properties"]
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2026-11-21T10:00:00.000Z")
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
events = st.dictionaries(st.sampled_from([*COLUMNS, "other", "Other"]), values, max_size=8).map(
    lambda event: {"event_name": "click"} | event
)
bodies = (
    st.binary(max_size=200)
    | events.map(lambda event: json.dumps(event).encode())
    | events.map(lambda event: json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | st.lists(events, max_size=3).map(lambda several: json.dumps(several, indent=1).encode())
)
records = st.lists(bodies, max_size=4).map(b"\n".join)
records = records | records.map(request) | records.map(gzip.compress)

GLUE = {"date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")}


def refuse_constant(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")


def assert_fits(row: dict[str, Any]) -> None:
    """The row holds what its columns' Glue types take (transforms.md 8, goal 8)."""
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


@settings(max_examples=100, deadline=None)
@given(st.lists(records, min_size=1, max_size=4), st.integers(0, 4))
def test_good_records_do_not_depend_on_their_neighbours(poison: list[bytes], place: int) -> None:
    good = [b'{"event_name":"a","event_id":"%d","page_title":"\xc3\xa9"}' % number for number in range(5)]
    clean = Transform().reply(batch(*good))["records"]
    event = batch(*good)
    for number, data in enumerate(poison):
        event["records"].insert(place, {"recordId": f"poison{number}", "data": base64.b64encode(data).decode()})
    answers = Transform().reply(event)["records"]
    assert [answer for answer in answers if answer["recordId"].startswith("record")] == clean


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 700), st.integers(0, 6_000)), min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from(["requeue", "fail"]),
)
def test_an_answer_is_never_above_the_limit(shapes: list[tuple[int, int]], inflated: bool, overflow: str) -> None:
    data = []
    for number, (count, size) in enumerate(shapes):
        lines = b"\n".join(
            b'{"event_name":"e","event_id":"%d-%d","x":"%s"}' % (number, index, b"y" * size) for index in range(count)
        )
        data.append(gzip.compress(lines, 1) if inflated else lines)
    transform = Transform(overflow=overflow)
    reply = transform.reply(batch(*data))
    assert len(json.dumps(reply)) <= LIMIT
    assert len(reply["records"]) == len(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(events | scalars, max_size=5), st.sampled_from(["\n", " ", "", "\r\n"]))
def test_raw_gives_back_the_text_of_every_value(several: list[Any], separator: str) -> None:
    texts = [json.dumps(event, indent=1) for event in several]
    if separator == "":
        texts = [f"{text} " for text in texts]
    found = JsonValues(separator.join(texts))
    assert [json.dumps(json.loads(found.raw(index))) for index in range(len(several))] == [
        json.dumps(e) for e in several
    ]
    array = JsonValues(" [" + f" {separator},".join(texts) + "] ")
    assert [json.dumps(json.loads(array.raw(index))) for index in range(len(several))] == [
        json.dumps(e) for e in several
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='{}[],:"\\ \nab1é', max_size=60))
def test_every_character_but_space_belongs_to_one_value_or_to_one_broken_line(text: str) -> None:
    found = JsonValues(text, explode=False)
    pieces = [found.raw(index) for index in range(len(found.values))]
    assert "".join("".join(pieces).split()) == "".join(text.split())
    for value, piece in zip(found.values, pieces, strict=True):
        if value.__class__ is not Broken:
            assert json.loads(piece) == value


@pytest.mark.parametrize("line", ["[\n", "[1,\n", '{"a":\n', '"\n', "[" * 2000 + "\n", '{"a":[1,2,3],\n'])
def test_hostile_lines_are_read_in_time_that_grows_with_their_length(line: str) -> None:
    """A quadratic reader takes minutes for these 400 kB; the suite's patience is seconds."""
    import time

    text = line * (400_000 // len(line)) + '{"event_name":"a"}'
    start = time.process_time()
    values = JsonValues(text).values
    assert time.process_time() - start < 10
    assert values[-1] == {"event_name": "a"}


@given(st.binary(max_size=100), st.integers(0, 120))
def test_inflating_is_exact_at_its_bound(data: bytes, bound: int) -> None:
    budget = InflateBudget(bound, 1_000)
    if len(data) <= bound:
        assert budget.inflate(gzip.compress(data)) == data
    else:
        with pytest.raises(UndecodableRecordError, match="inflated_too_large"):
            budget.inflate(gzip.compress(data))


def test_a_batch_of_one_good_record_in_a_thousand_poisoned_ones_delivers_it() -> None:
    poison = [b"{", b"[" * 2000, b"\xff", b"", b'{"event_name":1}'] * 200
    answers = Transform()(*poison[:500], b'{"event_name":"good"}', *poison[500:])
    assert len(answers) == 1_001
    assert rows_of(answers[500])[0]["event_name"] == "good"
