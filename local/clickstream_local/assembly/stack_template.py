"""One template with everything needed to resolve it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.intrinsics import OutputLookup, Resolver
from clickstream_local.assembly.physical import REFERRED_TO_BY_ARN, attribute, opaque_id, physical_name

DEFAULT_REGION = "us-east-1"
# The account of a stack that was synthesized without one.
DEFAULT_ACCOUNT = "000000000000"


def _no_output(stack: str, region: str, output: str) -> Any:
    raise KeyError(output)


@dataclass(frozen=True)
class Resource:
    """A resource with its properties resolved."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]


class StackTemplate:
    """A CloudFormation template, resolved on demand.

    Attributes
    ----------
    place
        What was read last, for messages.
    current
        The logical id of the resource that was read last; None where it was something else.
    left_out
        By logical id, why a resource is not read: it is as if it were not there, but what refers to it goes on.

    Parameters
    ----------
    body:
        The parsed template.
    stack:
        Name of the stack.
    region, account:
        Where the stack would be deployed.
    assets:
        Asset hash to folder or file, for Lambda code.
    parameters:
        Values for the template's parameters.
    imports:
        Exports of the other stacks, shared by all templates of an assembly.
    outputs:
        Outputs of the other stacks. Default: there are none.
    deployment:
        What the stack's id is made of, beside its name. Default: the same id everywhere.
    """

    def __init__(
        self,
        body: Mapping[str, Any],
        *,
        stack: str,
        region: str,
        account: str,
        assets: Mapping[str, Path],
        parameters: Mapping[str, str],
        imports: Mapping[str, Any],
        outputs: OutputLookup = _no_output,
        deployment: uuid.UUID = uuid.NAMESPACE_URL,
    ) -> None:
        self.body = body
        self.stack = stack
        self.region = region
        self.account = account
        self.partition = partition_of(region)
        self.assets = assets
        self._names: dict[str, str] = {}
        self._naming: list[str] = []
        self._resources: dict[str, Resource] = {}
        self.place = f"stack {stack!r}"
        self.current: str | None = None
        self.left_out: dict[str, str] = {}
        stack_id = f"stack/{stack}/{uuid.uuid5(deployment, stack)}"
        self.resolver = Resolver(
            body,
            pseudo={
                "AWS::AccountId": account,
                "AWS::Partition": self.partition,
                "AWS::Region": region,
                "AWS::StackId": f"arn:{self.partition}:cloudformation:{region}:{account}:{stack_id}",
                "AWS::StackName": stack,
                "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
            },
            parameters=parameters,
            physical_id=self._reference,
            attribute=self._attribute,
            imports=imports,
            outputs=outputs,
        )

    def resources(self, *types: str) -> Iterator[Resource]:
        """The resources of the given types (all, if none is given) whose condition holds, properties resolved."""
        for logical_id, resource_type in self.types():
            if (not types or resource_type in types) and logical_id not in self.left_out:
                yield self.resource(logical_id)

    def resource(self, logical_id: str) -> Resource:
        """One resource, its properties resolved.

        Raises
        ------
        AssemblyError
            A property cannot be resolved.
        """
        self.at(f"resource {logical_id!r}", logical_id)
        if logical_id not in self._resources:
            resource = self.body["Resources"][logical_id]
            try:
                properties = self.resolver.resolve(resource.get("Properties") or {})
            except AssemblyError as error:
                raise AssemblyError(f"{self.place}: {error}") from error.__cause__
            self._resources[logical_id] = Resource(logical_id, resource["Type"], properties)
        return self._resources[logical_id]

    def at(self, place: str, resource: str | None = None) -> None:
        """Note what is read now."""
        self.place = f"stack {self.stack!r}, {place}"
        self.current = resource

    def types(self) -> Iterator[tuple[str, str]]:
        """Logical id and type of each resource whose condition holds; nothing is resolved."""
        for logical_id, resource in self.body.get("Resources", {}).items():
            if self.holds(resource):
                yield logical_id, resource["Type"]

    def holds(self, conditional: Mapping[str, Any]) -> bool:
        """Whether the ``Condition`` of a resource or an output holds; true without one."""
        condition = conditional.get("Condition")
        return condition is None or self.resolver.condition(condition)

    def parts_of_api(self, kind: str, api_id: str) -> Iterator[Resource]:
        """The resources ``AWS::ApiGateway::<kind>`` of one REST API."""
        for resource in self.resources(f"AWS::ApiGateway::{kind}"):
            if resource.properties.get("RestApiId") == api_id:
                yield resource

    def _reference(self, logical_id: str) -> str:
        resource = self.body["Resources"][logical_id]
        if resource["Type"] not in REFERRED_TO_BY_ARN:
            return self.name_of(logical_id)
        if resource["Type"] == "AWS::SNS::Topic":
            return self.arn_of(logical_id)
        # An alias, or a version, which has no name but a number.
        called = self.resolver.resolve(resource["Properties"])
        name = str(called["FunctionName"]).rpartition(":")[2]
        place = {"partition": self.partition, "region": self.region, "account": self.account}
        return f"{attribute('AWS::Lambda::Function', name, 'Arn', **place)}:{called.get('Name', 1)}"

    def name_of(self, logical_id: str) -> str:
        """What ``Ref`` of a resource gives, or for one with an ARN there, its name.

        Raises
        ------
        AssemblyError
            The resource's name is made of the name of another one, and that in turn of its own.
        """
        if logical_id not in self._names:
            if logical_id in self._naming:
                circle = " → ".join([*self._naming, logical_id])
                raise AssemblyError(f"the names of resources are made of each other: {circle}")
            self._naming.append(logical_id)
            try:
                resource = self.body["Resources"][logical_id]
                properties = resource.get("Properties", {})
                naming = {key: self.resolver.resolve(value) for key, value in properties.items() if _names(key)}
                self._names[logical_id] = physical_name(self.stack, logical_id, resource["Type"], naming)
            except AssemblyError as error:
                raise AssemblyError(f"the name of {logical_id!r}: {error}") from error.__cause__
            finally:
                self._naming.pop()
        return self._names[logical_id]

    def arn_of(self, logical_id: str) -> str:
        """What ``Fn::GetAtt`` of ``Arn`` gives."""
        return str(self._attribute(logical_id, "Arn"))

    def _attribute(self, logical_id: str, wanted: str) -> Any:
        resource_type = self.body["Resources"][logical_id]["Type"]
        name = self.name_of(logical_id)
        if resource_type == "AWS::ApiGateway::Resource" and wanted == "ResourceId":
            return name
        if resource_type == "AWS::ApiGateway::RestApi" and wanted == "RestApiId":
            return name
        return attribute(
            resource_type, name, wanted, partition=self.partition, region=self.region, account=self.account
        )


def _names(property_name: str) -> bool:
    """Whether a property can hold a resource's own name; only those are resolved early, so that no cycle arises."""
    return property_name.endswith("Name") or property_name in ("DatabaseInput", "TableInput")


def partition_of(region: str) -> str:
    """The partition that a region lies in."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def root_resource_id(rest_api_id: str) -> str:
    """The id of an API's root resource."""
    return opaque_id(rest_api_id, "root")
