"""A month of a pipeline, amounts worked out by hand from facts/prices.md#what-is-billed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cost import GB, RECORD_BYTES, bill


def test_a_month_of_the_default_pipeline_is_what_the_facts_make_of_it() -> None:
    """facts/prices.md#what-is-billed: $3.50 a million requests, $0.029 and $0.018 a GB, $0.20 a million calls,
    $0.0000133334 a GB-s.
    """
    found = bill("--events-per-request", 20)
    # 1,000,000 / 20 = 50,000 requests a day, each one record of 12,314 bytes, which is billed as 15 KB.
    gigabytes = 50_000 * 15 * 1024 * 30 / GB
    amounts = {
        "api-requests": 1.5 * 3.50,
        "firehose-gb": gigabytes * 0.029,
        "conversion-gb": gigabytes * 0.018,
        "lambda-requests": 1440 * 30 * 0.20 / 1_000_000,
        "lambda-arm-gb-seconds": 50_000 * RECORD_BYTES / 2**20 * 30 * 0.7 * 0.5 * 0.0000133334,
    }
    assert {one["item"]: one["amount"] for one in found["lines"] if one["amount"] is not None} == pytest.approx(amounts)
    assert found["total"] == pytest.approx(sum(amounts.values()))
    assert round(found["total"], 2) == 6.35


def test_the_reference_app_costs_what_its_snapshot_does(assembly: Path) -> None:
    found, expected = bill(assembly=assembly), bill()
    assert (found["stack"], found["total"]) == ("Clickstream", expected["total"])
    assert [one["quantity"] for one in found["lines"]] == [one["quantity"] for one in expected["lines"]]


def test_the_same_events_in_other_batches_stand_below() -> None:
    found = bill("--events-per-request", 50)
    sizes = [1, 20, 50, 100, 500, None]
    assert [one["events_per_request"] for one in found["batches"]] == sizes
    assert [one["chosen"] for one in found["batches"]] == [size == 50 for size in sizes]
    for one, size in zip(found["batches"], sizes, strict=True):
        alone = bill("--direct") if size is None else bill("--events-per-request", size)
        assert one["total"] == alone["total"]
    totals = [one["total"] for one in found["batches"]]
    assert totals == sorted(totals, reverse=True)


def test_a_batch_that_no_record_holds_says_so() -> None:
    found = bill("--event-bytes", 3_000)
    (too_large,) = [one for one in found["batches"] if one["total"] is None]
    assert too_large["events_per_request"] == 500
    # (1,024,000 - 293 - 1) / 3,001 = 341.1
    assert "at most 341 events of 3,000 bytes a request" in too_large["problem"]
