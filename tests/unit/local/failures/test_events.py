from __future__ import annotations

import gzip
import json

import pytest

from clickstream_local.failures.events import events_of

LINE = b'{"clickstream":1,"kind":"request","boundary":"b1"}\n'
LOGS = json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1"}, {"id": "2"}]}).encode()


@pytest.mark.parametrize(
    ("record", "count"),
    [
        (b'{"event_name":"a"}\n', 1),
        (b'[{"event_name":"a"},{"event_name":"b"}]', 2),
        (b'{"event_name":"a"}\n{"event_name":"b"}\n{"event_name":"c"}', 3),
        (b'{\n "event_name": "a"\n}\n{\n "event_name": "b"\n}\n', 2),
        (LINE + b'[{"event_name":"a"},{"event_name":"b"}]\nb1\n', 2),
        (gzip.compress(LINE + b'{"event_name":"a"}\nb1\n'), 1),
        (gzip.compress(LOGS), 2),
        (LOGS + b'{"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "0"}]}' + LOGS, 4),
        (b'{"event_name":"a"}\nnonsense\n{"event_name":"b"}\n', 3),
        (b"nonsense", 1),
        (b"", 1),
        (b"\x1f\x8bnonsense", 1),
    ],
)
def test_the_events_of_a_record_are_counted_however_they_stand_in_it(record: bytes, count: int) -> None:
    assert events_of(record).count == count


def test_the_first_event_that_can_be_read_is_told() -> None:
    assert events_of(b'nonsense\n{"event_name":"b"}\n').first == {"event_name": "b"}
    assert events_of(b"nonsense").first is None
