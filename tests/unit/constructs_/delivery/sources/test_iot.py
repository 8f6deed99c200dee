from __future__ import annotations

import aws_cdk as cdk

from cdk_clickstream import IotSeparator, S3Prefix, Source
from support.stacks import STREAM, Synthesized, flat, new_stack, stream_in


def test_a_topic_rule_sends_what_it_selects() -> None:
    """facts/sources.md#kinds: newline, tab, CRLF, comma; PutRecordBatch when BatchMode and the SQL yields an array."""
    stack = new_stack()
    sql = "SELECT *, 'reading' AS event_name FROM 'sensors/#'"
    stream_in(stack, source=Source.iot_topic_rule(sql, separator=IotSeparator.COMMA, batch=True))
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


def test_an_error_action_of_your_own_goes_into_the_rule() -> None:
    """Without one, AWS IoT drops what Firehose refuses."""
    stack = new_stack()
    stream = stream_in(stack, source=Source.iot_topic_rule("SELECT * FROM 'sensors/#'", keep_failed=False))
    action = {
        "Sqs": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q", "RoleArn": "arn:aws:iam::1:role/r"}
    }
    rule = stream.node.find_child("Rule").node.find_child("Rule")
    assert isinstance(rule, cdk.CfnResource)
    rule.add_property_override("TopicRulePayload.ErrorAction", action)
    assert Synthesized(stack).only("AWS::IoT::TopicRule")["TopicRulePayload"]["ErrorAction"] == action


def test_what_firehose_refuses_is_kept_beside_the_other_errors() -> None:
    stack = new_stack()
    stream_in(
        stack,
        source=Source.iot_topic_rule("SELECT * FROM 'sensors/#'"),
        error_prefix=S3Prefix("errors/sensors/!{firehose:error-output-type}/"),
    )
    found = Synthesized(stack)
    action = found.only("AWS::IoT::TopicRule")["TopicRulePayload"]["ErrorAction"]["S3"]
    (role,) = [id_ for id_ in found.of_type("AWS::IAM::Role") if "RuleRole" in id_]
    assert action == {
        "BucketName": "lake",
        "Key": 'errors/sensors/iot-rule-failed/dt=${parse_time("yyyy-MM-dd", timestamp())}/${newuuid()}',
        "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
    }
    statement = found.statements("RuleRole")["Failed"]
    assert (statement["Action"], flat(statement["Resource"])) == (
        "s3:PutObject",
        "arn:<AWS::Partition>:s3:::lake/errors/sensors/iot-rule-failed/*",
    )
