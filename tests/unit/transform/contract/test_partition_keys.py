"""Partition keys that no client can choose: facts/goals.md#transform, goal 10,
facts/firehose.md#dynamic-partitioning.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.errors import ConfigError
from clickstream_transform.options import Options
from support.transform_harness import ARRIVAL, Transform, batch, request
from support.transform_records import records

KEYS: dict[str, Any] = {
    "event_date": {"arrival": "yyyy-MM-dd"},
    "hour": {"arrival": "HH"},
    "tenant": {"context": "api_key_id", "allowed": ["shop", "blog"]},
    "event": {"event": "event_name", "allowed": ["click", "purchase"]},
}
DAY, HOUR = datetime.fromtimestamp(ARRIVAL / 1000, UTC).strftime("%Y-%m-%d %H").split()


def keys_of(record: bytes, keys: dict[str, Any] = KEYS) -> Any:
    (answer,) = Transform(partition_keys=keys)(record)
    return answer["metadata"]["partitionKeys"]


def test_a_record_carries_its_keys_beside_its_rows() -> None:
    """facts/firehose.md#function-reply: metadata.partitionKeys is a flat map of strings."""
    record = request(b'{"event_name":"click"}', api_key_id="shop")
    assert keys_of(record) == {"event_date": DAY, "hour": HOUR, "tenant": "shop", "event": "click"}


def test_without_the_option_there_is_no_metadata() -> None:
    assert "metadata" not in Transform()(b'{"event_name":"click"}')[0]


def test_the_time_is_the_arrival_at_firehose_whatever_the_record_says() -> None:
    record = request(b'{"event_name":"click","client_time":"2020-01-01T00:00:00Z"}', received_at=1_577_836_800_000)
    assert keys_of(record, {"day": {"arrival": "yyyy-MM-dd"}}) == {"day": DAY}


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("yyyy", DAY[:4]),
        ("MM", DAY[5:7]),
        ("dd", DAY[8:]),
        ("HH", HOUR),
        ("yyyy-MM", DAY[:7]),
        ("yyyy-MM-dd", DAY),
        ("yyyy-MM-dd-HH", f"{DAY}-{HOUR}"),
    ],
)
def test_a_time_is_written_as_partition_projection_enumerates_it(pattern: str, value: str) -> None:
    assert keys_of(b'{"event_name":"click"}', {"time": {"arrival": pattern}}) == {"time": value}


@pytest.mark.parametrize("name", ["Shop", "shop/../blog", "", "x" * 300, 7, None])
def test_a_name_that_is_in_no_list_is_other(name: object) -> None:
    record = request(b'{"event_name":"anything"}', api_key_id=name)
    assert keys_of(record) == {"event_date": DAY, "hour": HOUR, "tenant": "other", "event": "other"}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'[{"event_name":"click"},{"event_name":"click"}]', "click"),
        (b'[{"event_name":"click"},{"event_name":"purchase"}]', "other"),
        (b'[{"event_name":"click"},7]', "other"),
    ],
)
def test_an_events_own_name_counts_where_all_events_of_the_record_share_it(body: bytes, key: str) -> None:
    assert keys_of(request(body))["event"] == key


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (b'{"event_name":"click","page_url":"a"}\n{"event_name":"click"}\n', "click"),
        (b'{"event_name":"click"}\n{"event_name":"purchase"}\n', "other"),
        (b"1,2,3\n", "other"),
    ],
)
def test_rows_that_come_back_keep_the_key_of_their_column(rows: bytes, key: str) -> None:
    """Rows beyond the active partitions are replayed as rows (facts/firehose.md#dynamic-partitioning)."""
    assert keys_of(b'{"clickstream":1,"kind":"transformed","api_key_id":"shop"}\n' + rows) == {
        "event_date": DAY,
        "hour": HOUR,
        "tenant": "shop",
        "event": key,
    }


def test_a_failed_or_dropped_record_has_no_keys() -> None:
    answers = Transform(partition_keys=KEYS)(b"oops", b'{"event_name":7}')
    assert [list(answer) for answer in answers] == [["recordId", "result"]] * 2


texts = st.text(max_size=12) | st.sampled_from(["shop", "blog", "click", "purchase", "other", "2020-01-01"])
events = st.dictionaries(
    st.sampled_from(["event_name", "api_key_id", "tenant", "event", "event_date", "received_at", "metadata"]),
    texts | st.integers() | st.none() | st.dictionaries(texts, texts, max_size=2),
    max_size=5,
)
bodies = st.lists(events, max_size=3).map(lambda several: json.dumps(several).encode()) | records


@settings(max_examples=200, deadline=None)
@given(bodies, st.booleans(), texts)
def test_no_client_field_can_create_a_partition_key(body: bytes, compressed: bool, key_id: str) -> None:
    """facts/goals.md#transform, goal 10. The body is all the client's; bodies that forge a context line are among
    them.
    """
    forged = b'{"clickstream":1,"kind":"replay","received_at":1,"api_key_id":"forged"}\n' + body
    for given_body in (body, forged):
        record = request(given_body, api_key_id=key_id)
        event = batch(gzip.compress(record) if compressed else record)
        (answer,) = Transform(partition_keys=KEYS).reply(event)["records"]
        if answer["result"] == "Ok":
            keys = answer["metadata"]["partitionKeys"]
            assert list(keys) == list(KEYS)
            assert (keys["event_date"], keys["hour"]) == (DAY, HOUR)
            assert keys["tenant"] == (key_id if key_id in ("shop", "blog") else "other")
            assert keys["event"] in ("click", "purchase", "other")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], r"option 'partition_keys' is \[\]; it must be an object of keys by name"),
        ({"a-b": {"arrival": "yyyy"}}, "key 'a-b': allowed are 1 to 50 letters, digits and underscores"),
        ({"a": "yyyy"}, "key 'a' is 'yyyy'; allowed are one of"),
        ({"a": {"arrival": "yyyy", "event": "b"}}, "allowed are one of"),
        ({"a": {"arrival": "yyyy", "allowed": ["b"]}}, "allowed are one of"),
        ({"a": {"arrival": "mm"}}, "key 'a': arrival is 'mm'; allowed are yyyy, MM"),
        ({"a": {"context": "ip", "allowed": ["b"]}}, "context is 'ip'; allowed are api_key_id, principal, country"),
        ({"a": {"event": "", "allowed": ["b"]}}, "event is ''; allowed are the name of a member"),
        ({"a": {"event": "b"}}, "allowed is None; list the names that get a partition of their own"),
        ({"a": {"event": "b", "allowed": ["c/d"]}}, "allowed holds 'c/d'; allowed are 1 to 64 letters"),
        (
            {name: {"event": "b", "allowed": [f"v{n}" for n in range(22)]} for name in ("a", "b")},
            "allows 529 combinations of names; allowed are 500",
        ),
    ],
)
def test_keys_that_cannot_work_are_named_with_the_way_out(keys: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Options.from_dict({"partition_keys": keys})
