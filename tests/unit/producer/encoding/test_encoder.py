"""The encoder: what comes in, and what leaves as one line of JSON."""

from __future__ import annotations

import datetime as dt
import enum
import json
import re
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream_producer import EventTooLarge, InvalidEvent
from clickstream_producer.encoding import encoder as encoder_module
from clickstream_producer.encoding.encoder import Encoder

encode = Encoder().encode

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def decoded(event: object) -> Any:
    return json.loads(encode(event))


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_a_mapping_comes_back_as_it_was_with_two_stamps(event: dict[str, Any]) -> None:
    back = decoded(event)
    stamps = {name: back.pop(name) for name in ("event_id", "client_time") if event.get(name) is None}
    for name in stamps:
        event.pop(name, None)
    assert back == event


@given(json_values, st.sampled_from([None, 1, "\t"]))
def test_any_layout_of_json_text_becomes_one_line_that_means_the_same(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    data = encode(text)
    assert b"\n" not in data
    assert b"\r" not in data
    assert json.loads(data) == value


def test_json_is_compact_and_text_stays_utf_8() -> None:
    data = encode({"event_id": "1", "client_time": "t", "page_title": "Zürich\n€"})
    assert data == '{"event_id":"1","client_time":"t","page_title":"Zürich\\n€"}'.encode()


def test_an_event_gets_a_random_uuid_and_the_time_where_it_has_none() -> None:
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    event = decoded({"event_name": "click"})
    assert uuid.UUID(event["event_id"]).version == 4
    assert uuid.UUID(event["event_id"]).variant == uuid.RFC_4122
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["client_time"])
    assert before <= dt.datetime.fromisoformat(event["client_time"]) <= dt.datetime.now(dt.UTC)


def test_ids_differ_from_event_to_event() -> None:
    assert len({decoded({})["event_id"] for _ in range(1000)}) == 1000


def test_id_and_time_that_the_caller_gave_stay() -> None:
    event = decoded({"event_id": "mine", "client_time": "2026-01-02T03:04:05Z"})
    assert event == {"event_id": "mine", "client_time": "2026-01-02T03:04:05Z"}


def test_the_mapping_of_the_caller_is_not_changed() -> None:
    event = {"event_name": "click", "properties": {"a": 1}}
    encode(event)
    assert event == {"event_name": "click", "properties": {"a": 1}}


@pytest.mark.parametrize("kind", [OrderedDict, MappingProxyType])
def test_any_mapping_is_an_event(kind: Any) -> None:
    assert decoded(kind({"event_name": "click"}))["event_name"] == "click"


def test_a_dataclass_is_an_event_nested_ones_included() -> None:
    @dataclass
    class Item:
        sku: str

    @dataclass(frozen=True, slots=True)
    class Order:
        event_name: str
        items: tuple[Item, ...]
        event_id: str | None = None

    event = decoded(Order("order", (Item("a"), Item("b"))))
    assert event["items"] == [{"sku": "a"}, {"sku": "b"}]
    assert len(event["event_id"]) == 32


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2026, 1, 2, 3, 4, 5, 678901, dt.UTC), "2026-01-02T03:04:05.678Z"),
        (dt.datetime(2026, 1, 2, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2026-01-01T23:00:00.000Z"),
        (dt.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05.000Z"),  # noqa: DTZ001 - one without a zone is meant
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.time(3, 4), "03:04:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Colour.RED, "red"),
        (Decimal("12.50"), 12.5),
        (Decimal("12"), 12),
        (MappingProxyType({"a": 1}), {"a": 1}),
    ],
)
def test_values_that_json_does_not_know_get_their_customary_form(value: object, text: object) -> None:
    assert decoded({"value": value, "list": [value]})["list"] == [text]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity"), {1, 2}, b"x", object()]
)
def test_a_value_without_a_json_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidEvent):
        encode({"properties": {"value": value}})


@pytest.mark.parametrize("event", [None, 3, ["event"], object(), dict])
def test_what_is_not_an_event_is_refused_by_its_type(event: object) -> None:
    with pytest.raises(InvalidEvent, match=f"type {type(event).__name__}"):
        encode(event)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a":1}{"b":2}',
        '{"a":1}\n{"b":2}',
        "{'a':1}",
        '{"a":NaN}',
        "-Infinity",
        '"a\nb"',
        "\ufeff",
        "\ufeff\ufeff{}",
    ],
)
@pytest.mark.parametrize("kind", [str, bytes])
def test_text_that_is_not_one_json_value_is_refused(text: str, kind: type) -> None:
    with pytest.raises(InvalidEvent):
        encode(text if kind is str else text.encode())


def test_the_verdict_on_text_is_the_same_without_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "_skim", None)
    assert encode('{"a": 1e999, "b": 1' + "0" * 5000 + "}")
    with pytest.raises(InvalidEvent, match=r"not one JSON value: .* at character 7"):
        encode('{"a":1}{}')


SPOILING = [*b'"\\{}[],:-+.eE0123456789nulltruefalseNaN\t\x00\x1f\x7f \xff\xc3\xed\xa0\x80', None]


@given(json_values, st.lists(st.tuples(st.integers(0, 200), st.sampled_from(SPOILING)), max_size=3), st.booleans())
def test_the_verdict_on_bytes_is_the_standard_library_s(
    value: object, changes: list[tuple[int, int | None]], ensure_ascii: bool
) -> None:
    data = bytearray(json.dumps(value, ensure_ascii=ensure_ascii).encode("utf-8", "replace"))
    for place, byte in changes:
        at = place % (len(data) + 1)
        data[at : at + (byte is None)] = b"" if byte is None else bytes([byte])
    given_bytes = bytes(data)
    assert taken(Encoder(), given_bytes) == is_json(given_bytes)


few_json_values = st.lists(json_values.map(lambda value: json.dumps(value, ensure_ascii=False)), min_size=1, max_size=4)


@given(few_json_values, st.lists(st.tuples(st.integers(0, 400), st.sampled_from([*SPOILING, *b"\n\r"])), max_size=2))
def test_events_that_are_looked_at_together_pass_only_where_each_is_given_back_as_it_is(
    texts: list[str], changes: list[tuple[int, int | None]]
) -> None:
    events = [bytearray(text.encode("utf-8", "replace")) for text in texts]
    for place, byte in changes:
        event = events[place % len(events)]
        at = place % (len(event) + 1)
        event[at : at + (byte is None)] = b"" if byte is None else bytes([byte])
    together = [bytes(event) for event in events]
    as_they_are = [is_json(event) and not {10, 13} & set(event) for event in together]
    for checked in (Encoder(), standard_encoder()):
        passed = checked.are_encoded(together)
        assert all(as_they_are) or not passed
        assert passed or changes or not all(as_they_are) or any(text != text.strip() for text in texts)
    if Encoder(check_json=False).are_encoded(together):
        assert [Encoder(check_json=False).encode(event) for event in together] == together


def standard_encoder() -> Encoder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder_module, "_skim", None)
        return Encoder()


@pytest.mark.parametrize("check_json", [True, False])
@pytest.mark.parametrize(
    "events",
    [
        [b"1", "2"],
        [b"1", bytearray(b"2")],
        [b"1", {"a": 1}],
        [b'"' + b"x" * encoder_module.TOGETHER + b'"'],
        [b"1\n"],
        [b"1", b"\r2"],
    ],
    ids=["text", "not bytes", "mapping", "too much", "newline", "carriage return"],
)
def test_events_that_need_work_are_not_passed_together(events: list[object], check_json: bool) -> None:
    assert not Encoder(check_json=check_json).are_encoded(events)


@pytest.mark.parametrize("halves", [[b'"\xc3"', b'"\xa9"'], [b'{"a":1', b'"b":2}'], [b"[1", b"2]"]])
def test_two_halves_do_not_make_a_whole(halves: list[bytes]) -> None:
    assert not Encoder().are_encoded(halves)
    assert not standard_encoder().are_encoded(halves)


def taken(encoder: Encoder, data: bytes) -> bool:
    try:
        return bool(encoder.encode(data)) or True
    except InvalidEvent:
        return False


def is_json(data: bytes) -> bool:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(data.decode(), parse_constant=refuse)
    except ValueError:
        return False
    return True


def test_text_keeps_the_spelling_of_its_numbers() -> None:
    assert encode('{"a":1.10,\r\n"b":123456789012345678901234567890,"c":1E+2}') == (
        b'{"a":1.10,  "b":123456789012345678901234567890,"c":1E+2}'
    )


def test_bytes_that_are_not_utf_8_are_refused_with_the_place() -> None:
    with pytest.raises(InvalidEvent, match="not UTF-8: invalid start byte at byte 6"):
        encode(b'{"a":"\xff"}')


def test_half_of_a_surrogate_pair_costs_one_character_not_the_event() -> None:
    assert decoded({"text": "cut \ud83d", "whole": "\U0001f600"})["text"] == "cut \ufffd"
    assert decoded({"text": "cut \ud83d", "whole": "\U0001f600"})["whole"] == "\U0001f600"


def test_an_event_that_contains_itself_is_refused() -> None:
    event: dict[str, Any] = {}
    event["self"] = event
    with pytest.raises(InvalidEvent, match="contains itself"):
        encode(event)
    assert encode({"again": [1]})


@pytest.mark.parametrize("text", ["[" * 200_000 + "]" * 200_000, b"[" * 200_000])
def test_text_nested_without_end_is_refused_not_a_crash(text: str | bytes) -> None:
    with pytest.raises(InvalidEvent, match="nested too deeply"):
        encode(text)


def test_a_mapping_nested_without_end_is_refused_not_a_crash() -> None:
    event: dict[str, Any] = {}
    for _ in range(100_000):
        event = {"a": event}
    with pytest.raises(InvalidEvent, match="nested too deeply"):
        encode(event)


def test_the_largest_event_fills_a_record_with_its_newline() -> None:
    # facts/firehose.md#put-records: Record.Data holds 1,024,000 raw bytes.
    assert len(encode('"' + "x" * (1_023_999 - 2) + '"')) == 1_023_999
    with pytest.raises(EventTooLarge, match="1,024,000 bytes as JSON; the limit is 1,023,999") as error:
        encode('"' + "x" * (1_024_000 - 2) + '"')
    assert (error.value.size, error.value.limit) == (1_024_000, 1_023_999)


def test_the_message_of_an_invalid_event_does_not_hold_the_event() -> None:
    with pytest.raises(InvalidEvent) as error:
        encode('{"password": "hunter2"')
    assert "hunter2" not in repr(error.value)
    assert error.value.__cause__ is None


def test_unchecked_text_goes_as_it_is_unless_it_has_line_breaks() -> None:
    unchecked = Encoder(check_json=False).encode
    assert unchecked(b"{not json") == b"{not json"
    with pytest.raises(InvalidEvent):
        unchecked(b"{not\njson")


class Model:
    """What pydantic's models can do, as far as the encoder asks."""

    def model_dump(self, *, mode: str = "python", by_alias: bool) -> dict[str, Any]:
        assert by_alias
        return {"eventName": "order", "at": "2026-01-02T03:04:05Z"}


def test_a_pydantic_model_is_an_event_by_its_aliases() -> None:
    event = decoded(Model())
    assert (event["eventName"], len(event["event_id"])) == ("order", 32)
    assert decoded({"nested": Model()})["nested"]["eventName"] == "order"
    with pytest.raises(InvalidEvent, match="an event of type type cannot be sent"):
        encode(Model)


@pytest.fixture
def pydantic() -> Any:
    return pytest.importorskip("pydantic", reason="pydantic is not installed")


ZONED = dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Decimal, Decimal("12.50"), 12.5),
        (Decimal, Decimal("12"), 12),
        (list[Decimal], [Decimal("3.20")], [3.2]),
        (tuple[Decimal, ...], (Decimal("3.20"),), [3.2]),
        (dict[str, Decimal], {"a": Decimal("3.20")}, {"a": 3.2}),
        (dict[int, Decimal], {1: Decimal("3.20")}, {"1": 3.2}),
        (Decimal | None, None, None),
        (dt.datetime, ZONED, "2026-01-01T10:00:00.000Z"),
        (dt.datetime, dt.datetime(2026, 1, 1, 12), "2026-01-01T12:00:00.000Z"),  # noqa: DTZ001 - is taken to be UTC
        (dt.date, dt.date(2026, 1, 2), "2026-01-02"),
        (Colour, Colour.RED, "red"),
        (uuid.UUID, uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (float, 1.5, 1.5),
        (dt.timedelta, dt.timedelta(hours=1), "PT1H"),  # pydantic's own form, where a dict has none
    ],
    ids=str,
)
def test_a_value_in_a_pydantic_model_has_the_form_that_it_has_in_a_dict(
    pydantic: Any, kind: Any, value: object, text: object
) -> None:
    inner = pydantic.create_model("Inner", value=(kind, ...))(value=value)
    outer = pydantic.create_model("Outer", inner=(type(inner), ...), value=(kind, ...))(inner=inner, value=value)
    event = decoded(outer)
    assert (event["value"], event["inner"]["value"]) == (text, text)
    assert decoded({"properties": [inner]})["properties"][0]["value"] == text


def test_a_serializer_of_the_model_has_the_last_word(pydantic: Any) -> None:
    class Order(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        price: Decimal = Decimal("12.50")
        at: dt.datetime = ZONED

        @pydantic.field_serializer("price", "at", when_used="json")
        def _text(self, value: object) -> str:
            return f"about {value}"

    event = decoded(Order())
    assert (event["price"], event["at"]) == ("about 12.50", f"about {ZONED}")


@pytest.mark.parametrize("value", [float("nan"), Decimal("Infinity")])
def test_a_number_that_is_none_is_refused_in_a_model_as_in_a_dict(pydantic: Any, value: object) -> None:
    with pytest.raises(InvalidEvent):
        encode(pydantic.create_model("Order", value=(Any, ...))(value=value))


def test_a_model_that_is_no_object_is_refused(pydantic: Any) -> None:
    with pytest.raises(InvalidEvent, match="an event of type Numbers cannot be sent"):
        encode(pydantic.create_model("Numbers", __base__=pydantic.RootModel[list[int]])([1]))


@pytest.mark.parametrize("text", ["1E+309", "1E+200000", "-7E+200001", "1E-400", "0." + "0" * 500 + "1", "1" * 1_000])
def test_a_decimal_beyond_a_double_is_refused_before_its_digits_are_written(text: str) -> None:
    with pytest.raises(InvalidEvent, match="outside of what a double holds"):
        encode({"properties": {"value": Decimal(text)}})


@pytest.mark.parametrize("text", ["1E+308", "5E-324", "0E+200000", "0E-200000", "1E+22"])
def test_a_decimal_that_a_double_holds_is_that_number(text: str) -> None:
    assert float(decoded({"value": Decimal(text)})["value"]) == float(text)


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-5))),
        dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=5))),
    ],
)
def test_a_time_that_utc_cannot_hold_is_refused(moment: dt.datetime) -> None:
    with pytest.raises(InvalidEvent, match="before year 1 or after year 9999"):
        encode({"properties": {"at": moment}})


@pytest.mark.parametrize(
    "names",
    [{1: "a", "1": "b"}, {True: "a", "true": "b"}, {None: "a", "null": "b"}, {1.5: "a", "1.5": "b"}],
    ids=str,
)
@pytest.mark.parametrize("place", [lambda d: d, lambda d: {"p": d}, lambda d: {"p": [(MappingProxyType(d),)]}])
def test_two_names_that_are_one_in_json_are_refused(names: dict[Any, str], place: Any) -> None:
    with pytest.raises(InvalidEvent, match="are one in JSON"):
        encode(place(names))


def test_two_names_that_become_one_without_their_surrogates_are_refused() -> None:
    with pytest.raises(InvalidEvent, match="two names of the event become one"):
        encode({"properties": {"\ud800": 1, "\ud801": 2}})  # noqa: F601 - ruff cannot tell them apart
    assert decoded({"properties": {"\ud800": 1, "a": "\ud801"}})["properties"] == {"\ufffd": 1, "a": "\ufffd"}


def test_names_that_are_no_text_are_written_as_text() -> None:
    assert decoded({"properties": {1: "a", 2.5: "b", None: "c", "d": "e"}})["properties"] == {
        "1": "a",
        "2.5": "b",
        "null": "c",
        "d": "e",
    }


@pytest.mark.parametrize("event", ['\ufeff{"a":1}', b'\xef\xbb\xbf{"a":1}', bytearray(b'\xef\xbb\xbf{"a":1}')])
def test_a_byte_order_mark_is_left_out(event: object) -> None:
    assert encode(event) == b'{"a":1}'


def test_what_the_code_of_an_event_raises_is_an_invalid_event_without_its_text() -> None:
    class Broken(dict[str, object]):
        def items(self) -> Any:
            raise LookupError("secret")

        __iter__ = keys = __getitem__ = items  # type: ignore[assignment]

    class Lazy(Mapping[str, object]):
        __len__ = __iter__ = __getitem__ = lambda self, *_: Broken().items()  # type: ignore[assignment]

    for event in (Lazy(), {"properties": Lazy()}):
        with pytest.raises(InvalidEvent, match="it raises LookupError") as refused:
            encode(event)
        assert "secret" not in str(refused.value)
