"""What a deployed stack has: found in CloudFormation, and asked of the services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream_local.aws.session import AwsError, AwsSession, NotFoundError
from clickstream_local.common.layout import REJECT_STREAM, StreamLayout, function_of

_STREAM = "AWS::KinesisFirehose::DeliveryStream"
_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Deployed:
    """Deployed delivery streams and what lies around them.

    Attributes
    ----------
    streams
        The delivery streams, those of rejected events among them.
    tables
        Database and name of each Glue table that a stream converts to.
    workgroup
        The Athena workgroup; ``""`` for none.
    buckets
        The buckets of the stack.
    """

    streams: tuple[StreamLayout, ...]
    tables: tuple[tuple[str, str], ...] = ()
    workgroup: str = ""
    buckets: tuple[str, ...] = ()


def deployed_stack(session: AwsSession, name: str) -> Deployed:
    """What a stack has, with the stacks nested in it.

    Raises
    ------
    AwsError
        If there is no such stack, or it has no delivery stream.
    """
    resources = stack_resources(session, name)
    names = resources.get(_STREAM, [])
    if not names:
        raise AwsError(
            f"stack {name} has no delivery stream: give the stack of the pipeline, or its parts with --stream"
        )
    found = deployed_streams(session, names)
    workgroups = resources.get("AWS::Athena::WorkGroup", [])
    return Deployed(
        found.streams, found.tables, workgroups[0] if workgroups else "", tuple(resources.get("AWS::S3::Bucket", ()))
    )


def stack_resources(session: AwsSession, name: str) -> dict[str, list[str]]:
    """By type, the physical ids of a stack's resources, of the stacks nested in it too. Raises :class:`AwsError`."""
    found: dict[str, list[str]] = {}
    for kind, physical in _resources(session, name):
        found.setdefault(kind, []).append(physical)
    return found


def deployed_streams(session: AwsSession, names: Sequence[str]) -> Deployed:
    """What belongs to some delivery streams, and to the streams that their functions put rejected events into."""
    streams: list[StreamLayout] = []
    tables = []
    wanted = list(names)
    while wanted:
        name = wanted.pop(0)
        if any(stream.name == name for stream in streams):
            continue
        answer = session.call("firehose:DescribeDeliveryStream", DeliveryStreamName=name)
        destination = answer["DeliveryStreamDescription"]["Destinations"][0].get("ExtendedS3DestinationDescription")
        if destination is None:
            raise AwsError(f"delivery stream {name} does not deliver to S3: give one that does with --stream")
        stream = StreamLayout.of(name, destination, **_of_function(session, function_of(destination)))
        streams.append(stream)
        conversion = destination.get("DataFormatConversionConfiguration") or {}
        schema = conversion.get("SchemaConfiguration") or {}
        if schema.get("TableName"):
            tables.append((schema["DatabaseName"], schema["TableName"]))
        if stream.reject_stream:
            wanted.append(stream.reject_stream)
    return Deployed(tuple(streams), tuple(tables))


def bucket_by_hand(bucket: str) -> Deployed:
    """A pipeline of which only its bucket is known, with the folders that a pipeline has unless it is told."""
    stream = StreamLayout(bucket, f"{bucket}/events/", f"{bucket}/errors/", f"{bucket}/backup/")
    return Deployed((stream,), buckets=(bucket,))


def _resources(session: AwsSession, name: str) -> Iterator[tuple[str, str]]:
    for page in session.pages("cloudformation:ListStackResources", StackName=name):
        for resource in page["StackResourceSummaries"]:
            physical = resource.get("PhysicalResourceId")
            if not physical:
                continue
            if resource["ResourceType"] == _STACK:
                yield from _resources(session, physical)
            else:
                yield resource["ResourceType"], physical


def _of_function(session: AwsSession, arn: str) -> dict[str, Any]:
    if not arn:
        return {}
    name = arn.split(":")[6] if arn.startswith("arn:") else arn
    try:
        found = session.call("lambda:GetFunctionConfiguration", FunctionName=name)
    except NotFoundError:
        return {"function": name, "function_log": f"/aws/lambda/{name}"}
    return {
        "function": name,
        "function_log": found.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}",
        "reject_stream": found.get("Environment", {}).get("Variables", {}).get(REJECT_STREAM, ""),
    }
