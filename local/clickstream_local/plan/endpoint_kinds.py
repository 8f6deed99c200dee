"""The endpoint: its address, what it lets in, and whether a change of it is served at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clickstream_local.plan.access_kinds import document
from clickstream_local.plan.differences import ABSENT, Differences
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, at, fixed, flag, items, lost, mentions, number, safe

_TRY = "send events to it with `clickstream local` first"
_MAPS = fixed(Severity.UNKNOWN, "maps requests in another way", way_out=_TRY)
_TEMPLATES = fixed(Severity.CODE, "has other mapping templates", "they make the records and the answers", _TRY)
_PARTS = (
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::Resource",
)


def _api_gone(context: Context, how: str) -> Iterator[Effect]:
    behind = [
        context.shown(at(one.properties, "DomainName"))
        for one in context.differences.new.of_type("AWS::ApiGateway::BasePathMapping")
    ]
    why = "the address of an API is made of its id, which is another one for a new API"
    if behind:
        yield Effect(
            Severity.INTERRUPTION,
            f"{how}: its own address ends; {', '.join(behind)} goes on at the new one",
            why,
            "clients that use the domain need nothing; others need the new address",
        )
    else:
        yield Effect(
            Severity.INTERRUPTION,
            f"{how}: its address https://<id>.execute-api.… ends, and clients that send there are refused",
            why,
            "give the clients the new address (an output of the stack); a custom domain would have kept theirs",
        )


def _endpoint(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = ([str(one) for one in items(at(side, "Types"))] for side in (old, new))
    if "PRIVATE" in after and "PRIVATE" not in before:
        what = "is reached through VPC endpoints only: clients on the internet are refused"
        yield Effect(Severity.INTERRUPTION, what, way_out="keep a public one beside it")
    else:
        yield Effect(
            Severity.READERS,
            f"is {context.shown(new)}, {context.shown(old)} before",
            "its name resolves to other servers for a while",
        )


def _default_address(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if flag(new):
        what = "its own address https://<id>.execute-api.… answers no more: a custom domain is the only way in"
        yield Effect(Severity.INTERRUPTION, what, way_out="move the clients to the domain first")
    else:
        yield Effect(Severity.READERS, "its own address https://<id>.execute-api.… answers, too")


def _access_mode(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
    if new == "STRICT":
        yield Effect(
            Severity.INTERRUPTION,
            "refuses requests whose host name and SNI differ, or that come by another endpoint type",
            "the endpoint access mode is STRICT",
            "look in the access log for such requests first",
        )
    elif old == "STRICT":
        yield Effect(Severity.UNKNOWN, f"its endpoint access mode is {context.shown(new)}, STRICT before")
    else:
        yield Effect(Severity.SAFE, f"its endpoint access mode is {context.shown(new)}, {context.shown(old)} before")


REST_API = Kind(
    "API",
    {
        "Description": safe("its description changes"),
        "DisableExecuteApiEndpoint": _default_address,
        "EndpointConfiguration": _endpoint,
        "MinimumCompressionSize": safe("compresses answers from {new} bytes on"),
        "Name": fixed(
            Severity.READERS,
            "is called {new}, {old} before: metrics go on under the new name",
            "CloudWatch knows an API by its name",
            "alarms and dashboards outside of this stack need the new name",
        ),
        "EndpointAccessMode": _access_mode,
        "Policy": document,
        "SecurityPolicy": fixed(Severity.READERS, "takes TLS by {new}, by {old} before: older clients may be refused"),
        "Tags": safe("its tags change"),
    },
    gone=_api_gone,
)


def _authorization(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new in (ABSENT, "NONE"):
        yield Effect(Severity.READERS, f"lets everybody in, where it asked for {context.shown(old)} before")
    else:
        yield Effect(
            Severity.INTERRUPTION,
            f"asks for {context.shown(new)}, for {context.shown(old)} before: other clients are refused",
            way_out="let the clients send that first",
        )


def _key_required(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if flag(new):
        yield Effect(
            Severity.INTERRUPTION,
            "asks for an API key: clients without one are answered 403; sendBeacon can send none",
            way_out="let the clients send x-api-key first",
        )
    else:
        yield Effect(Severity.READERS, "asks for no API key any more; the usage plan throttles nobody")


def _authorizer(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new is ABSENT:
        yield Effect(Severity.SAFE, "asks no authorizer")
    else:
        yield Effect(Severity.UNKNOWN, "asks another authorizer", "a template does not say whom that one lets in")


METHOD = Kind(
    "method",
    {
        "ApiKeyRequired": _key_required,
        "AuthorizationType": _authorization,
        "AuthorizerId": _authorizer,
        "Integration": _MAPS,
        "Integration.IntegrationResponses": _TEMPLATES,
        "Integration.RequestTemplates": _TEMPLATES,
        "Integration.Uri": fixed(Severity.READERS, "hands requests on to {new}, to {old} before"),
        "MethodResponses": _MAPS,
        "OperationName": safe("its operation name changes"),
        "RequestModels": fixed(Severity.UNKNOWN, "checks bodies by another model", way_out=_TRY),
        "RequestParameters": _MAPS,
        "RequestValidatorId": fixed(Severity.UNKNOWN, "checks requests in another way", way_out=_TRY),
    },
    part_of="RestApiId",
    gone=lost(Severity.INTERRUPTION, ": clients that call it are refused", way_out="let the clients stop first"),
)


def _throttles(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    former, latter = (_settings(side) for side in (old, new))
    said = False
    for place in {**former, **latter}:
        before, after = former.get(place, {}), latter.get(place, {})
        for name, what in _LIMITS.items():
            limits = at(before, name), at(after, name)
            if limits[0] == limits[1]:
                continue
            said = True
            less = limits[1] is not ABSENT and (limits[0] is ABSENT or not number(limits[1]) >= number(limits[0]))
            yield Effect(
                Severity.READERS if less else Severity.SAFE,
                f"takes {context.shown(limits[1])} {what} at {place}, {context.shown(limits[0])} before"
                + (": clients beyond that are answered 429" if less else ""),
            )
        rest = [{name: value for name, value in side.items() if name not in _LIMITS} for side in (before, after)]
        if rest[0] != rest[1]:
            said = True
            yield Effect(Severity.READERS, f"logs and measures {place} by {context.shown(rest[1])}")
    if not said:
        yield Effect(Severity.SAFE, "its method settings are written in another way")


def _access_log(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new is ABSENT:
        yield Effect(Severity.READERS, "no longer logs requests")
    else:
        yield Effect(Severity.READERS, f"logs requests by {context.shown(new)}")


_LIMITS = {"ThrottlingRateLimit": "requests a second", "ThrottlingBurstLimit": "requests at once"}


def _settings(settings: Any) -> dict[str, Mapping[str, Any]]:
    return {
        _place(one): {name: value for name, value in one.items() if name not in ("HttpMethod", "ResourcePath")}
        for one in items(settings)
    }


def _place(setting: Any) -> str:
    path = str(at(setting, "ResourcePath") or "/*").replace("~1", "/").replace("//", "/")
    return f"{at(setting, 'HttpMethod') or '*'} {path}"


STAGE = Kind(
    "stage",
    {
        "AccessLogSetting": _access_log,
        "DeploymentId": safe("serves the API as it is deployed anew; requests under way are not cut"),
        "Description": safe("its description changes"),
        "MethodSettings": _throttles,
        "Tags": safe("its tags change"),
        "TracingEnabled": safe("its tracing is {new}"),
        "Variables": fixed(Severity.UNKNOWN, "its stage variables change to {new}", "mapping templates may use them"),
    },
    part_of="RestApiId",
    gone=lost(
        Severity.INTERRUPTION,
        ": its address ends, and clients that send there are refused",
        "the stage's name is part of the address",
        "give the clients the new address",
    ),
)


def not_served(differences: Differences, name_of: Any) -> Iterator[tuple[str, Effect]]:
    """APIs whose parts change while no deployment is made anew: their stages go on serving what they served."""
    for api in differences.new.of_type("AWS::ApiGateway::RestApi"):
        if api.logical_id not in differences.old.resources or api.logical_id in differences.replaced:
            continue
        parts = [
            one.logical_id
            for side in (differences.old, differences.new)
            for one in side.of_type(*_PARTS)
            if mentions(one.properties, api.logical_id) and _differs(differences, one.logical_id)
        ]
        anew = any(
            one.logical_id in differences.added or one.logical_id in differences.replaced
            for one in differences.new.of_type("AWS::ApiGateway::Deployment")
            if mentions(one.properties, api.logical_id)
        )
        if parts and not anew:
            names = ", ".join(dict.fromkeys(map(name_of, parts)))
            yield (
                api.logical_id,
                Effect(
                    Severity.READERS,
                    f"goes on serving what it serves now: {names} changes, but the API is not deployed anew",
                    "a stage serves a snapshot; a new one is a new AWS::ApiGateway::Deployment",
                    "give the deployment another logical id, as the CDK does by itself",
                ),
            )


def _differs(differences: Differences, logical_id: str) -> bool:
    gone = logical_id in differences.added or logical_id in differences.removed or logical_id in differences.moved
    return gone or logical_id in differences.changed


def _plan_limits(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    yield Effect(
        Severity.READERS,
        f"its limits are {context.shown(new)}, {context.shown(old)} before: clients beyond them are answered 429",
    )


KINDS = {
    "AWS::ApiGateway::Account": Kind(
        "logging role of the region's APIs",
        {"CloudWatchRoleArn": fixed(Severity.READERS, "all APIs of this account and region log by {new}")},
        gone=lost(Severity.UNKNOWN, ": plan does not know whether the region keeps its logging role"),
        added=lambda context: [
            Effect(Severity.READERS, "all APIs of this account and region log by the role that is set here")
        ],
    ),
    "AWS::ApiGateway::ApiKey": Kind(
        "API key",
        {
            "CustomerId": safe("its customer changes"),
            "Description": safe("its description changes"),
            "Enabled": fixed(
                Severity.INTERRUPTION, "is enabled: {new} ({old} before); clients with it are refused if not"
            ),
            "StageKeys": safe("its stages change; since there are usage plans, they open nothing"),
            "Tags": safe("its tags change"),
        },
        gone=lost(
            Severity.INTERRUPTION,
            ": clients that send it are answered 403",
            way_out="give the clients a new key while the old one is there",
        ),
        names=("Name",),
    ),
    "AWS::ApiGateway::Authorizer": Kind(
        "authorizer",
        part_of="RestApiId",
        gone=lost(Severity.SAFE, ": each method that asked it tells whom it asks now"),
    ),
    "AWS::ApiGateway::BasePathMapping": Kind(
        "path of a custom domain",
        {
            "RestApiId": fixed(Severity.READERS, "leads to {new} from now on, to {old} before"),
            "Stage": fixed(Severity.READERS, "leads to the stage {new} from now on, to {old} before"),
        },
        gone=lost(Severity.INTERRUPTION, ": clients that send to it are refused", way_out="move the clients first"),
        follows=frozenset({"RestApiId"}),
    ),
    "AWS::ApiGateway::Deployment": Kind(
        "deployment of the API",
        {"Description": safe("its description changes")},
        part_of="RestApiId",
        gone=lost(Severity.SAFE, ": the snapshot that was served before"),
    ),
    "AWS::ApiGateway::DomainName": Kind(
        "custom domain",
        {
            "CertificateArn": safe("has another certificate: {new}"),
            "RegionalCertificateArn": safe("has another certificate: {new}"),
            "SecurityPolicy": fixed(
                Severity.READERS, "takes TLS by {new}, by {old} before: older clients may be refused"
            ),
            "Tags": safe("its tags change"),
        },
        gone=lost(
            Severity.INTERRUPTION,
            ": clients that send to it are refused; its DNS record leads nowhere",
            way_out="move the clients first",
        ),
        names=("DomainName",),
    ),
    "AWS::ApiGateway::GatewayResponse": Kind(
        "error answer of the API",
        {
            "ResponseParameters": fixed(
                Severity.READERS, "its headers are {new}, {old} before", "browsers see an error only with CORS headers"
            ),
            "ResponseTemplates": safe("its text changes"),
            "StatusCode": fixed(Severity.READERS, "its status is {new}, {old} before: clients act by it"),
        },
        part_of="RestApiId",
        gone=lost(Severity.READERS, ": API Gateway's own text and headers again", "browsers see errors only with CORS"),
    ),
    "AWS::ApiGateway::Method": METHOD,
    "AWS::ApiGateway::Model": Kind(
        "request model",
        {
            "Description": safe("its description changes"),
            "Schema": fixed(
                Severity.CODE, "checks bodies by another schema", "bodies that it refuses are answered 400", _TRY
            ),
        },
        part_of="RestApiId",
        gone=lost(Severity.SAFE, ": each method that used it tells how it checks bodies now"),
    ),
    "AWS::ApiGateway::RequestValidator": Kind(
        "request validator",
        {
            "ValidateRequestBody": fixed(Severity.READERS, "checks bodies: {new}, {old} before"),
            "ValidateRequestParameters": fixed(Severity.READERS, "checks parameters: {new}, {old} before"),
        },
        part_of="RestApiId",
        gone=lost(Severity.UNKNOWN, ": requests are no longer checked by it"),
    ),
    "AWS::ApiGateway::Resource": Kind(
        "path of the API",
        part_of="RestApiId",
        gone=lost(Severity.INTERRUPTION, ": clients that send to it are refused", way_out="move the clients first"),
    ),
    "AWS::ApiGateway::RestApi": REST_API,
    "AWS::ApiGateway::Stage": STAGE,
    "AWS::ApiGateway::UsagePlan": Kind(
        "usage plan",
        {
            "ApiStages": fixed(Severity.READERS, "holds for {new}, for {old} before"),
            "Description": safe("its description changes"),
            "Quota": _plan_limits,
            "Tags": safe("its tags change"),
            "Throttle": _plan_limits,
            "UsagePlanName": safe("its name changes"),
        },
        gone=lost(Severity.INTERRUPTION, ": API keys in it open nothing, and their clients are answered 403"),
    ),
    "AWS::ApiGateway::UsagePlanKey": Kind(
        "API key's place in a usage plan",
        part_of="UsagePlanId",
        gone=lost(Severity.INTERRUPTION, ": the key opens nothing for a while, and its clients are answered 403"),
    ),
    "AWS::CertificateManager::Certificate": Kind(
        "certificate",
        {"Tags": safe("its tags change")},
        gone=lost(Severity.READERS, "; ACM keeps one that is in use, and the deployment waits for it"),
    ),
    "AWS::Route53::RecordSet": Kind(
        "DNS record",
        {"Comment": safe("its comment changes")},
        gone=lost(Severity.INTERRUPTION, ": the name leads nowhere", way_out="move the clients first"),
    ),
    "AWS::WAFv2::WebACL": Kind(
        "web ACL",
        {
            "Description": safe("its description changes"),
            "Rules": fixed(
                Severity.UNKNOWN,
                "its rules change",
                "plan does not compare what they let pass",
                "let them count before they block",
            ),
            "DefaultAction": fixed(Severity.INTERRUPTION, "requests that no rule names get {new}, {old} before"),
            "Tags": safe("its tags change"),
        },
        gone=lost(Severity.READERS, ": it filters nothing any more"),
        names=("Name",),
        bills=True,
    ),
    "AWS::WAFv2::WebACLAssociation": Kind(
        "filtering by a web ACL",
        gone=lost(Severity.READERS, ": requests pass unfiltered, or by another ACL"),
        added=lambda context: [
            Effect(
                Severity.READERS,
                "requests that the ACL's rules block are answered 403 from now on",
                "rules on body size or HTML block batches of events",
                "let the rules count before they block",
            )
        ],
    ),
}
