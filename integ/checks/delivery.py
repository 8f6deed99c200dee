"""What becomes of records: rows, rejects, failures, partitions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from clickstream_producer import Producer
from integ.check import Steps, check
from integ.deployment import Deployment
from integ.names import PARTITIONS
from integ.outcome import expect, holds

UNDECODABLE = b"\x00\xffno event"
FULL_EVENT: dict[str, Any] = {
    "event_name": "click",
    "client_time": "2026-01-02T03:04:05.678Z",
    "anonymous_id": "Visitor-1",
    "page_url": "https://shop.example/Cart?size=42&utm_source=Letter",
    "page_title": "Über uns – \U0001f6d2",
    "element_classes": ["Buy", "now"],
    "pos_x": 17,
    "value": 12.5,
    "currency": "EUR",
    "properties": {"CamelKey": {"InnerKey": 1}, "list": [1, "two"]},
}
EXPECTED_COLUMNS: dict[str, Any] = {
    "event_name": "click",
    "client_time": datetime(2026, 1, 2, 3, 4, 5, 678_000),  # noqa: DTZ001 - as Parquet has it, without a zone
    "anonymous_id": "Visitor-1",
    "page_host": "shop.example",
    "page_path": "/Cart",
    "utm_source": "Letter",
    "page_title": "Über uns – \U0001f6d2",
    "element_classes": ["Buy", "now"],
    "pos_x": 17,
    "value": 12.5,
    "currency": "EUR",
}


@check("columns-by-name")
def columns_by_name(on: Deployment) -> Steps:
    """Every column of an event is read by its own name, and what is inside free objects keeps its case."""
    event_id = on.event_id("columns")
    answer = on.post("Main", FULL_EVENT | {"event_id": event_id})
    expect(answer.status == 202, f"the request was answered {answer.status}")
    yield
    row = on.wait_for_rows("Main", [event_id])[event_id]
    wrong = sorted(name for name, value in EXPECTED_COLUMNS.items() if plain(row.get(name)) != value)
    expect(not wrong, f"columns with another value: {', '.join(wrong)}")
    expect(json.loads(row["properties"]) == FULL_EVENT["properties"], "the free object came out changed")
    empty = [name for name in ("event_time", "received_at", "ip_address", "event_fingerprint") if row.get(name) is None]
    expect(not empty, f"the server's columns are empty: {', '.join(empty)}")
    return holds(f"{len(EXPECTED_COLUMNS) + 1} columns have the values that were sent, in Parquet itself")


@check("rejected-events")
def rejected_events(on: Deployment) -> Steps:
    """One bad event of three is kept with its reasons, and its neighbours are rows."""
    good = [on.event_id("neighbour-1"), on.event_id("neighbour-2")]
    bad = on.event_id("rejected")
    events: list[dict[str, Any]] = [
        {"event_name": "click", "event_id": event_id} for event_id in (good[0], bad, good[1])
    ]
    events[1]["is_bot"] = True
    events[1]["session_number"] = "seven"
    answer = on.post("Main", events)
    expect(answer.status == 202, f"the request was answered {answer.status}")
    yield
    on.wait_for_rows("Main", good)
    line = on.wait_for_rejected("Main", bad)
    expect({"reasons", "reject_id"} <= set(line), "the rejected event has no reasons, or no id of its own")
    expect("session_number" in str(line["reasons"]), "the reasons do not name the member that is wrong")
    expect(bad not in {row["event_id"] for row in on.rows("Main")}, "the bad event is a row, too")
    return holds("two neighbours are rows; the bad event lies under errors/rejected/ with its reasons")


@check("delivery-by-folders")
def delivery_by_folders(on: Deployment) -> Steps:
    """The delivery role, cut to the prefixes' folders, writes data, backup and every kind of failure."""
    event_id = on.event_id("folders")
    event = {"event_name": "click", "event_id": event_id}
    answer = on.post("Main", [event, event | {"event_id": on.event_id("no-row"), "value": "12"}])
    expect(answer.status == 202, f"the request was answered {answer.status}")
    # Not decodable, and a row that the conversion cannot read.
    line = {"clickstream": 1, "kind": "transformed", "token": on.names("Main").context_token, "received_at": 1}
    on.put("Main", UNDECODABLE, json.dumps(line).encode() + b'\n{"pos_x": "seventeen"}\n')
    yield
    on.wait_for_rows("Main", [event_id])
    found = []
    for folder in ("events", "backup", *(f"errors/{kind}" for kind in _FAILURES)):
        keys = on.wait(f"an object below {folder}/", lambda folder=folder: on.keys("Main", f"{folder}/") or None)  # type: ignore[misc]
        found.append(f"{folder}/ {len(keys)}")
    return holds(f"objects: {', '.join(found)}")


_FAILURES = ("processing-failed", "format-conversion-failed", "rejected")


@check("partition-keys")
def partition_keys(on: Deployment) -> Steps:
    """Records are delivered to the partitions of the keys that the transform gives them."""
    names = (*PARTITIONS, "anything")
    ids = [on.event_id(f"partition-{name}") for name in names]
    for name, event_id in zip(names, ids, strict=True):
        on.put("Partitioned", json.dumps({"event_name": name, "event_id": event_id}).encode())
    yield
    on.wait_for_rows("Partitioned", ids)
    for value in (*PARTITIONS, "other"):
        expect(bool(on.keys("Partitioned", f"events/kind={value}/")), f"no object below events/kind={value}/")
    return holds(f"{len(ids)} rows, in the partitions {', '.join((*PARTITIONS, 'other'))}")


@check("producer")
def producer(on: Deployment) -> Steps:
    """What the producer library acknowledges are rows of the same table."""
    ids = [on.event_id(f"produced-{number}") for number in range(20)]
    with Producer(on.environment.producer_target(on.names("Main").stream)) as sender:
        for event_id in ids:
            sender.put({"event_name": "click", "event_id": event_id})
    taken = sender.stats().sent
    yield
    expect(taken == len(ids), f"{taken} of {len(ids)} events were acknowledged")
    on.wait_for_rows("Main", ids)
    return holds(f"{len(ids)} events were acknowledged and are rows")


def plain(value: Any) -> Any:
    """Return a value as it is, and a time in UTC without its zone."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
