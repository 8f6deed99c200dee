"""How events become requests and records, and what Firehose bills them as (facts/prices.md#what-is-billed)."""

from __future__ import annotations

import pytest

from clickstream_local.cost.traffic import billed_bytes
from support.cost import ADDED_BYTES, GB, bill, items, line, template


@pytest.mark.parametrize(
    ("kilobytes", "billed"), [(3, 5), (12, 15), (5, 5), (5 + 1 / 1024, 10), (1 / 1024, 5), (250, 250)]
)
def test_a_record_is_billed_rounded_up_to_5_kb(kilobytes: float, billed: int) -> None:
    """facts/prices.md#what-is-billed: 3 KB → 5, 12 KB → 15."""
    assert billed_bytes(round(kilobytes * 1024)) == billed * 1024


def test_two_records_of_1_kb_are_billed_as_10_kb() -> None:
    """facts/prices.md#what-is-billed: the rounding is each record's, not the request's."""
    found = bill("--events-per-day", 2, "--event-bytes", 1024 - ADDED_BYTES, "--events-per-request", 1)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(10 * 1024 * 30 / GB)


def test_one_event_a_request_pays_a_request_and_5_kb_for_each() -> None:
    found = bill("--events-per-request", 1)
    assert line(found, "api-requests")["amount"] == pytest.approx(30 * 3.50)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(30_000_000 * 5 * 1024 / GB)


def test_the_producer_pays_no_requests_and_rounds_next_to_nothing() -> None:
    found = bill("--direct")
    assert not items(found) & {"api-requests", "log-gb"}
    # 415 events with a newline each, 249,415 bytes, are the most that 250,000 bytes hold.
    assert found["record_bytes"] == 415 * 601
    carried = 1_000_000 * 601 * 30 / GB
    assert carried < line(found, "firehose-gb")["quantity"] < carried * 1.01


def test_a_record_of_the_producer_holds_no_more_than_comes_a_day() -> None:
    assert bill("--direct", "--events-per-day", 3)["record_bytes"] == 3 * 601


def test_each_event_of_a_rule_is_a_record() -> None:
    found = bill("--stream", "OrdersA9B65338", assembly=template("services"))
    assert (found["through"], found["events_per_request"]) == ("rule", None)
    assert line(found, "firehose-gb")["quantity"] == pytest.approx(30_000_000 * 5 * 1024 / GB)
