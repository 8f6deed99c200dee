"""Dynamic partitioning (facts 6)."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any

import pytest

from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.config.metadata_query import MetadataError, MetadataQuery
from clickstream_local.firehose.config.values import ConfigurationError

BY_NAME = """
keys = {'partitionKeys': {'name': json.loads(data)['event_name']}}
return {**answer(record, data), 'metadata': keys}
"""
TO_NAMES = "data/name=!{partitionKeyFromLambda:name}/"
PARTITIONED = {"DynamicPartitioningConfiguration": {"Enabled": True}}


def event(name: str) -> bytes:
    return json.dumps({"event_name": name}).encode() + b"\n"


def jq_processing(query: str, *more: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {"ParameterName": "MetadataExtractionQuery", "ParameterValue": query},
        {"ParameterName": "JsonParsingEngine", "ParameterValue": "JQ-1.6"},
    ]
    return {"Enabled": True, "Processors": [*more, {"Type": "MetadataExtraction", "Parameters": parameters}]}


def test_records_go_where_the_functions_keys_say(local: Any) -> None:
    """Facts 6: objects are grouped by evaluated prefix; facts 3.2: ``metadata.partitionKeys``."""
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(event("click"), event("view"), event("click"))
    assert local.bodies("data/name=click/") == [event("click") * 2]
    assert local.bodies("data/name=view/") == [event("view")]


def test_each_partition_converts_to_its_own_file(local: Any) -> None:
    local.function(BY_NAME)
    local.stream(
        Prefix=TO_NAMES,
        ProcessingConfiguration=local.processing(),
        DataFormatConversionConfiguration=local.conversion(),
        **PARTITIONED,
    )
    local.deliver(event("click"), event("view"))
    assert [key.split("/")[1] for key in local.keys("data/")] == ["name=click", "name=view"]
    assert {body[:4] for body in local.bodies("data/")} == {b"PAR1"}


@pytest.mark.parametrize("keys", ["{}", "{'name': ''}", "{'name': None}", "{'other': 'x'}", "None", "'text'"])
def test_a_record_without_its_key_fails_alone(local: Any, keys: str) -> None:
    local.function(
        f"keys = {keys} if data == b'bad' else {{'name': 'x'}}\n"
        "return {**answer(record, data), 'metadata': {'partitionKeys': keys}}"
    )
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(b"bad", b"good")
    assert local.bodies("data/") == [b"good"]
    (failed,) = local.errors("metadata-extraction-failed")
    assert (failed["rawData"], failed["errorCode"]) == ("YmFk", "DynamicPartitioning.MetadataExtractionFailed")


def test_one_more_partition_than_may_be_active_goes_to_the_error_prefix(local: Any) -> None:
    """Facts 6: beyond the limit, ``activePartitionExceeded``."""
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(*(event(f"e{number}") for number in range(5)), disagreements=Disagreements(active_partitions=3))
    assert len(local.keys("data/")) == 3
    assert len(local.errors("activePartitionExceeded")) == 2
    assert (local.state()["delivered"], local.state()["failed"]) == (3, 2)


def test_a_delivered_partition_is_no_longer_active(local: Any) -> None:
    """Facts 6: a partition is active until its buffer is delivered."""
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        for number in range(4):
            await local.put(event(f"e{number}"))
            await local.service.flush()

    local.run(scenario, disagreements=Disagreements(active_partitions=1))
    assert len(local.keys("data/")) == 4
    assert not local.errors("activePartitionExceeded")


def test_a_partition_whose_object_could_not_be_written_keeps_its_records(local: Any) -> None:
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        await local.put(event("click"))
        (local.root / "s3").write_text("in the way")
        with pytest.raises(Exception, match="cannot write"):
            await local.service.flush()
        (local.root / "s3").unlink()
        await local.service.flush()

    local.run(scenario)
    assert local.bodies("data/name=click/") == [event("click")]


def test_a_partition_that_fills_faster_than_it_is_written_loses_nothing(local: Any) -> None:
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        (local.root / "s3").write_text("in the way")
        for number in range(30):
            await local.put(event(f"e{number % 3}"))
            await asyncio.sleep(0.01 if number % 4 else 0)
        (local.root / "s3").unlink()
        await local.service.flush()

    local.run(scenario, buffer_interval=0.01)
    assert b"".join(local.bodies("data/")).count(b"\n") == 30
    assert local.state()["delivered"] == 30
    assert local.state()["buffered"] == 0


def test_a_prefix_that_is_too_long_with_its_keys_fails_the_record(local: Any) -> None:
    """Facts 5, rule 9: 512 characters after evaluation."""
    local.function(BY_NAME)
    local.stream(Prefix=TO_NAMES, ProcessingConfiguration=local.processing(), **PARTITIONED)
    local.deliver(event("x" * 600))
    (failed,) = local.errors("metadata-extraction-failed")
    assert failed["errorMessage"] == "The prefix has more than 512 characters when evaluated"


def test_records_of_different_hours_do_not_share_an_object(local: Any) -> None:
    """Facts 6: the prefix is evaluated per record."""
    local.function(BY_NAME)
    prefix = "data/!{timestamp:HH}/!{partitionKeyFromLambda:name}/"
    local.stream(Prefix=prefix, ProcessingConfiguration=local.processing(), **PARTITIONED)

    async def scenario() -> None:
        await local.put(event("click"))
        local.now += 3600
        await local.put(event("click"))

    local.run(scenario)
    assert len(local.bodies("data/12/click/")) == len(local.bodies("data/13/click/")) == 1


def reason(local: Any, **s3: Any) -> str:
    local.stream(**PARTITIONED, **s3)

    async def scenario() -> str:
        (found,) = local.service.unsupported(local.streams[0])
        return str(found.reason)

    found: str = local.run(scenario)
    return found


@pytest.mark.parametrize(
    ("s3", "expected"),
    [
        ({"Prefix": TO_NAMES}, "it needs a MetadataExtraction or a Lambda processor"),
        ({"Prefix": TO_NAMES, "ErrorOutputPrefix": None}, "ErrorOutputPrefix cannot be null or empty"),
        ({"Prefix": "data/", "lambda": True}, "uses no partition key"),
        ({"Prefix": "!{partitionKeyFromQuery:x}/", "lambda": True}, "which needs a MetadataExtraction processor"),
        ({"Prefix": TO_NAMES, "lambda": True, "BufferingHints": {"SizeInMBs": 5}}, "it must be at least 64"),
        (
            {"Prefix": TO_NAMES, "lambda": True, "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 0}},
            "IntervalInSeconds is 0 with DynamicPartitioningConfiguration: it must be at least 60",
        ),
    ],
)
def test_what_cannot_be_partitioned_is_named(local: Any, s3: dict[str, Any], expected: str) -> None:
    """Facts 6: what is needed; facts 2.1: hints."""
    if s3.pop("lambda", False):
        local.function("pass")
        s3["ProcessingConfiguration"] = local.processing()
    assert expected in reason(local, **s3)


def test_without_the_package_jq_a_query_is_named_as_unsupported(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jq", None)
    found = reason(local, Prefix="!{partitionKeyFromQuery:x}/", ProcessingConfiguration=jq_processing("{x: .x}"))
    assert "needs the package jq, which is not installed" in found


def test_a_function_that_jq_1_6_does_not_have_is_refused() -> None:
    """Facts 6: the engine is JQ-1.6."""
    with pytest.raises(ConfigurationError, match=re.escape("jq 1.6 has no toarray")):
        MetadataQuery("{x: (.x | toarray)}")


@pytest.mark.parametrize(
    ("query", "record", "keys"),
    [
        ('{customer_id:.customer_id, d:.ts|strftime("%Y")}', b'{"customer_id":"c","ts":0}', ("c", "1970")),
        ("{a: .n, b: .flag}", b'{"n": 1.5, "flag": true}', ("1.5", "true")),
        ("{trim: .a, b: (.b | ascii_downcase)}", b'{"a": "x", "b": "Y"}', ("x", "y")),
    ],
)
def test_a_jq_program_makes_keys(query: str, record: bytes, keys: tuple[str, ...]) -> None:
    """Facts 6: a jq program that returns an object."""
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    assert tuple(MetadataQuery(query).keys(record).values()) == keys


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"no json", "Non JSON record provided"),
        (b'{"x": []}', "The metadata extraction query failed for the record"),
        (b'{"x": {"a": {}}}', "The metadata extraction query did not return a JSON object"),
    ],
)
def test_a_record_that_the_program_does_not_fit_has_no_keys(record: bytes, message: str) -> None:
    """Facts 4.2: ``Non JSON record provided``; the other texts are the runtime's own."""
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    with pytest.raises(MetadataError, match=message):
        MetadataQuery(".x.a | tostring").keys(record)


def test_a_program_that_is_none_is_refused() -> None:
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    with pytest.raises(ConfigurationError, match="is not a jq program"):
        MetadataQuery("{a:")


def test_records_go_where_the_querys_keys_say(local: Any) -> None:
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    local.stream(
        Prefix="data/!{partitionKeyFromQuery:name}/",
        ProcessingConfiguration=jq_processing("{name: .event_name}"),
        **PARTITIONED,
    )
    local.deliver(event("click"), b"no json", event("view"))
    assert local.bodies("data/click/") == [event("click")]
    assert local.bodies("data/view/") == [event("view")]
    assert [failed["errorMessage"] for failed in local.errors("metadata-extraction-failed")] == [
        "Non JSON record provided"
    ]
