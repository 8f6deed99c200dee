"""Rights for people and machines that operate a pipeline: to find what failed, and to put it again."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_clickstream._findings import acknowledge_grant, acknowledge_wildcard
from cdk_clickstream._identity import log_group_name_of
from cdk_clickstream.delivery.delivery_stream import DeliveryStream
from cdk_clickstream.delivery.destination import outermost
from cdk_clickstream.operations.rights import rights_of

_NAMES = "Firehose chooses the names of the objects; only the folders of this pipeline are open."
_OWN = "CloudFormation ends the ARN of a stack, and CloudWatch Logs that of a log group's events, in an id of its own."

_METRICS = "CloudWatch has no ARNs of metrics: who may read one may read all."


def grant_rights(grantee: iam.IGrantable, grants: Sequence[str], streams: Sequence[DeliveryStream]) -> iam.Grant:
    """Grant what :func:`rights_of` lists for some grants, on what belongs to a pipeline.

    Parameters
    ----------
    grantee:
        A principal of this account.
    grants:
        Names of grants.
    streams:
        The pipeline's delivery stream, and that of its rejected events if it has one.
    """
    main = streams[0]
    principal, grantee = grantee, main.outside(grantee)
    stack = cdk.Stack.of(main)
    rights = rights_of(*grants)
    functions = [main.processor.function] if main.processor else []
    logs = [stream.log.group.log_group_arn for stream in streams]
    logs += [_arn(stack, "logs", "log-group", f"{log_group_name_of(one)}:*") for one in functions]
    arns = {
        # The policy of a role names no stack that is not made yet by its id.
        "stack": [stack.format_arn(service="cloudformation", resource="stack", resource_name=f"{stack.stack_name}/*")],
        "streams": [stream.arn for stream in streams],
        "function": [one.function_arn for one in functions],
        "logs": list(dict.fromkeys(logs)),
        "metrics": ["*"],
    }
    granted = [
        iam.Grant.add_to_principal(grantee=grantee, actions=rights[kind], resource_arns=found)
        for kind, found in arns.items()
        if rights.get(kind) and found
    ]
    for arn, reason in {**dict.fromkeys((*arns["stack"], *logs), _OWN), "*": _METRICS}.items():
        if isinstance(principal, iam.Role | iam.User | iam.Group):
            acknowledge_wildcard(principal, arn, reason)
    granted += _grant_objects(grantee, rights, streams)
    if "target" in rights and main.source.takes_producers:
        granted.append(main.target.grant(grantee, main.target.put_many))
    for grant in granted[1:]:
        granted[0] = granted[0].combine(grant)
    return granted[0]


def _grant_objects(
    grantee: iam.IGrantable, rights: dict[str, list[str]], streams: Sequence[DeliveryStream]
) -> list[iam.Grant]:
    stack = cdk.Stack.of(streams[0])
    buckets: dict[str, tuple[s3.IBucket, list[str]]] = {}
    failures: dict[str, tuple[s3.IBucket, list[str]]] = {}
    keys: dict[str, None] = {}
    for number, stream in enumerate(streams):
        for kind, bucket, folder, key in stream.places:
            buckets.setdefault(bucket.bucket_name, (bucket, []))[1].append(folder)
            if kind == "errors" or number:  # the second stream delivers nothing but rejected events
                failures.setdefault(bucket.bucket_name, (bucket, []))[1].append(folder)
            if key is not None:
                keys[key.key_arn] = None
    granted = []
    for bucket, folders in buckets.values():
        patterns = [f"{folder}*" for folder in outermost(folders)]
        granted.append(
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=rights["folders"],
                resource_arns=[bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": patterns}},
            )
        )
        granted.append(
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=rights["objects"],
                resource_arns=[bucket.arn_for_objects(pattern) for pattern in patterns],
            )
        )
        for pattern in patterns:
            acknowledge_grant(grantee, bucket, pattern, _NAMES)
    if keys:
        granted.append(
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=rights["keys"],
                resource_arns=list(keys),
                conditions={"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}},
            )
        )
    if "failures" in rights:
        arns = [
            bucket.arn_for_objects(f"{one}*") for bucket, folders in failures.values() for one in outermost(folders)
        ]
        granted.append(iam.Grant.add_to_principal(grantee=grantee, actions=rights["failures"], resource_arns=arns))
    return granted


def _arn(stack: cdk.Stack, service: str, resource: str, name: str) -> str:
    return stack.format_arn(
        service=service, resource=resource, resource_name=name, arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
    )
