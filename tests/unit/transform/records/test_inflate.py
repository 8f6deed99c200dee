from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream_transform.errors import UndecodableRecordError
from clickstream_transform.records.inflate import InflateBudget
from support.transform_harness import GOOD_EVENT, Transform


def test_gzip_is_inflated_within_a_bound_per_record_and_per_call() -> None:
    """transforms.md 3.6: a 272 KB record that expands to 200 MB took a blueprint to 944 MiB."""
    bomb = gzip.compress(b" " * 2_000_000)
    small = gzip.compress(GOOD_EVENT + b" " * 2_000)
    transform = Transform(max_inflated_record_bytes=1_000_000, max_inflated_call_bytes=1_010_000, dedupe=False)
    answers = transform(bomb, small, small, small, small, small)
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Ok", "Ok", "Ok", "Ok", "ProcessingFailed"]
    assert transform.metrics[0]["RecordsFailed.inflated_too_large"] == 2


@given(st.binary(max_size=100), st.integers(0, 120))
def test_inflating_is_exact_at_its_bound(data: bytes, bound: int) -> None:
    budget = InflateBudget(bound, 1_000)
    if len(data) <= bound:
        assert budget.inflate(gzip.compress(data)) == data
    else:
        with pytest.raises(UndecodableRecordError, match="inflated_too_large"):
            budget.inflate(gzip.compress(data))
