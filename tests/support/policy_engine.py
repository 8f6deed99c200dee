"""The policies of a synthesized stack under an independent policy engine, npm ``@cloud-copilot/iam-simulate``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.checkout import CHECKOUT
from support.requirements import absent
from support.stacks import Synthesized

ACCOUNT, REGION = "111122223333", "eu-west-1"
_FOLDER = CHECKOUT / "tools" / "iam-simulate"
_NODE = CHECKOUT / ".venv" / "bin" / "node"
# The engine's words for "this action does not work on such a resource": then there is nothing to allow.
_NOT_APPLICABLE = ("no.resource.types", "must.use.wildcard")
# The engine drops context keys that are part variable from requests: in policies and requests alike they go by names
# of other text keys of KMS, which nothing here uses.
_STAND_INS = {
    "kms:EncryptionContext:aws:s3:arn": "kms:RequestAlias",
    "kms:EncryptionContext:aws:kinesis:arn": "kms:KeyOrigin",
}
_ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{name}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*",
    "AWS::KinesisFirehose::DeliveryStream": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{{name}}",
    "AWS::Kinesis::Stream": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{{name}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{name}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{name}}",
}
_PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_NAMES = {"AWS::Glue::Database": "database", "AWS::Glue::Table": "events"}


@dataclass(frozen=True)
class Request:
    """One question: may a principal do this to that?"""

    principal: str
    action: str
    resource: str
    identity_policies: list[dict[str, Any]] = field(default_factory=list)
    resource_policy: dict[str, Any] | None = None
    context: Mapping[str, str] = field(default_factory=dict)


class Deployed:
    """A stack as if it were deployed: physical names and ARNs in place of references."""

    def __init__(self, found: Synthesized) -> None:
        self._resources: dict[str, dict[str, Any]] = found.template["Resources"]

    def name(self, part: str, type_: str) -> str:
        """Physical name of the only resource of a type whose logical id holds ``part``."""
        (id_,) = [one for one, each in self._resources.items() if part in one and each["Type"] == type_]
        return self._name(id_)

    def arn(self, part: str, type_: str) -> str:
        return _ARNS[type_].format(name=self.name(part, type_))

    def identity_policies(self, role: str) -> list[dict[str, Any]]:
        """Policies that are attached to the role whose logical id holds ``role``."""
        (id_,) = [one for one, each in self._resources.items() if role in one and each["Type"] == "AWS::IAM::Role"]
        return [
            {"name": one, "policy": self._resolve(each["Properties"]["PolicyDocument"])}
            for one, each in self._resources.items()
            if each["Type"] == "AWS::IAM::Policy" and {"Ref": id_} in each["Properties"]["Roles"]
        ]

    def trust(self, role: str) -> dict[str, Any]:
        (id_,) = [one for one, each in self._resources.items() if role in one and each["Type"] == "AWS::IAM::Role"]
        found: dict[str, Any] = self._resolve(self._resources[id_]["Properties"]["AssumeRolePolicyDocument"])
        return found

    def resource_policy(self, arn: str) -> dict[str, Any] | None:
        """The policy of the bucket or key that an ARN names."""
        for id_, one in self._resources.items():
            if one["Type"] == "AWS::KMS::Key" and self._arn(id_) == arn:
                return self._resolve(one["Properties"]["KeyPolicy"])  # type: ignore[no-any-return]
            if one["Type"] == "AWS::S3::BucketPolicy":
                bucket = _ARNS["AWS::S3::Bucket"].format(name=self._resolve(one["Properties"]["Bucket"]))
                if arn == bucket or arn.startswith(f"{bucket}/"):
                    return self._resolve(one["Properties"]["PolicyDocument"])  # type: ignore[no-any-return]
        return None

    def _name(self, id_: str) -> str:
        one = self._resources[id_]
        named = one.get("Properties", {}).get("LogStreamName") or _NAMES.get(one["Type"])
        return named or id_.lower()

    def _arn(self, id_: str) -> str:
        return _ARNS[self._resources[id_]["Type"]].format(name=self._name(id_))

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolve(one) for one in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Ref"}:
            return _PSEUDO.get(value["Ref"]) or self._name(value["Ref"])
        if set(value) == {"Fn::GetAtt"}:
            return self._arn(value["Fn::GetAtt"][0])
        if set(value) == {"Fn::Join"}:
            delimiter, parts = value["Fn::Join"]
            return delimiter.join(self._resolve(parts))
        return {key: self._resolve(one) for key, one in value.items()}


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
                "account": ACCOUNT,
                "context": {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3", **one.context},
                "identityPolicies": one.identity_policies,
                "resourcePolicy": one.resource_policy,
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
