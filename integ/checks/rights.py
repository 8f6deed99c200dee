"""Roles and conditions that were cut tighter than AWS's samples."""

from __future__ import annotations

import json

from integ.check import Steps, check
from integ.checks.delivery import UNDECODABLE
from integ.deployment import Deployment
from integ.outcome import NotHereError, expect, holds


@check("log-stream-right")
def log_stream_right(on: Deployment) -> Steps:
    """Firehose logs a failure, with a right to put events into its own log stream and no more."""
    on.put("Main", UNDECODABLE + b" for the log")
    yield
    codes = on.wait("an entry in the delivery stream's log group", lambda: on.logged_codes("Main") or None)
    return holds(f"logged: {', '.join(codes)}")


@check("external-id")
def external_id(on: Deployment) -> Steps:
    """Firehose takes a role whose trust demands the account as ``sts:ExternalId``, and delivers with it."""
    names, iam = on.names("Main"), on.environment.client("iam")
    event_id = on.event_id("external-id")
    expect(on.post("Main", {"event_name": "click", "event_id": event_id}).status == 202, "a plain event was refused")
    yield
    trust = iam.get_role(RoleName=names.role)["Role"]["AssumeRolePolicyDocument"]
    expect("sts:ExternalId" in json.dumps(trust), "the trust of the delivery role has no sts:ExternalId")
    on.wait_for_rows("Main", [event_id])
    return holds("the role's trust has the condition, and its stream delivered a row")


@check("kinesis-source-key")
def kinesis_source_key(on: Deployment) -> Steps:
    """A delivery role decrypts a Kinesis source, and writes objects, with one customer managed key."""
    stream, kinesis = on.names("Keyed").kinesis_stream, on.environment.client("kinesis")
    ids = [on.event_id(f"keyed-{way}") for way in ("events", "records", "put")]
    events = [{"event_name": "click", "event_id": event_id} for event_id in ids]
    answers = [on.post("Keyed", events[0]).status, on.post("Keyed", [events[1]], path="/records").status]
    expect(answers == [202, 202], f"the endpoint in front of the Kinesis stream answered {answers}")
    kinesis.put_record(StreamName=stream, Data=json.dumps(events[2]).encode(), PartitionKey="one")
    yield
    on.wait_for_rows("Keyed", ids)
    return holds("rows arrived of POST /events, POST /records and PutRecord, through the key")


@check("china-via-service")
def china_via_service(on: Deployment) -> Steps:
    """In a China region, ``kms:ViaService`` is ``s3.<region>.amazonaws.com``."""
    if not on.environment.region.startswith("cn-"):
        raise NotHereError(f"{on.environment.region} must be a China region for this check")
    event_id = on.event_id("china")
    expect(on.post("Keyed", {"event_name": "click", "event_id": event_id}).status == 202, "a plain event was refused")
    yield
    on.wait_for_rows("Keyed", [event_id])
    return holds("objects encrypted with the customer managed key arrived")


@check("function-arn")
def function_arn(on: Deployment) -> Steps:
    """Firehose calls the transform by a role that names the function's ARN and its newest version."""
    names, iam = on.names("Main"), on.environment.client("iam")
    event_id = on.event_id("function-arn")
    expect(on.post("Main", {"event_name": "click", "event_id": event_id}).status == 202, "a plain event was refused")
    yield
    policies = iam.list_role_policies(RoleName=names.role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=names.role, PolicyName=name)["PolicyDocument"] for name in policies]
    expect("$LATEST" in json.dumps(documents), "the delivery role names no newest version of the function")
    on.wait_for_rows("Main", [event_id])
    return holds("the role names the function with and without $LATEST, and a row came through the function")
