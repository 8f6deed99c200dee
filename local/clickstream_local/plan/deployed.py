"""The template of a deployed stack, read by CloudFormation's API."""

from __future__ import annotations

import json
from typing import Any

from clickstream_local.assembly.documents import parse_template
from clickstream_local.plan.errors import PlanError
from clickstream_local.plan.sides import StackSide


def deployed_stack(
    name: str, *, region: str | None = None, profile: str | None = None, endpoint_url: str | None = None
) -> StackSide:
    """A deployed stack: its processed template, and its parameters.

    Takes ``cloudformation:GetTemplate`` and ``cloudformation:DescribeStacks``; for nested stacks also
    ``cloudformation:DescribeStackResource``.

    Parameters
    ----------
    name:
        Name or ARN of the stack.
    region, profile:
        As boto3 has them. Default: what boto3 finds.
    endpoint_url:
        Where CloudFormation's API is. Default: the region's.

    Raises
    ------
    PlanError
        There is no such stack, or it may not be read.
    """
    # Slow to import, and needed only here.
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session = boto3.Session(region_name=region, profile_name=profile)
        client = session.client("cloudformation", endpoint_url=endpoint_url)
        return _read(client, name)
    except ClientError as error:
        raise PlanError(f"stack {name!r} cannot be read: {error}") from None
    except BotoCoreError as error:
        raise PlanError(f"stack {name!r} cannot be read: {error}; --region and --profile say where it is") from None


def _read(client: Any, name: str) -> StackSide:
    description = client.describe_stacks(StackName=name)["Stacks"][0]
    _, _, _, region, account, _ = description["StackId"].split(":", 5)

    def nested(logical_id: str, url: Any) -> StackSide | None:
        try:
            found = client.describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
            return _read(client, found["StackResourceDetail"]["PhysicalResourceId"])
        except client.exceptions.ClientError:
            # It may not be read, or is not there: what is in it is not known then.
            return None

    body = client.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
    # boto3 parses JSON; a template in YAML comes as text.
    template = parse_template(body if isinstance(body, str) else json.dumps(body), f"the template of stack {name!r}")
    declared = template.get("Parameters") or {}
    return StackSide(
        name=description["StackName"],
        body=template,
        region=region,
        account=account,
        # The value of a parameter with NoEcho comes as asterisks.
        parameters={
            one["ParameterKey"]: one["ParameterValue"]
            for one in description.get("Parameters", ())
            if str(declared.get(one["ParameterKey"], {}).get("NoEcho", "false")).lower() != "true"
        },
        nested=nested,
    )
