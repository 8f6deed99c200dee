from __future__ import annotations

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream_transform.errors import UndecodableRecordError
from clickstream_transform.records.inflate import InflateBudget
from support.transform_harness import GOOD_EVENT, Transform


def test_gzip_is_inflated_within_a_bound_per_record_and_per_call() -> None:
    """facts/blueprints.md#cloudwatch-logs: a 272 KB record that expands to 200 MB took a blueprint to 944 MiB."""
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


def test_what_comes_after_the_bound_of_a_call_fails_for_that_reason_and_is_not_inflated() -> None:
    """zlib takes a length of 0 for no limit: behind a spent bound a bomb went up to 1.4 GB."""
    budget = InflateBudget(1_000, 1_000)
    assert budget.inflate(gzip.compress(b" " * 1_000)) == b" " * 1_000
    bomb = gzip.compress(b" " * 50_000_000, 1)
    tracemalloc.start()
    try:
        for _ in range(3):
            with pytest.raises(UndecodableRecordError, match="inflated_too_large"):
                budget.inflate(bomb)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@given(st.lists(st.binary(max_size=40_000), max_size=4), st.integers(0, 5))
def test_all_members_are_inflated_with_zeros_behind_them(members: list[bytes], zeros: int) -> None:
    data = b"".join(gzip.compress(member, 0) + b"\0" * zeros for member in members)
    assert InflateBudget(1 << 20, 1 << 20).inflate(data) == b"".join(members)


def test_gzip_that_is_cut_short_is_no_gzip() -> None:
    whole = gzip.compress(bytes(range(256)) * 200, 0)
    for size in (1, 17, 16_384, 32_768, len(whole) - 1):
        with pytest.raises(UndecodableRecordError, match="invalid_gzip"):
            InflateBudget(1 << 20, 1 << 20).inflate(whole[:size])
