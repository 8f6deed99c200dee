"""Faults on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_local.firehose.faults import Faults
from support.local_firehose import LocalFirehose

RECORDS = [{"Data": "YQ=="}] * 500


def test_throttled_requests_are_answered_like_the_services_own(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records: ServiceUnavailableException, 500, ``Slow down.``; a batch in which every record
    failed.
    """
    local.stream()

    async def scenario() -> Any:
        one = await local.call("PutRecord", {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}})
        many = await local.call("PutRecordBatch", {"DeliveryStreamName": "clicks", "Records": RECORDS})
        return one, many

    (status, one), (batch_status, many) = local.run(scenario, faults=Faults(throttle=1))
    assert (status, one["__type"], one["message"]) == (500, "ServiceUnavailableException", "Slow down.")
    assert (batch_status, many["FailedPutCount"]) == (200, 500)
    assert local.state()["received"] == 0


def test_a_share_of_a_batch_is_refused_and_the_rest_is_delivered(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records: same length and order; either a RecordId or an error."""
    local.stream()

    async def scenario() -> Any:
        _, answer = await local.call("PutRecordBatch", {"DeliveryStreamName": "clicks", "Records": RECORDS})
        return answer

    answer = local.run(scenario, faults=Faults(partial=0.2, seed=1))
    failed = [entry for entry in answer["RequestResponses"] if "ErrorCode" in entry]
    assert len(answer["RequestResponses"]) == 500
    assert 50 < len(failed) == answer["FailedPutCount"] < 150
    assert {entry["ErrorCode"] for entry in failed} == {"InternalFailure"}
    assert local.bodies() == [b"a" * (500 - len(failed))]


def test_the_same_seed_gives_the_same_faults(local: LocalFirehose) -> None:
    local.stream()

    async def scenario() -> list[int]:
        put = {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}}
        return [(await local.call("PutRecord", put))[0] for _ in range(50)]

    first, second = (local.run(scenario, faults=Faults(throttle=0.5, seed=7)) for _ in range(2))
    assert first == second
    assert set(first) == {200, 500}


def test_a_share_out_of_bounds_is_named() -> None:
    with pytest.raises(ValueError, match=r"partial is 1\.5: it must be a share between 0 and 1"):
        Faults(partial=1.5)
