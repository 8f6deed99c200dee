from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickstream_transform.contract.record_result import RecordResult, size_of
from support.transform_harness import marshalled

keys = st.none() | st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4)
results = st.tuples(
    st.text(max_size=80), st.sampled_from(["Ok", "Dropped", "ProcessingFailed"]), st.binary(max_size=50), keys
)


@given(st.lists(results, max_size=8), st.sampled_from(["data", "kafkaRecordValue"]))
def test_the_size_of_a_reply_is_known_before_it_is_marshalled(given: list[Any], data_key: str) -> None:
    """facts/blueprints.md#cloudwatch-logs: the blueprint's guard counts the wrong bytes; default separators cost some
    46 a record.

    facts/blueprints.md#measured: two partition keys are some 90 bytes a record, which the 6 MB have to hold too.
    """
    results = []
    for record_id, result, rows, partition_keys in given:
        results.append(RecordResult(record_id, data_key))
        results[-1].partition_keys = partition_keys
        if result == "Ok":
            results[-1].add(rows, 1)
        elif result == "ProcessingFailed":
            results[-1].fail("unexpected_error")
    dropped = sum(result.result == "Dropped" for result in results)
    actual = marshalled({"records": [result.as_dict() for result in results]})
    reserved = dropped * (len("ProcessingFailed") - len("Dropped"))
    assert size_of(results) == actual + reserved + (2 if results else 0)
