"""Where records come from: each source, its role, and what it makes of the delivery stream."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from cdk_clickstream import ConfigurationError, DeliveryStream, Encryption, EventSource, IotSeparator, S3Prefix, Source
from cdk_clickstream.delivery.sources.eventbridge import EventBridgeSource
from support.stacks import Synthesized, flat, new_stack

STREAM = "AWS::KinesisFirehose::DeliveryStream"
ORDERS = events.EventPattern(source=["shop"], detail_type=["order"])


def stream_in(stack: cdk.Stack, source: EventSource, **options: Any) -> DeliveryStream:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    return DeliveryStream(stack, "Stream", bucket=bucket, prefix=S3Prefix("raw/"), source=source, **options)


def trust(found: Synthesized, part: str) -> dict[str, Any]:
    (statement,) = found.only("AWS::IAM::Role", part)["AssumeRolePolicyDocument"]["Statement"]
    return {"principal": statement["Principal"], "condition": statement.get("Condition")}


def allowed(found: Synthesized, part: str) -> list[tuple[Any, str]]:
    return [(one["Action"], flat(one["Resource"])) for one in found.statements(part).values()]


def log_group(stack: cdk.Stack) -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_name(stack, "Application", "/app/shop")


def test_direct_put_can_hint_at_its_throughput() -> None:
    """aws-facts 13: informational only."""
    stack = new_stack()
    stream_in(stack, Source.direct_put(throughput_hint=20))
    found = Synthesized(stack).only(STREAM)
    assert found["DeliveryStreamType"] == "DirectPut"
    assert found["DirectPutSourceConfiguration"] == {"ThroughputHintInMBs": 20}


def test_firehose_reads_an_existing_kinesis_stream() -> None:
    """aws-facts 9.1: DescribeStream, GetShardIterator, GetRecords, ListShards on the stream."""
    stack = new_stack()
    arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"
    stream_in(stack, Source.kinesis(kinesis.Stream.from_stream_arn(stack, "Clicks", arn)))
    found = Synthesized(stack)
    stream = found.only(STREAM)
    assert stream["DeliveryStreamType"] == "KinesisStreamAsSource"
    assert stream["KinesisStreamSourceConfiguration"]["KinesisStreamARN"] == arn
    assert not found.of_type("AWS::Kinesis::Stream")
    source = found.statements("StreamRole")["Source"]
    assert source["Resource"] == arn
    assert source["Action"] == [
        "kinesis:DescribeStream",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ]


def test_a_kinesis_source_has_no_encryption_of_its_own() -> None:
    """aws-facts 1.5: not for Kinesis-source streams (encrypt the Kinesis stream instead)."""
    stack = new_stack()
    stream_in(stack, Source.kinesis())
    found = Synthesized(stack)
    assert "DeliveryStreamEncryptionConfigurationInput" not in found.only(STREAM)
    (kinesis_stream,) = found.of_type("AWS::Kinesis::Stream").values()
    assert kinesis_stream["Properties"]["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    assert kinesis_stream["Properties"]["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert kinesis_stream["DeletionPolicy"] == "Retain"


def test_a_new_kinesis_stream_takes_the_key_shards_and_retention() -> None:
    stack = new_stack()
    stream_in(stack, Source.kinesis(shards=4, retention=cdk.Duration.days(7)), encryption=Encryption.kms())
    found = Synthesized(stack)
    properties = found.only("AWS::Kinesis::Stream")
    (key,) = found.of_type("AWS::KMS::Key")
    assert properties["ShardCount"] == 4
    assert properties["RetentionPeriodHours"] == 168
    assert properties["StreamEncryption"]["KeyId"] == {"Fn::GetAtt": [key, "Arn"]}


def test_firehose_decrypts_what_kinesis_holds_through_kinesis_only() -> None:
    """aws-facts 9.1: kms:ViaService and the stream's ARN as encryption context."""
    stack = new_stack()
    stream_in(stack, Source.kinesis(), encryption=Encryption.kms())
    found = Synthesized(stack)
    statement = found.statements("StreamRole")["SourceKey"]
    assert statement["Action"] == "kms:Decrypt"
    conditions = {name: flat(value) for name, value in statement["Condition"]["StringEquals"].items()}
    (stream,) = found.of_type("AWS::Kinesis::Stream")
    assert conditions == {
        "kms:ViaService": "kinesis.<AWS::Region>.amazonaws.com",
        "kms:EncryptionContext:aws:kinesis:arn": f"<{stream}.Arn>",
    }


def test_producers_put_into_the_kinesis_stream() -> None:
    """DESIGN section 2: grants follow the source."""
    stack = new_stack()
    stream = stream_in(stack, Source.kinesis(), encryption=Encryption.kms())
    stream.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    found = Synthesized(stack)
    (kinesis_stream,) = found.of_type("AWS::Kinesis::Stream")
    (key,) = found.of_type("AWS::KMS::Key")
    assert allowed(found, "Producer") == [
        (["kinesis:PutRecord", "kinesis:PutRecords"], f"<{kinesis_stream}.Arn>"),
        ("kms:GenerateDataKey", f"<{key}.Arn>"),
    ]


def test_a_log_group_sends_its_messages() -> None:
    """aws-facts 11.1: CloudWatchLogProcessing requires Decompression; GZIP and nothing else."""
    stack = new_stack()
    stream_in(stack, Source.cloudwatch_logs(log_group(stack), filter_pattern="{ $.event_name = * }"))
    found = Synthesized(stack)
    processing = found.only(STREAM)["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]
    assert [(one["Type"], one["Parameters"]) for one in processing["Processors"]] == [
        ("Decompression", [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}]),
        ("CloudWatchLogProcessing", [{"ParameterName": "DataMessageExtraction", "ParameterValue": "true"}]),
    ]
    subscription = found.only("AWS::Logs::SubscriptionFilter")
    assert subscription["LogGroupName"] == "/app/shop"
    assert subscription["FilterPattern"] == "{ $.event_name = * }"


def test_cloudwatch_logs_takes_its_role_for_this_accounts_groups_only() -> None:
    """aws-facts 11: logs.amazonaws.com with condition aws:SourceArn."""
    stack = new_stack()
    stream_in(stack, Source.cloudwatch_logs(log_group(stack)))
    found = Synthesized(stack)
    (stream,) = found.of_type(STREAM)
    role = trust(found, "SubscriptionRole")
    assert role["principal"] == {"Service": "logs.amazonaws.com"}
    source = role["condition"]["ArnLike"]["aws:SourceArn"]
    assert flat(source) == "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:*"
    assert allowed(found, "SubscriptionRole") == [
        (["firehose:PutRecord", "firehose:PutRecordBatch"], f"<{stream}.Arn>")
    ]
    (subscription,) = found.of_type("AWS::Logs::SubscriptionFilter").values()
    assert any("DefaultPolicy" in one for one in subscription["DependsOn"])


def test_a_log_group_can_send_its_documents_as_they_are() -> None:
    stack = new_stack()
    stream_in(stack, Source.cloudwatch_logs(log_group(stack), extract_messages=False))
    assert "ProcessingConfiguration" not in Synthesized(stack).only(STREAM)["ExtendedS3DestinationConfiguration"]


def test_nobody_else_puts_into_a_stream_with_decompression() -> None:
    """aws-facts 11.1: PutRecord from anyone but CloudWatch Logs -> InvalidSourceException."""
    stack = new_stack()
    stream = stream_in(stack, Source.cloudwatch_logs(log_group(stack)))
    role = iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal())
    with pytest.raises(ConfigurationError, match="is the only one that may put"):
        stream.grant_put_records(role)


def test_a_rule_sends_events_as_they_are() -> None:
    stack = new_stack()
    stream_in(stack, Source.eventbridge_rule(ORDERS))
    found = Synthesized(stack)
    (stream,) = found.of_type(STREAM)
    rule = found.only("AWS::Events::Rule")
    assert rule["EventPattern"] == {"source": ["shop"], "detail-type": ["order"]}
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [stream, "Arn"]}
    assert "InputTransformer" not in target
    assert trust(found, "RuleRole") == {"principal": {"Service": "events.amazonaws.com"}, "condition": None}
    assert allowed(found, "RuleRole") == [(["firehose:PutRecord", "firehose:PutRecordBatch"], f"<{stream}.Arn>")]


def test_a_rule_can_make_a_click_event_of_each_event() -> None:
    """aws-facts 11: no newline added; the input transformer can add one."""
    stack = new_stack()
    members = {"event_name": "order", "order_id": "$.detail.id"}
    stream_in(stack, Source.eventbridge_rule(ORDERS, members=members))
    (target,) = Synthesized(stack).only("AWS::Events::Rule")["Targets"]
    assert target["InputTransformer"] == {
        "InputPathsMap": {"value0": "$.detail.id"},
        "InputTemplate": '{"event_name":"order","order_id":<value0>}\n',
    }


def test_a_member_may_have_a_name_that_eventbridge_would_refuse_for_a_value() -> None:
    """API reference, InputTransformer: keys of the paths map cannot start with AWS, and have 256 characters at most."""
    stack = new_stack()
    stream_in(stack, Source.eventbridge_rule(ORDERS, members={"AWS_account": "$.account", "m" * 300: "$.region"}))
    (target,) = Synthesized(stack).only("AWS::Events::Rule")["Targets"]
    assert target["InputTransformer"]["InputPathsMap"] == {"value0": "$.account", "value1": "$.region"}


def test_two_members_of_one_path_share_its_value() -> None:
    stack = new_stack()
    stream_in(stack, Source.eventbridge_rule(ORDERS, members={"first": "$.id", "second": "$.id"}))
    (target,) = Synthesized(stack).only("AWS::Events::Rule")["Targets"]
    assert target["InputTransformer"]["InputTemplate"] == '{"first":<value0>,"second":<value0>}\n'


def test_a_path_may_name_an_element_of_an_array() -> None:
    """EventBridge guide, input transformation: array indices are supported."""
    source = Source.eventbridge_rule(ORDERS, members={"arn": "$.resources[0]"})
    assert isinstance(source, EventBridgeSource)
    assert source.members == {"arn": "$.resources[0]"}


@pytest.mark.parametrize("path", ["$." + "x" * 255, "$.resources[first]", "$", "$.a..b"])
def test_what_is_no_path_into_an_event_is_refused(path: str) -> None:
    """API reference, InputTransformer: 256 characters at most."""
    with pytest.raises(ConfigurationError, match="is no path into the event"):
        Source.eventbridge_rule(ORDERS, members={"member": path})


def test_the_longest_path_is_taken() -> None:
    Source.eventbridge_rule(ORDERS, members={"member": "$." + "x" * 254})


def test_more_paths_than_eventbridge_takes_are_refused() -> None:
    """API reference, InputTransformer: 100 entries at most."""
    members = {f"m{place}": f"$.detail.m{place}" for place in range(101)}
    with pytest.raises(ConfigurationError, match=r"source\.members='101 paths': is over 100"):
        Source.eventbridge_rule(ORDERS, members=members)
    Source.eventbridge_rule(ORDERS, members=dict(list(members.items())[:100]))


def test_a_template_longer_than_eventbridge_takes_is_refused() -> None:
    """API reference, InputTransformer: 8,192 characters at most; braces, quotes, colon and newline are 9 of them."""
    with pytest.raises(ConfigurationError, match=r"source\.members='8193 characters as a template': is over 8192"):
        Source.eventbridge_rule(ORDERS, members={"m": "x" * (8192 - 9 + 1)})
    Source.eventbridge_rule(ORDERS, members={"m": "x" * (8192 - 9)})


def test_a_fixed_text_that_eventbridge_would_take_for_a_placeholder_is_refused() -> None:
    """In an input template <name> stands for a value of the paths map; another name fails the deployment."""
    with pytest.raises(ConfigurationError, match="holds < or >"):
        Source.eventbridge_rule(ORDERS, members={"event_name": "order <new>"})


def test_a_rule_can_stand_on_another_bus() -> None:
    stack = new_stack()
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "orders")
    stream_in(stack, Source.eventbridge_rule(ORDERS, event_bus=bus))
    assert Synthesized(stack).only("AWS::Events::Rule")["EventBusName"] == "orders"


def test_a_topic_rule_sends_what_it_selects() -> None:
    """aws-facts 11: newline, tab, CRLF, comma; PutRecordBatch when BatchMode and the SQL yields an array."""
    stack = new_stack()
    sql = "SELECT *, 'reading' AS event_name FROM 'sensors/#'"
    stream_in(stack, Source.iot_topic_rule(sql, separator=IotSeparator.COMMA, batch=True))
    found = Synthesized(stack)
    (stream,) = found.of_type(STREAM)
    (role,) = [id_ for id_ in found.of_type("AWS::IAM::Role") if "RuleRole" in id_]
    payload = found.only("AWS::IoT::TopicRule")["TopicRulePayload"]
    assert payload["Sql"] == sql
    assert payload["Actions"] == [
        {
            "Firehose": {
                "BatchMode": True,
                "DeliveryStreamName": {"Ref": stream},
                "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
                "Separator": ",",
            }
        }
    ]
    assert trust(found, "RuleRole") == {"principal": {"Service": "iot.amazonaws.com"}, "condition": None}
    assert allowed(found, "RuleRole") == [(["firehose:PutRecord", "firehose:PutRecordBatch"], f"<{stream}.Arn>")]


def test_a_service_that_puts_records_may_use_the_streams_key() -> None:
    """aws-facts 1.5: the caller of PutRecord needs kms:GenerateDataKey and kms:Decrypt."""
    stack = new_stack()
    stream_in(stack, Source.eventbridge_rule(ORDERS), encryption=Encryption.kms())
    found = Synthesized(stack)
    (key,) = found.of_type("AWS::KMS::Key")
    assert (["kms:Decrypt", "kms:GenerateDataKey"], f"<{key}.Arn>") in allowed(found, "RuleRole")


def test_the_body_of_a_put_names_the_stream_that_takes_it() -> None:
    stack = new_stack()
    other = new_stack()
    bodies = [
        json.dumps(one.resolve(stream_in(one, source).target.put_one_body("$data"))).replace("\\", "")
        for one, source in ((stack, Source.direct_put()), (other, Source.kinesis()))
    ]
    assert '"Record":{"Data":"$data"}' in bodies[0]
    assert '"PartitionKey":"$context.extendedRequestId","Data":"$data"' in bodies[1]


def test_an_existing_log_group_takes_the_errors() -> None:
    stack = new_stack()
    stream_in(stack, Source.direct_put(), log_group=log_group(stack))
    found = Synthesized(stack)
    assert not found.of_type("AWS::Logs::LogGroup")
    assert found.only("AWS::Logs::LogStream")["LogGroupName"] == "/app/shop"
