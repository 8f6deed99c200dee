"""Dynamic partitioning: the partition of a record (facts/firehose.md#dynamic-partitioning)."""

from __future__ import annotations

import pytest

from support.local_firehose import BY_NAME, PARTITIONED, TO_NAMES, LocalFirehose, enabled, event, processor


def test_records_go_where_the_functions_keys_say(local: LocalFirehose) -> None:
    """facts/firehose.md#dynamic-partitioning: objects are grouped by evaluated prefix;
    facts/firehose.md#function-reply:
    ``metadata.partitionKeys``.
    """
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(event("click"), event("view"), event("click"))
    assert local.bodies("data/name=click/") == [event("click") * 2]
    assert local.bodies("data/name=view/") == [event("view")]


def test_records_go_where_the_querys_keys_say(local: LocalFirehose) -> None:
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    local.stream(
        Prefix="data/!{partitionKeyFromQuery:name}/",
        ProcessingConfiguration=enabled(
            processor("MetadataExtraction", MetadataExtractionQuery="{name: .event_name}", JsonParsingEngine="JQ-1.6")
        ),
        **PARTITIONED,
    )
    local.deliver(event("click"), b"no json", event("view"))
    assert local.bodies("data/click/") == [event("click")]
    assert local.bodies("data/view/") == [event("view")]
    assert [failed["errorMessage"] for failed in local.errors("metadata-extraction-failed")] == [
        "Non JSON record provided"
    ]


@pytest.mark.parametrize("keys", ["{}", "{'name': ''}", "{'name': None}", "{'other': 'x'}", "None", "'text'"])
def test_a_record_without_its_key_fails_alone(local: LocalFirehose, keys: str) -> None:
    local.function(
        f"keys = {keys} if data == b'bad' else {{'name': 'x'}}\n"
        "return {**answer(record, data), 'metadata': {'partitionKeys': keys}}"
    )
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(b"bad", b"good")
    assert local.bodies("data/") == [b"good"]
    (failed,) = local.errors("metadata-extraction-failed")
    assert (failed["rawData"], failed["errorCode"]) == ("YmFk", "DynamicPartitioning.MetadataExtractionFailed")


def test_a_prefix_that_is_too_long_with_its_keys_fails_the_record(local: LocalFirehose) -> None:
    """facts/firehose.md#prefixes: 512 characters after evaluation."""
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(event("x" * 600))
    (failed,) = local.errors("metadata-extraction-failed")
    assert failed["errorMessage"] == "The prefix has more than 512 characters when evaluated"


def test_records_of_different_hours_do_not_share_an_object(local: LocalFirehose) -> None:
    """facts/firehose.md#dynamic-partitioning: the prefix is evaluated per record."""
    local.function(BY_NAME)
    prefix = "data/!{timestamp:HH}/!{partitionKeyFromLambda:name}/"
    local.stream(Prefix=prefix, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        await local.put(event("click"))
        local.now += 3600
        await local.put(event("click"))

    local.run(scenario)
    assert len(local.bodies("data/12/click/")) == len(local.bodies("data/13/click/")) == 1
