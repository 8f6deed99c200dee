from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.records import json_values
from clickstream_transform.records.json_values import Broken, JsonValues
from support.transform_harness import Transform, raw_of, rows_of
from support.transform_records import events, scalars

LINES = [b'{"event_name":"a","event_id":"id-%d"}' % number for number in range(3)]


def test_a_broken_line_is_rejected_with_its_bytes_and_reading_goes_on_at_the_next_line() -> None:
    transform = Transform()
    (answer,) = transform(LINES[0] + b'\n{"event_name": oops}\n' + LINES[1] + b"\n\xff\xfe\n" + LINES[2])
    assert [row["event_id"] for row in rows_of(answer)] == ["id-0", "id-1", "id-2"]
    assert [raw_of(reject) for reject in transform.rejects()] == [b'{"event_name": oops}', b"\xff\xfe"]
    assert {reject["reasons"][0]["rule"] for reject in transform.rejects()} == {"invalid_json"}


def test_a_pretty_printed_event_after_a_broken_line_is_still_one_event() -> None:
    (answer,) = Transform()(b"oops\n" + json.dumps(json.loads(LINES[0]), indent=2).encode())
    assert [row["event_id"] for row in rows_of(answer)] == ["id-0"]


def test_a_rejected_element_of_an_array_is_kept_with_its_own_bytes() -> None:
    transform = Transform()
    transform(b'[ {"event_name":"a"} , {"event_name" : 1, "x":[1, 2]} ,3]')
    assert [raw_of(reject) for reject in transform.rejects()] == [b'{"event_name" : 1, "x":[1, 2]}', b"3"]


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


BROKEN = {
    "indented": '{\n  "event_name": "order",\n  "items": [\n    {"event_name": "item"}\n  ],\n  "total": 10 "oops"\n}',
    "not indented": '{\n"event_name": "order",\n"items": [\n{\n"event_name": "item"\n}\n],\n"total": oops\n}',
    "with tabs": '{\n\t"items": [\n\t\t{"event_name": "item"},\n\t\t{"event_name": "item"}\n\t],\n\t"total": ,\n}',
    "with brackets in a text": '{\n  "event_name": "}}]{",\n  "items": [\n    {"event_name": "\\"}"}\n  ] oops\n}',
    "cut off": '{\n  "event_name": "order",\n  "items": [\n    {"event_name": "item"},\n    {"event_name": "second"',
    "cut off at a comma": '{\n  "event_name": "order",\n  "items": [\n    {"event_name": "item"},',
    "cut off in its line": '{"event_name":"a","properties":{"x":[1,',
}


@pytest.mark.parametrize("shape", BROKEN)
@pytest.mark.parametrize("patience", [8, -1])
def test_a_broken_event_is_one_value_and_its_neighbours_are_read(
    shape: str, patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no patience left, the text is read without the quick scanner; nothing may come out otherwise."""
    monkeypatch.setattr(json_values, "_PATIENCE", patience)
    before, after = '{\n  "n": [\n    1\n  ]\n}', '{"n":[{"n":2}],"t":"[\\"{"}'
    found = JsonValues("\n".join([before, BROKEN[shape], after, "3", '"4"', "null"]))
    assert [value for value in found.values if value.__class__ is not Broken] == [
        {"n": [1]},
        {"n": [{"n": 2}], "t": '["{'},
        3,
        "4",
        None,
    ]
    assert [found.raw(index) for index, value in enumerate(found.values) if value.__class__ is Broken] == [
        BROKEN[shape]
    ]
