"""The policy documents of some stacks: of roles, of resources, of VPC endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import Resource, StackTemplate
from clickstream_local.iam.calls import readable
from clickstream_local.iam.policy import Policy

_KEY, _BUCKET, _TOPIC, _FUNCTION = "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::Lambda::Function"
_STREAM, _DELIVERY_STREAM = "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream"
_API = "AWS::ApiGateway::RestApi"
_WITH_POLICY = (_BUCKET, _FUNCTION, _KEY, _STREAM, _TOPIC)
# In whose ARN the resource is named that has the policy: an object's bucket, a version's function.
_GUARDED = ("s3", "lambda", "kms", "kinesis", "sns")


@dataclass
class Role:
    """A role of the templates.

    Attributes
    ----------
    logical_id:
        In its template.
    trust, policies, boundary:
        Its documents.
    unknown:
        ARNs of its policies that no template holds.
    unknown_boundary:
        ARN of its permissions boundary, if no template holds it.
    """

    logical_id: str
    trust: Policy
    policies: list[Policy] = field(default_factory=list)
    boundary: Policy | None = None
    unknown: list[str] = field(default_factory=list)
    unknown_boundary: str | None = None


class Documents:
    """The documents, by the ARN of what they are of.

    Parameters
    ----------
    templates:
        The stacks.
    unreadable:
        Hears of a document that cannot be resolved.

    Attributes
    ----------
    roles:
        By ARN.
    buffer_keys:
        By the ARN of a delivery stream, that of the customer's own key for what it buffers.
    """

    def __init__(self, templates: Iterable[StackTemplate], unreadable: Callable[[AssemblyError], None]) -> None:
        self.roles: dict[str, Role] = {}
        self.buffer_keys: dict[str, str] = {}
        # Their policies name methods in a short form; who may call them by these is not known.
        self._apis_with_policy: set[str] = set()
        self._resources: dict[str, list[Policy]] = {}
        self._endpoints: dict[str, list[Policy]] = {}
        found = [(template, one) for template in templates for one in readable(template, _READ, unreadable)]
        managed = {
            name: Policy(one.logical_id, one.properties.get("PolicyDocument", {}))
            for template, one in found
            if one.type == "AWS::IAM::ManagedPolicy"
            for name in _names_of_managed(template, one)
        }
        for template, resource in found:
            if resource.type == "AWS::IAM::Role":
                self._add_role(template, resource, managed)
            elif resource.type == _API:
                if resource.properties.get("Policy"):
                    self._apis_with_policy.add(template.name_of(resource.logical_id))
            elif resource.type == _DELIVERY_STREAM:
                if key := (resource.properties.get("DeliveryStreamEncryptionConfigurationInput") or {}).get("KeyARN"):
                    self.buffer_keys[template.arn_of(resource.logical_id)] = key
            elif resource.type in _WITH_POLICY:
                self._resources.setdefault(template.arn_of(resource.logical_id), []).extend(
                    _own_policy(template, resource)
                )
        for template, resource in found:
            self._attach(template, resource)

    def of_resource(self, arn: str) -> list[Policy] | None:
        """The policies of a resource; None for one of no template, which may have some."""
        service = (arn.split(":") + [""] * 3)[2]
        base = arn.split("/", 1)[0] if service in ("s3", "execute-api") else ":".join(arn.split(":")[:7])
        if base in self._resources:
            return self._resources[base]
        return None if service in _GUARDED or base.rpartition(":")[2] in self._apis_with_policy else []

    def of_endpoint(self, service: str) -> list[Policy] | None:
        """The policies of the VPC endpoints for a service; None without one."""
        return self._endpoints.get(service)

    def _add_role(self, template: StackTemplate, resource: Resource, managed: Mapping[str, Policy]) -> None:
        properties = resource.properties
        role = Role(resource.logical_id, Policy(resource.logical_id, properties.get("AssumeRolePolicyDocument", {})))
        for inline in properties.get("Policies", []):
            name = f"{resource.logical_id}/{inline.get('PolicyName', '')}"
            role.policies.append(Policy(name, inline.get("PolicyDocument", {})))
        for arn in properties.get("ManagedPolicyArns", []):
            _add(role, arn, managed)
        if boundary := properties.get("PermissionsBoundary"):
            role.boundary = managed.get(boundary)
            role.unknown_boundary = None if role.boundary else boundary
        self.roles[template.arn_of(resource.logical_id)] = role

    def _attach(self, template: StackTemplate, resource: Resource) -> None:
        """Give a policy that is a resource of its own to what it is of."""
        properties, document = resource.properties, resource.properties.get("PolicyDocument", {})
        policy = Policy(resource.logical_id, document)
        match resource.type:
            case "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy":
                for name in properties.get("Roles", []):
                    self._give(template, name, policy)
            case "AWS::IAM::RolePolicy":
                self._give(template, properties.get("RoleName", ""), policy)
            case "AWS::S3::BucketPolicy":
                self._guard(f"arn:{template.partition}:s3:::{properties.get('Bucket')}", policy)
            case "AWS::Lambda::Permission":
                self._guard(*_permission(template, resource))
            case "AWS::SNS::TopicPolicy":
                for topic in properties.get("Topics", []):
                    self._guard(topic, policy)
            case "AWS::Kinesis::ResourcePolicy":
                policy = Policy(resource.logical_id, properties.get("ResourcePolicy", {}))
                self._guard(properties.get("ResourceArn", ""), policy)
            case "AWS::EC2::VPCEndpoint":
                service = str(properties.get("ServiceName", "")).rpartition(".")[2].removeprefix("kinesis-")
                if document:
                    self._endpoints.setdefault(service, []).append(policy)

    def _give(self, template: StackTemplate, name: str, policy: Policy) -> None:
        role = self.roles.get(f"arn:{template.partition}:iam::{template.account}:role/{name}")
        if role is not None and policy not in role.policies:
            role.policies.append(policy)

    def _guard(self, arn: str, policy: Policy) -> None:
        if arn in self._resources:
            self._resources[arn].append(policy)


_ATTACHED = (
    "AWS::EC2::VPCEndpoint",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::Kinesis::ResourcePolicy",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
)
_READ = (*_ATTACHED, "AWS::IAM::Role", _API, _DELIVERY_STREAM, *_WITH_POLICY)


def _names_of_managed(template: StackTemplate, resource: Resource) -> Iterator[str]:
    """The texts by which a template names a managed policy: what ``Ref`` gives here, and its ARN."""
    name = resource.properties.get("ManagedPolicyName") or template.name_of(resource.logical_id)
    yield template.name_of(resource.logical_id)
    yield f"arn:{template.partition}:iam::{template.account}:policy/{name}"


def _add(role: Role, arn: str, managed: Mapping[str, Policy]) -> None:
    if arn not in managed:
        role.unknown.append(arn)
    elif managed[arn] not in role.policies:
        role.policies.append(managed[arn])


def _permission(template: StackTemplate, resource: Resource) -> tuple[str, Policy]:
    """A function's ARN, and the permission as the statement that Lambda makes of it."""
    properties, name = resource.properties, str(resource.properties.get("FunctionName", ""))
    place = f"arn:{template.partition}:lambda:{template.region}:{template.account}:function"
    arn = name if name.startswith("arn:") else f"{place}:{name.rpartition('function:')[2]}"
    principal = str(properties.get("Principal", ""))
    kind = "Service" if principal.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "AWS"
    conditions = {
        "ArnLike": {"aws:SourceArn": properties.get("SourceArn")},
        "StringEquals": {
            "aws:PrincipalOrgID": properties.get("PrincipalOrgID"),
            "aws:SourceAccount": properties.get("SourceAccount"),
        },
    }
    statement = {
        "Effect": "Allow",
        "Action": properties.get("Action"),
        "Principal": {kind: principal},
        "Resource": arn,
        "Condition": {
            operator: {key: wanted for key, wanted in tests.items() if wanted} for operator, tests in conditions.items()
        },
    }
    return ":".join(arn.split(":")[:7]), Policy(resource.logical_id, {"Statement": statement})


def _own_policy(template: StackTemplate, resource: Resource) -> list[Policy]:
    """The policy that stands in a resource itself; a key without one lets its account in."""
    if resource.type != _KEY:
        return []
    owner = {"AWS": f"arn:{template.partition}:iam::{template.account}:root"}
    default = {"Statement": {"Effect": "Allow", "Principal": owner, "Action": "kms:*", "Resource": "*"}}
    return [Policy(resource.logical_id, resource.properties.get("KeyPolicy") or default)]
