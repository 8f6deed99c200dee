"""Rights: each call between the parts of some stacks, judged by the policies of their templates.

A template does not change while it runs, so every call that it shows is judged once; what a client asks for is judged
each time, since it names the resource, and the hour may decide. Where a template does not hold what decides
(an imported role, a managed policy of AWS, a key of another account, a condition key whose value only AWS knows), the
call is taken as allowed and said to be so. What AWS says and does is in facts/iam.md#denials.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.assembly.stack_template import StackTemplate
from clickstream_local.iam.calls import Call, every_call
from clickstream_local.iam.conditions import several
from clickstream_local.iam.documents import Documents, Role
from clickstream_local.iam.edges import Edge
from clickstream_local.iam.policy import Kind, Policy, Request, Verdict, decide

_UNKNOWN_KEYS = (
    "aws:ec2",
    "aws:principalorg",
    "aws:principaltag/",
    "aws:referer",
    "aws:requesttag/",
    "aws:resourceorg",
    "aws:resourcetag/",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorg",
    "aws:sourcevpc",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:vpcsource",
    "kms:",
    "s3:existingobjecttag/",
    "s3:requestobjecttag/",
    "s3:x-amz-",
)
"""Condition keys that AWS may send and whose values are not known here, by their beginnings."""

_SESSIONS = {"apigateway.amazonaws.com": "BackplaneAssumeRoleSession", "firehose.amazonaws.com": "AWSFirehoseToS3"}
_ASSUME = "sts:AssumeRole"
_ANYTHING = Policy("", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


@dataclass(frozen=True)
class Denial:
    """A call that IAM denies.

    Attributes
    ----------
    principal:
        Who calls, as AWS's messages name it: the session of a role, or a service.
    action, resource:
        The right that is missing.
    reason:
        The end of AWS's message: which kind of policy does not allow it, or denies it.
    where:
        What to change: the role or resource and its policies, by logical id.
    """

    principal: str
    action: str
    resource: str
    reason: str
    where: str

    @property
    def message(self) -> str:
        """AWS's words."""
        return (
            f"User: {self.principal} is not authorized to perform: {self.action} on resource: {self.resource} "
            f"{self.reason}"
        )

    @property
    def of_trust(self) -> bool:
        """Whether the role may not even be assumed."""
        return self.action == _ASSUME

    def __str__(self) -> str:
        return f"{self.message} ({self.where})"


@dataclass(frozen=True)
class _Judgement:
    """The decision on one call; ``doubt`` says what it rests on that is not known."""

    denial: Denial | None = None
    doubt: str | None = None


class Rights:
    """What the parts of some stacks may do.

    Parameters
    ----------
    templates:
        The stacks; without any, everything is allowed.

    Attributes
    ----------
    denials:
        What is denied and shows where the pipeline runs.
    unenforced:
        What is denied and has no effect here: nothing here makes the call, or what AWS does without it is not known.
    doubts:
        Why some calls are taken as allowed.
    """

    def __init__(self, templates: Iterable[StackTemplate] = ()) -> None:
        templates = list(templates)
        unreadable: list[AssemblyError] = []
        self._documents = Documents(templates, unreadable.append)
        self._roles = {arn.rpartition("/")[2]: arn for arn in self._documents.roles}
        self._judgements: dict[tuple[Any, ...], _Judgement] = {}
        calls = list(every_call(templates, unreadable=unreadable.append))
        self._calls = {(call.caller, call.action, call.resource): call for call in calls}
        self._denials: dict[tuple[str, str], Denial] = {}
        stopping: dict[Denial, None] = {}
        effective: set[Denial] = set()
        for (stage, _, _), members in _grouped(calls).items():
            found = [(call, self._judge(call).denial) for call in members]
            denial = _denial(members[0].edge, found) if stage else None
            if denial is not None:
                stopping[denial] = None
                effective |= {one for _, one in found if one is not None}
                for call in members:
                    self._denials.setdefault((call.part, stage), denial)
                    self._denials.setdefault((f"{call.stack}/{call.logical_id}", stage), denial)
        judged = [self._judge(call) for call in calls]
        self.denials = tuple(stopping)
        denied = dict.fromkeys(one.denial for one in judged if one.denial is not None)
        self.unenforced = tuple(one for one in denied if one not in effective)
        doubts: dict[str, dict[str, None]] = {}
        for call, one in zip(calls, judged, strict=True):
            if one.doubt is not None:
                doubts.setdefault(one.doubt, {})[call.action] = None
        self.doubts = (
            *(f"{', '.join(actions)}: {doubt}" for doubt, actions in doubts.items()),
            *dict.fromkeys(map(str, unreadable)),
        )

    def denial(self, part: str, stage: str) -> Denial | None:
        """Why a stage stands still; None where it may do what it does.

        Parameters
        ----------
        part:
            ARN of what the stage belongs to, or ``<stack>/<logical id>`` of the resource that shows the call.
        stage:
            One of the stages that :mod:`~clickstream_local.iam.edges` lists.
        """
        return self._denials.get((part, stage))

    def of_request(self, role: str, action: str, resource: str, *, session: str) -> Denial | None:
        """Why a session of a role may not do something that it asks for itself; None if it may, or is not known."""
        if role not in self._documents.roles:
            return None
        call = self._calls.get((role, action, resource))
        context, rests_on = (call.context, call.edge.rests_on) if call else ({}, ())
        denial = self._decided(role, action, resource, context, rests_on).denial
        if denial is None:
            return None
        return replace(denial, principal=f"{denial.principal.rpartition('/')[0]}/{session}")

    def role_named(self, name: str) -> str | None:
        """ARN of the role of a name; None where no template has it."""
        return self._roles.get(name)

    def key_of(self, stream: str) -> str | None:
        """ARN of the key by which a delivery stream encrypts what it buffers, if it is the customer's own."""
        return self._documents.buffer_keys.get(stream)

    def _judge(self, call: Call) -> _Judgement:
        asked = (call.caller, call.action, call.resource, *call.context.items(), "endpoint" in call.edge.rests_on)
        if asked not in self._judgements:
            rests_on = call.edge.rests_on
            self._judgements[asked] = self._decided(call.caller, call.action, call.resource, call.context, rests_on)
        return self._judgements[asked]

    def _decided(
        self, caller: str, action: str, resource: str, context: Mapping[str, str], rests_on: Sequence[str]
    ) -> _Judgement:
        request = Request(caller, action, resource, {**_standard(caller), **context}, _UNKNOWN_KEYS)
        try:
            return self._decide(request, through_endpoint="endpoint" in rests_on)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return _Judgement(doubt=f"a policy for {resource} cannot be read: {error}")

    def _decide(self, request: Request, *, through_endpoint: bool) -> _Judgement:
        roles, doubts = self._documents.roles, []
        role = None if request.is_service else roles.get(request.principal)
        if role is None and not request.is_service:
            return _Judgement(doubt=f"role {request.principal} is in no template")
        if request.action == _ASSUME:
            assumed = roles.get(request.resource)
            if assumed is None:
                return _Judgement(doubt=f"role {request.resource} is in no template")
            guards: list[Policy] | None = [assumed.trust]
        else:
            guards = self._documents.of_resource(request.resource)
        service = request.action.partition(":")[0]

        def decided(identity: Sequence[Policy]) -> Verdict:
            return decide(
                request,
                identity=identity,
                boundary=role.boundary if role else None,
                resource=guards or (),
                endpoint=self._documents.of_endpoint(service) if through_endpoint else None,
                resource_kind=Kind.TRUST if request.action == _ASSUME else Kind.RESOURCE,
                resource_account="" if guards is None else (request.resource.split(":") + [""] * 4)[4],
                needs_resource_policy=guards is not None and service == "kms",
            )

        verdict = decided(role.policies if role else ())
        if role is not None and role.unknown and verdict == Verdict(False, Kind.IDENTITY):
            # What is not known may grant it; the other documents are held against it all the same.
            verdict = decided([*role.policies, _ANYTHING])
            if verdict.allowed:
                doubts += [f"policy {arn} of role {role.logical_id} is in no template" for arn in role.unknown]
        if guards is None and (request.is_service or service == "kms" or not verdict.allowed):
            doubts.append(f"the policy of {request.resource} is in no template")
        doubts += [f"the value of {key} is not known" for key in verdict.doubts]
        if role is not None and role.unknown_boundary and verdict.allowed:
            doubts.append(f"boundary {role.unknown_boundary} of role {role.logical_id} is in no template")
        if verdict.allowed or (doubts and verdict.denied_by is None):
            return _Judgement(doubt="; ".join(doubts) or None)
        return _Judgement(self._explained(request, verdict, role, guards or []))

    def _explained(self, request: Request, verdict: Verdict, role: Role | None, guards: Sequence[Policy]) -> Denial:
        kind = verdict.kind or Kind.IDENTITY
        if verdict.denied_by is not None:
            article = {Kind.IDENTITY: "an", Kind.TRUST: "the"}.get(kind, "a")
            reason, where = f"with an explicit deny in {article} {kind.value}", f"policy {verdict.denied_by}"
        else:
            reason = f"because no {kind.value} allows the {request.action} action"
            names = {
                Kind.IDENTITY: role.policies if role else (),
                Kind.BOUNDARY: [role.boundary] if role and role.boundary else (),
                Kind.ENDPOINT: self._documents.of_endpoint(request.action.partition(":")[0]) or (),
            }.get(kind, guards)
            where = f"{'policy' if len(names) < 2 else 'policies'} {', '.join(one.name for one in names) or 'none'}"
        if role is not None:
            where = f"role {role.logical_id}, {where}"
        elif request.action == _ASSUME:
            where = f"trust policy of role {self._documents.roles[request.resource].logical_id}"
        principal = _session(request.principal, role) if role else request.principal
        return Denial(principal, request.action, request.resource, reason, where)


def _grouped(calls: Iterable[Call]) -> dict[tuple[str, str, str], list[Call]]:
    """By stage, part and edge: the calls that are made together."""
    found: dict[tuple[str, str, str], list[Call]] = {}
    for call in calls:
        for stage in call.stages or ("",):
            found.setdefault((stage, call.part, call.edge.name), []).append(call)
    return found


def _denial(edge: Edge, found: Sequence[tuple[Call, Denial | None]]) -> Denial | None:
    """What stops a stage of all that an edge needs."""
    forms: dict[tuple[object, ...], list[tuple[Call, Denial | None]]] = {}
    for call, denial in found:
        forms.setdefault((call.caller, call.resource, *call.context.items()), []).append((call, denial))
    stopped = [_stops(edge, form) for form in forms.values()]
    if edge.either and not all(stopped):
        return None
    return next((denial for denial in stopped if denial is not None), None)


def _stops(edge: Edge, form: Sequence[tuple[Call, Denial | None]]) -> Denial | None:
    denied = [(call.action, denial) for call, denial in form if denial is not None]
    decisive = [denial for action, denial in denied if action in edge.needs]
    every = [denial for _, denial in denied] if len(denied) == len(form) else []
    return next(iter([*decisive, *every]), None)


def _session(role_arn: str, role: Role | None) -> str:
    """ARN of the session in which a service uses a role."""
    partition, account, name = role_arn.split(":")[1], role_arn.split(":")[4], role_arn.rpartition("/")[2]
    trusted = several(role.trust.document.get("Statement", [])) if role else []
    services = [
        service
        for statement in trusted
        if isinstance(statement.get("Principal"), Mapping)
        for service in several(statement["Principal"].get("Service", []))
    ]
    session = next((_SESSIONS[one] for one in services if one in _SESSIONS), name)
    return f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}"


def _standard(caller: str) -> dict[str, str]:
    """The condition keys that each request of a role or service has."""
    now = datetime.now(UTC)
    known = {
        "aws:CurrentTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": f"{now.timestamp():.0f}",
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "s3:TlsVersion": "1.3",
    }
    if not caller.startswith("arn:"):
        return {**known, "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": caller}
    return {
        **known,
        "aws:PrincipalAccount": caller.split(":")[4],
        "aws:PrincipalArn": caller,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalType": "AssumedRole",
    }
