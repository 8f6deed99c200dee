from __future__ import annotations

import aws_cdk as cdk

from cdk_clickstream import IotSeparator, Source
from support.stacks import STREAM, Synthesized, new_stack, stream_in


def test_a_topic_rule_sends_what_it_selects() -> None:
    """aws-facts 11: newline, tab, CRLF, comma; PutRecordBatch when BatchMode and the SQL yields an array."""
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


def test_an_error_action_can_be_added_as_the_docstring_says() -> None:
    stack = new_stack()
    stream = stream_in(stack, source=Source.iot_topic_rule("SELECT * FROM 'sensors/#'"))
    action = {"S3": {"BucketName": "kept", "Key": "${newuuid()}", "RoleArn": "arn:aws:iam::111122223333:role/r"}}
    rule = stream.node.find_child("Rule").node.find_child("Rule")
    assert isinstance(rule, cdk.CfnResource)
    rule.add_property_override("TopicRulePayload.ErrorAction", action)
    assert Synthesized(stack).only("AWS::IoT::TopicRule")["TopicRulePayload"]["ErrorAction"] == action
