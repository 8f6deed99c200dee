"""The policies of a synthesized stack under an independent policy engine, npm ``@cloud-copilot/iam-simulate``.

Whatever it is asked, the evaluator of the local runtime is asked, too: :func:`own_decision`.
"""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from clickstream_local.assembly.cloud_assembly import load_templates
from clickstream_local.assembly.stack_template import DEFAULT_ACCOUNT, DEFAULT_REGION, Resource, StackTemplate
from clickstream_local.iam.calls import Call
from clickstream_local.iam.policy import Policy, decide
from clickstream_local.iam.policy import Request as OwnRequest
from support.checkout import CHECKOUT
from support.requirements import absent

ACCOUNT, REGION = DEFAULT_ACCOUNT, DEFAULT_REGION
_FOLDER = CHECKOUT / "tools" / "iam-simulate"
_NODE = CHECKOUT / ".venv" / "bin" / "node"
# The engine's words for "this action does not work on such a resource": then there is nothing to allow.
_NOT_APPLICABLE = ("no.resource.types", "must.use.wildcard")
# The engine drops context keys that are part variable from requests: in policies and requests alike they go by names
# of other text keys of KMS, which nothing here uses.
_STAND_INS = {
    "kms:EncryptionContext:aws:s3:arn": "kms:RequestAlias",
    "kms:EncryptionContext:aws:kinesis:arn": "kms:KeyOrigin",
    "kms:EncryptionContext:aws:logs:arn": "kms:KeySpec",
}


@dataclass(frozen=True)
class Request:
    """One question: may a principal do this to that?"""

    principal: str
    action: str
    resource: str
    identity_policies: list[dict[str, Any]] = field(default_factory=list)
    resource_policy: dict[str, Any] | None = None
    endpoint_policy: dict[str, Any] | None = None
    context: Mapping[str, str | list[str]] = field(default_factory=dict)
    account: str = ACCOUNT
    boundary_policy: dict[str, Any] | None = None


@dataclass(frozen=True)
class Right:
    """A statement, and the document that it stands in.

    ``document`` is one of ``role``, ``trust``, ``policy`` and ``endpoint``; ``owner`` the ARN of the role or of the
    resource, or the service that the VPC endpoint is of.
    """

    document: str
    owner: str
    statement: dict[str, Any]


class Deployed:
    """Stacks as if they were deployed: physical names and ARNs in place of references."""

    def __init__(self, *stacks: cdk.Stack) -> None:
        root = stacks[0].node.root
        assert isinstance(root, cdk.App)
        wanted = {stack.stack_name for stack in stacks}
        self.templates = [one for one, _ in load_templates(Path(root.synth().directory)) if one.stack in wanted]
        self.rights: list[Right] = []
        for right in (right for template in self.templates for right in _rights(template)):
            # A role may be given the same right twice, once in a policy of its own.
            if right not in self.rights:
                self.rights.append(right)
        # A document that has lost its last statement is still there, and allows nothing.
        self._documents = {(right.document, right.owner) for right in self.rights}

    def changed(self, change: Callable[[Right], Right | None]) -> Deployed:
        """The same stacks with other statements, or without some."""
        made = copy.copy(self)
        made.rights = [right for right in map(change, self.rights) if right is not None]
        made._documents = self._documents
        return made

    def without(self, one: Right) -> Deployed:
        return self.changed(lambda right: None if right is one else right)

    def name(self, part: str, type_: str) -> str:
        """Physical name of the only resource of a type whose logical id holds ``part``."""
        template, id_ = self._find(part, type_)
        return template.name_of(id_)

    def arn(self, part: str, type_: str) -> str:
        template, id_ = self._find(part, type_)
        return template.arn_of(id_)

    def role(self, part: str) -> str:
        """ARN of the only role whose logical id holds ``part``."""
        return self.arn(part, "AWS::IAM::Role")

    def request(
        self,
        principal: str,
        action: str,
        resource: str,
        context: Mapping[str, str] | None = None,
        *,
        through_endpoint: bool = False,
    ) -> Request:
        """A request with all policies that decide it."""

        def policy(document: str, owns: Callable[[str], bool]) -> dict[str, Any] | None:
            if not any(kind == document and owns(owner) for kind, owner in self._documents):
                return None
            statements = [one.statement for one in self.rights if one.document == document and owns(one.owner)]
            return {"Version": "2012-10-17", "Statement": statements or [_NOTHING]}

        identity = [one.statement for one in self.rights if (one.document, one.owner) == ("role", principal)]
        return Request(
            principal,
            action,
            resource,
            [{"name": "role", "policy": {"Version": "2012-10-17", "Statement": identity}}] if identity else [],
            policy(
                "trust" if action == "sts:AssumeRole" else "policy",
                lambda owner: resource == owner or resource.startswith(f"{owner}/"),
            ),
            policy("endpoint", lambda owner: through_endpoint and owner == action.partition(":")[0]),
            context or {},
            self.templates[0].account,
        )

    def _find(self, part: str, type_: str) -> tuple[StackTemplate, str]:
        (found,) = [
            (template, id_)
            for template in self.templates
            for id_, its_type in template.types()
            if part in id_ and its_type == type_
        ]
        return found


_NOTHING = {"Effect": "Allow", "Action": "none:Nothing", "Resource": "arn:aws:none:::nothing", "Principal": "*"}


def _rights(template: StackTemplate) -> Iterator[Right]:
    for resource in template.resources(*_DOCUMENTS):
        document, member = _DOCUMENTS[resource.type]
        for owner in _owners(template, resource):
            if resource.type == "AWS::Lambda::Permission":
                yield Right(document, owner, _permission(resource.properties))
            for statement in resource.properties.get(member, {}).get("Statement", ()):
                yield Right(document, owner, _for_anybody(statement) if document == "endpoint" else statement)


def _permission(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The statement that Lambda makes of a permission, with what the CDK writes."""
    assert properties.keys() <= {"Action", "FunctionName", "Principal", "SourceArn"}
    return {
        "Effect": "Allow",
        "Action": properties["Action"],
        "Principal": {"Service": properties["Principal"]},
        "Resource": properties["FunctionName"],
        "Condition": {"ArnLike": {"aws:SourceArn": properties["SourceArn"]}},
    }


def _for_anybody(statement: dict[str, Any]) -> dict[str, Any]:
    """A statement of an interface endpoint in the form of a gateway endpoint's, the only one that the engine takes."""
    return {
        **statement,
        "Principal": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": statement["Principal"]["AWS"]}},
    }


_DOCUMENTS = {
    "AWS::EC2::VPCEndpoint": ("endpoint", "PolicyDocument"),
    "AWS::IAM::Policy": ("role", "PolicyDocument"),
    "AWS::IAM::Role": ("trust", "AssumeRolePolicyDocument"),
    "AWS::KMS::Key": ("policy", "KeyPolicy"),
    "AWS::Lambda::Permission": ("policy", ""),
    "AWS::S3::BucketPolicy": ("policy", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("policy", "PolicyDocument"),
}


def _owners(template: StackTemplate, resource: Resource) -> list[str]:
    properties = resource.properties
    match resource.type:
        case "AWS::IAM::Policy":
            return [f"arn:{template.partition}:iam::{template.account}:role/{role}" for role in properties["Roles"]]
        case "AWS::Lambda::Permission":
            return [str(properties["FunctionName"])]
        case "AWS::S3::BucketPolicy":
            return [f"arn:{template.partition}:s3:::{properties['Bucket']}"]
        case "AWS::SNS::TopicPolicy":
            return list(properties["Topics"])
        case "AWS::EC2::VPCEndpoint":
            # Firehose's only: nothing here calls another service through an endpoint.
            return ["firehose"] if properties["ServiceName"].endswith(".kinesis-firehose") else []
    return [template.arn_of(resource.logical_id)]


def denied(worlds: Sequence[Deployed], calls: Sequence[Call]) -> list[list[Call]]:
    """Return the calls that the policies do not allow, in each of several variants of the same stacks.

    The evaluator of the local runtime has to agree on each.
    """
    asked = [
        [
            world.request(
                call.caller, call.action, call.resource, call.context, through_endpoint="endpoint" in call.edge.rests_on
            )
            for call in calls
        ]
        for world in worlds
    ]
    # Most statements have nothing to do with most calls: each different question is asked once.
    questions = {repr(request): request for requests in asked for request in requests}
    answers = list(decisions(questions.values()))
    assert [request for request, _, yes in answers if own_decision(request) is not yes] == []
    refused = {repr(request) for request, _, yes in answers if not yes}
    return [
        [call for call, request in zip(calls, requests, strict=True) if repr(request) in refused] for requests in asked
    ]


def own_decision(asked: Request) -> bool:
    """The answer of the evaluator of the local runtime."""
    return decide(
        OwnRequest(asked.principal, asked.action, asked.resource, _context(asked)),
        identity=[Policy(one["name"], one["policy"]) for one in asked.identity_policies],
        boundary=Policy("boundary", asked.boundary_policy) if asked.boundary_policy else None,
        resource=[Policy("resource", asked.resource_policy)] if asked.resource_policy else [],
        endpoint=[Policy("endpoint", asked.endpoint_policy)] if asked.endpoint_policy else None,
        resource_account=asked.account,
        needs_resource_policy=asked.action.startswith("kms:"),
    ).allowed


def _context(asked: Request) -> dict[str, str | list[str]]:
    return {
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        **({"aws:PrincipalArn": asked.principal} if asked.endpoint_policy else {}),
        **asked.context,
    }


def decisions(requests: Iterable[Request]) -> Iterator[tuple[Request, str, bool]]:
    """Request, action and whether it is allowed; ``service:*`` asks for each action of the service."""
    if not (_FOLDER / "node_modules" / "@cloud-copilot" / "iam-simulate").is_dir():
        absent("the policy engine is not installed", "`make test-matrix` does it")
    asked = list(requests)
    document = {
        "requests": [
            {
                "id": number,
                "principal": one.principal,
                "action": one.action,
                "resource": one.resource,
                "account": one.account,
                "context": _context(one),
                "identityPolicies": one.identity_policies,
                "resourcePolicy": one.resource_policy,
                "endpointPolicy": one.endpoint_policy,
                "boundaryPolicy": one.boundary_policy,
            }
            for number, one in enumerate(asked)
        ]
    }
    text = json.dumps(document)
    for key, stand_in in _STAND_INS.items():
        text = text.replace(key, stand_in)
    done = subprocess.run(
        [str(_NODE), "simulate.mjs"],
        cwd=_FOLDER,
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    for answer in json.loads(done.stdout):
        decision = answer["decision"]
        if decision.startswith("error") and not any(one in decision for one in _NOT_APPLICABLE):
            raise AssertionError(f"{asked[answer['id']]} {answer['action']}: {decision}")
        yield asked[answer["id"]], answer["action"], decision == "Allowed"
