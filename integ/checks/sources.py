"""How records are read: Hive's SerDe, and what a rule writes."""

from __future__ import annotations

import json
from datetime import datetime

from integ.check import Steps, check
from integ.checks.delivery import plain
from integ.deployment import Deployment
from integ.names import EVENT_SOURCE
from integ.outcome import expect, holds

_SENT, _MEANT = "2026-01-02T03:04:05.678Z", datetime(2026, 1, 2, 3, 4, 5, 678_000)  # noqa: DTZ001 - as in Parquet


@check("hive-time")
def hive_time(on: Deployment) -> Steps:
    """With Hive's SerDe, the transform's times are read as UTC."""
    event_id = on.event_id("hive")
    event = {"event_name": "click", "event_id": event_id, "client_time": _SENT}
    on.put("Hive", json.dumps(event).encode())
    yield
    found = plain((on.wait_for_rows("Hive", [event_id]))[event_id]["client_time"])
    expect(found is not None, "the time came out empty")
    off = (found - _MEANT).total_seconds()
    expect(off == 0, f"the time is off by {off} s")
    return holds("a time in UTC came out as it went in, to the millisecond")


@check("bus-newline")
def bus_newline(on: Deployment) -> Steps:
    """A rule's input template may end with a newline, and each record then does."""
    bus, events = on.names("Bus").event_bus, on.environment.client("events")
    ids = [on.event_id(f"order-{number}") for number in range(3)]
    answer = events.put_events(
        Entries=[
            {
                "EventBusName": bus,
                "Source": EVENT_SOURCE,
                "DetailType": "OrderPlaced",
                "Detail": json.dumps({"id": event_id, "total": 12.5}),
            }
            for event_id in ids
        ]
    )
    expect(answer["FailedEntryCount"] == 0, f"the bus refused {answer['FailedEntryCount']} of {len(ids)} events")
    yield
    rows = on.wait_for_rows("Bus", ids)
    expect(all(row["value"] == 12.5 for row in rows.values()), "a value of the event did not reach its column")
    backup = on.wait("the source backup of the rule's records", lambda: on.content("Bus", "backup/") or None)
    ends = sum(held.count(b"}\n") for held in backup)
    expect(ends >= len(ids), f"{len(ids)} rows arrived, but their records do not end with a newline")
    return holds(f"{len(ids)} events are rows, and each record ends with a newline")
