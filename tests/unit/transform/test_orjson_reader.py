"""Reading with orjson gives what reading without it gives: transforms.md 7, "use the same verdicts with both"."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings

from clickstream_transform.errors import ConfigError
from clickstream_transform.records.envelope import read_json
from clickstream_transform.records.orjson_reader import make_reader
from support.transform_harness import Transform, request, rows_of
from unit.transform.test_any_input import bodies

pytest.importorskip("orjson")


def assert_read_alike(body: bytes, explode: bool) -> None:
    ours, theirs = make_reader()(body, explode), read_json(body, explode)
    assert repr(ours.values) == repr(theirs.values)
    assert [ours.raw(n) for n in range(ours.count)] == [theirs.raw(n) for n in range(theirs.count)]


@settings(max_examples=300, deadline=None)
@given(bodies)
def test_any_body_is_read_alike(body: bytes) -> None:
    for explode in (True, False):
        assert_read_alike(body, explode)
        assert_read_alike(body + b" \r\n", explode)


@pytest.mark.parametrize(
    "value",
    [
        b"1180591620717411303424",
        b"18446744073709551616",
        b"-9223372036854775809",
        b"1e400",
        b"-0",
        b"-0.0",
        b"1E5",
        b"NaN",
        b"Infinity",
        b'"\\ud83d"',
        b'"\\ud83d\\ude00"',
        b'"\xff"',
        b"9" * 5_000,
        b"[" * 100_000,
        b'{"a":1,"b":2,"a":3}',
        b"\xef\xbb\xbf1",
    ],
    ids=range(16),
)
def test_what_the_two_parsers_see_differently_is_read_alike(value: bytes) -> None:
    for body in (b'{"a":%b}' % value, b"[1,%b]" % value, value, b'{"a":%b}{"b":1}\n{oops' % value):
        assert_read_alike(body, True)


def test_the_rows_are_the_same_bytes() -> None:
    record = request(b'[{"event_name":"a","value":1e22,"properties":{"n":[1.50,-0,12345678901234567890]}},7]')
    with_it, without = Transform(json_reader="orjson"), Transform()
    assert with_it(record) == without(record)
    assert rows_of(with_it(record)[0])[0]["value"] == 1e22


def test_without_the_wheel_the_option_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orjson", None)
    with pytest.raises(ConfigError, match=r"'orjson', which cannot be imported; put its wheel .* beside the package"):
        Transform(json_reader="orjson")
