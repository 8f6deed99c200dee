"""Record de-aggregation, and the delimiter that is put back (facts 6)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from clickstream_local.firehose.records.deaggregation import MOST_SUB_RECORDS, Deaggregation


def processor(kind: str, **parameters: str) -> dict[str, Any]:
    listed = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"Type": kind, "Parameters": listed}


JSON = processor("RecordDeAggregation", SubRecordType="JSON")


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b'{"a":1}{"a":2}', [b'{"a":1}', b'{"a":2}']),
        (b'{"a": 1}\n{"a":2}\n', [b'{"a": 1}', b'{"a":2}']),
        (b'{"a":{"b":"}{"}} {"c":"\xc3\xa9"}', [b'{"a":{"b":"}{"}}', b'{"c":"\xc3\xa9"}']),
        (b'[{"a":1},{"a":2}]', [b'[{"a":1},{"a":2}]']),
        (b"no json", [b"no json"]),
        (b'{"a":1}{', [b'{"a":1}{']),
        (b"", [b""]),
        (b'{"a":1}' * (MOST_SUB_RECORDS + 1), [b'{"a":1}' * (MOST_SUB_RECORDS + 1)]),
    ],
)
def test_json_is_split_between_objects(data: bytes, parts: list[bytes]) -> None:
    """Facts 6: consecutive objects or JSON lines, no arrays; facts 1.3: more than 500 go on un-split."""
    assert Deaggregation(None).split(data) == parts


def test_text_is_split_at_the_delimiter() -> None:
    """Facts 6: ``####`` is given as ``IyMjIw==``."""
    assert Deaggregation(base64.b64decode("IyMjIw==")).split(b"one####two####") == [b"one", b"two"]


def test_sub_records_are_transformed_each_alone_and_counted(local: Any) -> None:
    """Facts 2.3: de-aggregation comes before the Lambda processor; the backup is taken before both."""
    local.function("return answer(record, data + b';')")
    configuration = local.processing()
    configuration["Processors"].insert(0, JSON)
    local.stream(
        ProcessingConfiguration=configuration,
        S3BackupMode="Enabled",
        S3BackupConfiguration={"BucketARN": "arn:aws:s3:::lake", "Prefix": "raw/"},
    )
    local.deliver(b'{"a":1}{"a":2}', b'{"a":3}')
    assert local.bodies("data/") == [b'{"a":1};{"a":2};{"a":3};']
    assert local.bodies("raw/") == [b'{"a":1}{"a":2}{"a":3}']
    state = local.state()
    assert (state["received"], state["deaggregated"], state["delivered"]) == (2, 1, 3)


def test_the_delimiter_stands_between_records_and_not_after_the_last(local: Any) -> None:
    """Facts 6: between; a second AppendDelimiterToRecord has no extra effect; templates write ``\\n``."""
    append = processor("AppendDelimiterToRecord", Delimiter="\\n")
    local.stream(ProcessingConfiguration={"Enabled": True, "Processors": [append, append]})
    local.deliver(b"one", b"two")
    assert local.bodies("data/") == [b"one\ntwo"]
    assert local.state()["rows_delivered"] == 2


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"SubRecordType": "json"}, "SubRecordType is 'json': it must be JSON or DELIMITED"),
        ({"SubRecordType": "DELIMITED"}, "Delimiter is '': with SubRecordType DELIMITED it must be the delimiter in"),
        ({"SubRecordType": "DELIMITED", "Delimiter": "##"}, "Delimiter is '##'"),
    ],
)
def test_wrong_parameters_are_named(local: Any, parameters: dict[str, str], expected: str) -> None:
    configuration = {"Enabled": True, "Processors": [processor("RecordDeAggregation", **parameters)]}
    local.stream(ProcessingConfiguration=configuration)

    async def scenario() -> str:
        (found,) = local.service.unsupported(local.streams[0])
        return str(found.reason)

    assert expected in local.run(scenario)
