from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.common.layout import StreamLayout
from clickstream_local.common.window import Window
from clickstream_local.failures import summary
from clickstream_local.failures.examples import example
from clickstream_local.failures.objects import FailedRecord, record_of
from clickstream_local.failures.summary import OTHER_REASONS, Summary, grouped, summarize
from clickstream_local.s3.object_source import FoundObject
from clickstream_local.s3.store import StoreError

HOUR = 3_600_000
STREAM = StreamLayout("clicks", "lake/data/", "lake/errors/")


def failed(raw: bytes, code: str = "Lambda.FunctionError", message: str = "m", arrival: int = HOUR) -> dict[str, Any]:
    data = base64.b64encode(raw).decode()
    return {"rawData": data, "errorCode": code, "errorMessage": message, "arrivalTimestamp": arrival}


class Source:
    """Objects in memory; of each that is read it counts how often."""

    def __init__(self, objects: dict[str, list[dict[str, Any]] | bytes], failing: int = 0) -> None:
        self.objects = objects
        self.failing = failing
        self.listed = self.read = 0

    def walk(self, location: str, window: Window) -> Iterator[FoundObject]:
        for key in self.objects:
            self.listed += 1
            yield FoundObject("lake", key, 1)

    def chunks(self, found: FoundObject) -> Iterator[bytes]:
        if self.failing:
            self.failing -= 1
            raise StoreError("reset")
        self.read += 1
        content = self.objects[found.key]
        if isinstance(content, bytes):
            yield content
        else:
            yield from (json.dumps(one).encode() + b"\n" for one in content)

    def path_of(self, found: FoundObject) -> Path:
        return Path("s3:", found.bucket, found.key)


def summed(source: Source, *fields: str, window: Window | None = None) -> Summary:
    return summarize(source, [STREAM], [STREAM], window or Window(), fields, lambda found: None)


def test_events_are_counted_and_not_records() -> None:
    source = Source({"errors/a": [failed(b'[{"a":1},{"a":2}]'), failed(b'{"a":3}')], "errors/b": [failed(b"x")]})
    ((key, group),) = summed(source, "pipeline", "type", "code").groups.items()
    assert key == ("clicks", "processing-failed", "Lambda.FunctionError")
    assert (group.events, group.records) == (4, 3)


def test_hours_and_the_range_go_by_the_arrival_of_each_record() -> None:
    source = Source({"errors/a": [failed(b"x", arrival=HOUR * place) for place in (1, 2, 2, 3)]})
    found = summed(source, "hour", window=Window(HOUR, 3 * HOUR))
    assert {key: group.events for key, group in found.groups.items()} == {
        ("1970-01-01T01:00Z",): 1,
        ("1970-01-01T02:00Z",): 2,
    }


def test_one_fault_is_one_group_whatever_firehose_quotes_of_the_payload() -> None:
    messages = [f'Data does not match the schema. For input string: "{word}"' for word in ("oops", "seven")]
    source = Source({"errors/a": [failed(b"x", "DataFormatConversion.MalformedData", text) for text in messages]})
    assert list(summed(source, "reason").groups) == [('Data does not match the schema. For input string: "…"',)]


def test_reasons_without_end_share_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "MAX_GROUPS", 3)
    source = Source({"errors/a": [failed(b"x", message=f"reason {'a' * place}") for place in range(9)]})
    groups = summed(source, "reason").groups
    assert len(groups) == 4
    assert groups[(OTHER_REASONS,)].events == 6


def test_a_group_keeps_a_short_example_of_its_first_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or ten thousand groups would hold as many records of up to 1 MB."""
    made: list[FailedRecord] = []
    monkeypatch.setattr(summary, "example", lambda record: made.append(record) or example(record))
    first, second = (json.dumps({"a": letter * 1_000_000}).encode() for letter in "xy")
    ((_, group),) = summed(Source({"errors/a": [failed(first), failed(second)]}), "type").groups.items()
    assert group.example.startswith('{"a": "xxx')
    assert len(group.example) < 200
    assert len(made) == 1


def test_what_holds_no_failed_records_is_named_and_the_others_are_read() -> None:
    source = Source({"errors/a": b"no JSON\n", "errors/b": [failed(b"x")], "errors/c": b"[1]\n"})
    found = summed(source, "type")
    assert found.unreadable == ["s3:/lake/errors/a", "s3:/lake/errors/c"]
    assert [group.events for group in found.groups.values()] == [1]


def test_a_read_that_breaks_off_is_tried_again_and_counts_once() -> None:
    assert [group.events for group in summed(Source({"errors/a": [failed(b"x")]}, 2), "type").groups.values()] == [1]
    with pytest.raises(StoreError, match="reset"):
        summed(Source({"errors/a": [failed(b"x")]}, 3), "type")


def test_a_listing_is_read_as_far_as_objects_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a million keys would be in memory before the first object is read."""
    source = Source({f"errors/{place}": [failed(b"x")] for place in range(200)})
    ahead = []
    summarize(source, [STREAM], [STREAM], Window(), ["type"], lambda found: ahead.append(source.listed - len(ahead)))
    assert len(ahead) == 200
    assert max(ahead) <= 20


def test_when_the_function_failed_is_noted_by_pipeline() -> None:
    codes = {"Lambda.FunctionError": 5, "Lambda.FunctionTimedOut": 9, "Other": 99}
    records = [record_of(failed(b"x", code, arrival=time), Path()) for code, time in codes.items()]
    assert grouped(records, "clicks", ["type"]).calls == {"clicks": (5, 9)}
