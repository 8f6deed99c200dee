"""Switches for what sources say differently (facts/firehose.md#disagreements)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from clickstream_local.firehose.config.disagreements import Disagreements
from support.checkout import CHECKOUT
from support.local_firehose import LocalFirehose

OTHERS = Disagreements(
    error_arn_member="lambdaArn",
    duplicate_record_id="batch",
    no_records_code="Lambda.FunctionError",
    hadoop_snappy_extension=".hsnappy",
    date_after_random_string=False,
    default_error_prefix_day="DDD",
)


def failures(local: LocalFirehose, function: str, *records: bytes, **options: Any) -> list[dict[str, Any]]:
    local.function(function)
    local.stream(ProcessingConfiguration=local.processing())
    local.deliver(*records, **options)
    found: list[dict[str, Any]] = local.errors("processing-failed")
    return found


def test_the_documented_spelling_of_the_arn(local: LocalFirehose) -> None:
    (failed,) = failures(local, "return answer(record, data, 'ProcessingFailed')", b"x", disagreements=OTHERS)
    assert "lambdaArn" in failed
    assert "lambdaARN" not in failed


TWICE = """
import base64
def handler(event, context):
    answers = [{"recordId": r["recordId"], "result": "Ok", "data": r["data"]} for r in event["records"]]
    return {"records": [answers[0], *answers]}
"""


@pytest.mark.parametrize(("disagreements", "failed"), [(Disagreements(), 1), (OTHERS, 2)])
def test_an_id_that_comes_twice_fails_its_record_or_its_batch(
    local: LocalFirehose, disagreements: Disagreements, failed: int
) -> None:
    found = failures(local, TWICE, b"a", b"b", disagreements=disagreements)
    assert [entry["errorCode"] for entry in found] == ["Lambda.DuplicatedRecordId"] * failed


NOTHING = "def handler(event, context):\n    return {}\n"


@pytest.mark.parametrize(
    ("disagreements", "code"), [(Disagreements(), "Lambda.MissingRecordId"), (OTHERS, "Lambda.FunctionError")]
)
def test_an_answer_without_records(local: LocalFirehose, disagreements: Disagreements, code: str) -> None:
    (failed,) = failures(local, NOTHING, b"a", disagreements=disagreements)
    assert (failed["errorCode"], failed["attemptsMade"]) == (code, 1)


@pytest.mark.parametrize(("disagreements", "extension"), [(Disagreements(), ".snappy"), (OTHERS, ".hsnappy")])
def test_the_extension_of_hadoop_snappy(local: LocalFirehose, disagreements: Disagreements, extension: str) -> None:
    local.stream(CompressionFormat="HADOOP_SNAPPY")
    local.deliver(b"a", disagreements=disagreements)
    assert local.keys()[0].endswith(extension)


@pytest.mark.parametrize(("disagreements", "slashes"), [(Disagreements(), 5), (OTHERS, 1)])
def test_a_prefix_of_random_strings_only(local: LocalFirehose, disagreements: Disagreements, slashes: int) -> None:
    local.stream(Prefix="!{firehose:random-string}/")
    local.deliver(b"a", disagreements=disagreements)
    assert local.keys()[0].count("/") == slashes


@pytest.mark.parametrize(("disagreements", "day"), [(Disagreements(), "21"), (OTHERS, "325")])
def test_the_day_in_the_default_error_prefix(local: LocalFirehose, disagreements: Disagreements, day: str) -> None:
    local.function("return answer(record, data, 'ProcessingFailed')")
    local.stream(ErrorOutputPrefix=None, ProcessingConfiguration=local.processing())
    local.deliver(b"a", disagreements=disagreements)
    assert local.keys()[0].startswith(f"data/processing-failed/2026/11/{day}/12/")


def test_more_active_partitions_than_any_source_allows_are_refused() -> None:
    """facts/firehose.md#dynamic-partitioning: the ceiling is 2,500 or 5,000."""
    with pytest.raises(ValueError, match="active_partitions is 5001"):
        Disagreements(active_partitions=5001)


def test_every_switch_is_in_the_docs_with_its_default() -> None:
    page = (CHECKOUT / "docs/local-firehose.md").read_text()
    for switch in dataclasses.fields(Disagreements):
        shown = str(switch.default).lower() if isinstance(switch.default, bool) else switch.default
        assert f"| `{switch.name}` | `{shown}` |" in page
