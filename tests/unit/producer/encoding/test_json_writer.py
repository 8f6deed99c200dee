"""What orjson writes, and refuses, is what the standard library would have."""

from __future__ import annotations

import datetime as dt
import enum
import json
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream_producer import InvalidEvent
from clickstream_producer.encoding import json_writer
from clickstream_producer.encoding.encoder import Encoder

encode = Encoder().encode


def decoded(event: object) -> Any:
    return json.loads(encode(event))


class Colour(enum.Enum):
    RED = "red"


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(
        ["null", Colour.RED, {1}, b"x", Decimal("NaN"), dt.date(2026, 1, 2), MappingProxyType({"a": None}), "\ud83d"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=3) | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), anything, max_size=4))
def test_orjson_and_the_standard_library_write_the_same_and_refuse_the_same(event: dict[str, Any]) -> None:
    stamped = {**event, "event_id": "1", "client_time": "t"}
    orjson = json_writer.orjson
    assert orjson is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_writer, "orjson", None)
        try:
            expected = json.loads(Encoder().encode(stamped))
        except InvalidEvent:
            expected = InvalidEvent
    if expected is InvalidEvent:
        with pytest.raises(InvalidEvent):
            encode(stamped)
    else:
        assert decoded(stamped) == expected


def test_what_is_already_json_for_orjson_is_not_taken_unchecked() -> None:
    orjson = pytest.importorskip("orjson", reason="orjson is not installed")
    with pytest.raises(InvalidEvent, match="type Fragment has no JSON form"):
        encode({"properties": orjson.Fragment(b'{\n"a":1}')})
