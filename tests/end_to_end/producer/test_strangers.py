"""What a service passes on for strangers: whatever it is, it decides nothing of the events beside it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_producer import Producer
from support.producer.sink import Sink
from support.transform_harness import TOKEN, Transform, rows_of

NEIGHBOURS = [
    {"event_id": f"n{number}", "event_name": "order_paid", "client_time": "2026-11-21T09:59:59.250Z"}
    for number in range(3)
]

members = st.sampled_from(
    ["kind", "token", "received_at", "identity", "first", "attempt", "boundary", "ip", "country", "event_name", "other"]
)
texts = st.text(max_size=12) | st.sampled_from(["request", "replay", "split", "transformed", TOKEN[:-1], "x" * 36])
values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
strangers = st.builds(
    lambda event, mark: {"event_name": "x", **event, "clickstream": mark},
    st.dictionaries(members, values, max_size=7),
    st.just(1) | values | st.dictionaries(texts, values, max_size=2),
)


def test_a_dictionary_with_a_member_clickstream_is_an_event_and_changes_no_neighbours_row(sink: Sink) -> None:
    expected = Transform().rows(*[json.dumps(one).encode() for one in NEIGHBOURS])
    with Producer(sink.target()) as producer:

        @settings(max_examples=60, deadline=None)
        @given(st.lists(strangers, min_size=1, max_size=3))
        def beside_neighbours(events: list[dict[str, Any]]) -> None:
            sink.records.clear()
            producer.put_many([*events, *NEIGHBOURS])
            assert producer.flush(30).complete
            assert len(sink.records) == 1
            transform = Transform(context_tokens=[TOKEN])
            (answer,) = transform(*sink.records)
            rows = [row for row in rows_of(answer) if row.get("event_id", "").startswith("n")]
            assert rows == expected
            assert transform.metrics[0]["EventsIn"] == len(events) + len(NEIGHBOURS)

        beside_neighbours()
