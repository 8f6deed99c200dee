from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_clickstream import ConfigurationError, PartitionKey, S3Prefix
from support.stacks import Synthesized, flat, new_stack, prefix_refusal, stream_in


def test_a_plain_folder_with_a_date_is_accepted() -> None:
    prefix = S3Prefix("events/dt=!{timestamp:yyyy-MM-dd}/!{firehose:random-string}/")
    assert [(one.namespace, one.value) for one in prefix.expressions] == [
        ("timestamp", "yyyy-MM-dd"),
        ("firehose", "random-string"),
    ]


def test_an_expression_that_is_not_closed_is_refused() -> None:
    """facts/firehose.md#prefixes: "!{ may not occur otherwise"."""
    assert "not closed" in prefix_refusal("events/!{timestamp:yyyy/")


def test_an_expression_without_a_value_is_refused() -> None:
    assert "has no value" in prefix_refusal("events/!{timestamp}/")
    assert "has no value" in prefix_refusal("events/!{timestamp:}/")


def test_an_unknown_namespace_is_refused() -> None:
    message = prefix_refusal("events/!{time:yyyy}/")
    assert "!{time:yyyy}" in message
    assert "timestamp, firehose" in message


def test_partition_keys_are_refused_in_an_error_prefix() -> None:
    """facts/firehose.md#prefixes: the two namespaces work in Prefix only."""
    prefix = S3Prefix("errors/!{partitionKeyFromQuery:tenant}/!{firehose:error-output-type}/")
    with pytest.raises(ConfigurationError, match="no value in an error prefix"):
        prefix.check_as_error_prefix("error_prefix")


def test_a_data_prefix_with_partition_keys_needs_a_date() -> None:
    """facts/firehose.md#dynamic-partitioning: whether a date is appended with dynamic partitioning is not settled; use
    explicit timestamps.
    """
    with pytest.raises(ConfigurationError, match="no timestamp"):
        S3Prefix("events/!{partitionKeyFromQuery:tenant}/").check_as_data_prefix("prefix")


def test_a_hive_prefix_takes_partition_keys() -> None:
    prefix = S3Prefix.hive("events", {"tenant": PartitionKey.jq("tenant_id"), "event_date": "yyyy-MM-dd"})
    assert prefix.text == "events/tenant=!{partitionKeyFromQuery:tenant_id}/event_date=!{timestamp:yyyy-MM-dd}/"
    assert prefix.location_template == "events/tenant=${tenant}/event_date=${event_date}/"
    assert prefix.folder == "events/"


def test_an_unknown_value_of_the_firehose_namespace_is_refused() -> None:
    assert "random-string or error-output-type" in prefix_refusal("events/!{firehose:random}/")


def test_the_error_output_type_is_refused_in_a_data_prefix() -> None:
    """facts/firehose.md#prefixes: error-output-type in ErrorOutputPrefix only."""
    prefix = S3Prefix("events/!{firehose:error-output-type}/!{timestamp:yyyy}/")
    with pytest.raises(ConfigurationError, match="in an error prefix only"):
        prefix.check_as_data_prefix("prefix")


def test_an_error_prefix_with_expressions_needs_the_error_output_type() -> None:
    """facts/firehose.md#prefixes: required if the field has any expression."""
    with pytest.raises(ConfigurationError, match=r"must hold !\{firehose:error-output-type\}"):
        S3Prefix("errors/!{timestamp:yyyy}/").check_as_error_prefix("error_prefix")


def test_a_plain_error_prefix_is_accepted() -> None:
    S3Prefix("errors/").check_as_error_prefix("error_prefix")


def test_a_prefix_without_a_slash_at_its_end_is_refused() -> None:
    """facts/firehose.md#prefixes: the object's name is appended to the evaluated prefix."""
    assert "allow_partial_segment=True" in prefix_refusal("events/dt=!{timestamp:yyyy-MM-dd}")


def test_a_prefix_that_ends_within_a_segment_is_accepted_on_request() -> None:
    assert S3Prefix("events/!{timestamp:yyyy}-part-", allow_partial_segment=True).folder == "events/"


def test_a_data_prefix_that_ends_within_a_segment_needs_a_date() -> None:
    """facts/firehose.md#prefixes: yyyy/MM/dd/HH/ is appended without a slash."""
    with pytest.raises(ConfigurationError, match="yyyy/MM/dd/HH/"):
        S3Prefix("legacy", allow_partial_segment=True).check_as_data_prefix("prefix")


def test_a_data_prefix_with_random_strings_only_is_refused() -> None:
    """facts/firehose.md#prefixes: sources disagree whether a date is appended."""
    with pytest.raises(ConfigurationError, match="no timestamp"):
        S3Prefix("events/!{firehose:random-string}/").check_as_data_prefix("prefix")


@pytest.mark.parametrize("text", ["", "/events/"])
def test_a_prefix_that_makes_a_nameless_folder_is_refused(text: str) -> None:
    assert "folder without a name" in prefix_refusal(text)


def test_more_than_1024_characters_are_refused() -> None:
    """facts/firehose.md#prefixes."""
    quoted = "'" + "x" * 1000 + "'"
    assert "at most 1024" in prefix_refusal(f"events/!{{timestamp:{quoted}}}/yyyyyyyy/")


def test_more_than_512_characters_after_evaluation_are_refused() -> None:
    """facts/firehose.md#prefixes."""
    assert "at most 512" in prefix_refusal("x" * 512 + "/")
    assert S3Prefix("x" * 511 + "/")
    assert "evaluates to 517" in prefix_refusal("x" * 500 + "/!{timestamp:yyyy}!{firehose:random-string}/")


def test_a_hive_prefix_has_one_column_per_day_unless_told_otherwise() -> None:
    prefix = S3Prefix.hive("events")
    assert prefix.text == "events/event_date=!{timestamp:yyyy-MM-dd}/"
    assert [(column.name, column.glue_type) for column in prefix.columns] == [("event_date", "string")]
    assert prefix.location_template == "events/event_date=${event_date}/"


def test_a_hive_column_that_is_no_glue_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="lower-case"):
        S3Prefix.hive("events", {"EventDate": "yyyy-MM-dd"})


@pytest.mark.parametrize("root", ["", "/", "events/!{timestamp:yyyy}"])
def test_a_hive_root_is_a_plain_folder(root: str) -> None:
    with pytest.raises(ConfigurationError, match="plain folder"):
        S3Prefix.hive(root)


def test_prefixes_overlap_when_one_folder_holds_the_other() -> None:
    assert S3Prefix("data/").overlaps(S3Prefix("data/errors/"))
    assert S3Prefix("data/errors/").overlaps(S3Prefix("data/"))
    assert not S3Prefix("data/").overlaps(S3Prefix("database/"))


def test_a_prefix_that_begins_with_a_token_is_a_folder_as_far_as_it_is_known() -> None:
    """With no folder at all, the role would reach the whole bucket."""
    stack = new_stack()
    given = cdk.CfnParameter(stack, "Folder", default="web/").value_as_string
    stream_in(stack, prefix=S3Prefix(f"{given}!{{timestamp:yyyy}}/"))
    objects = Synthesized(stack).statements("StreamRole")["Objects"]["Resource"]
    assert [flat(one) for one in objects] == [
        "arn:<AWS::Partition>:s3:::lake/<Folder>*",
        "arn:<AWS::Partition>:s3:::lake/errors/*",
    ]
