"""What an API puts into a stream for each request, measured by rendering the template's own mapping template."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clickstream_local.apigateway.context.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.logging.access_log import AccessLogFormat
from clickstream_local.apigateway.mapping.templates import DEFAULT_TYPE, key_for_content_type
from clickstream_local.apigateway.request.validation import BodyValidator
from clickstream_local.common.model import Integration, Method, RestApi, Stage
from clickstream_local.cost.errors import CostError
from clickstream_local.vtl import MappingTemplate, VtlError

_ONE_RECORD = "PutRecord"
_ACTIONS = (_ONE_RECORD, "PutRecordBatch", "PutRecords")
_TARGETS = ("DeliveryStreamName", "StreamName", "StreamARN")
_EVENT = '{"event_name":"click"}'
# What a request of a usual browser brings along. The user agent is that of Chrome on Windows, 111 characters.
_USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
_LOGGED = {
    "integration": {"integrationStatus": "200", "latency": "24", "status": "200"},
    "integrationLatency": "24",
    "integrationStatus": "200",
    "responseLatency": "31",
    "responseLength": "34",
    "status": "202",
}


@dataclass(frozen=True)
class Endpoint:
    """A method that puts events into a stream.

    ``added_bytes`` is what it adds to each record; ``record_per_event`` is true where each event becomes a record of
    its own. ``log_line_bytes`` is the length of a line of the access log, 0 without one.
    """

    path: str
    added_bytes: int
    record_per_event: bool
    log_line_bytes: int
    _check: BodyValidator | None = field(default=None, repr=False)

    def most(self, events: int) -> int:
        """How many events of one request the request model lets pass, at most ``events``.

        All of them where the model cannot tell: one that refuses even a single smallest event asks for more of it.
        """
        if not self._passes(1) or self._passes(events):
            return events
        passes, refused = 1, events
        while refused - passes > 1:
            middle = (passes + refused) // 2
            passes, refused = (middle, refused) if self._passes(middle) else (passes, middle)
        return passes

    def _passes(self, events: int) -> bool:
        if self._check is None:
            return True
        bodies = [f"[{','.join([_EVENT] * events)}]", *([_EVENT] if events == 1 else [])]
        return any(_valid(self._check, body) for body in bodies)


def endpoint_of(apis: Iterable[RestApi], target: str) -> Endpoint | None:
    """The method of the APIs that puts into a stream, by the stream's name.

    Of several it is the one that puts a whole request as one record.

    Raises
    ------
    CostError
        A mapping template does not run.
    """
    found = [endpoint for api in apis for endpoint in _endpoints(api, target)]
    return min(found, key=lambda endpoint: endpoint.record_per_event, default=None)


def _endpoints(api: RestApi, target: str) -> Iterator[Endpoint]:
    stage = api.stages[0] if api.stages else None
    for method in api.methods:
        if method.integration.action not in _ACTIONS:
            continue
        context = _context(api, method)
        request = _rendered(method.integration, context, stage)
        named = [str(request[name]) for name in _TARGETS if name in request]
        if not any(name == target or name.endswith(f"/{target}") for name in named):
            continue
        data = _data(request)
        if data is None:
            raise CostError(f"{method.logical_id}: its mapping template makes no record of {_EVENT}")
        yield Endpoint(
            path=method.resource_path,
            added_bytes=len(data) - len(_EVENT),
            record_per_event=method.integration.action != _ONE_RECORD,
            log_line_bytes=_log_line_bytes(stage, context),
            _check=_validator(api, method),
        )


def _context(api: RestApi, method: Method) -> dict[str, Any]:
    signed = method.authorization_type == "AWS_IAM"
    arn = "arn:aws:sts::123456789012:assumed-role/web-server/i-0123456789abcdef0"
    return {
        "accountId": "123456789012",
        "apiId": api.id,
        "authorizer": {"principalId": "visitor-0123456789"} if method.authorizer_id else {},
        "extendedRequestId": "JKJaXmPLvHcESHA=",
        "httpMethod": method.http_method,
        "identity": {
            "sourceIp": "203.0.113.45",
            "userAgent": _USER_AGENT,
            "apiKeyId": "a1b2c3d4e5" if method.api_key_required else "",
            "userArn": arn if signed else "",
            "user": arn if signed else "",
            "caller": arn if signed else "",
        },
        "path": f"/prod{method.resource_path}",
        "protocol": "HTTP/1.1",
        "requestId": "0b3c7a1e-4d5f-4a6b-8c9d-0e1f2a3b4c5d",
        "requestTime": "21/Nov/2026:19:50:43 +0000",
        "requestTimeEpoch": 1795290643123,
        "resourcePath": method.resource_path,
        "stage": "prod",
    }


def _rendered(integration: Integration, context: dict[str, Any], stage: Stage | None) -> Mapping[str, Any]:
    """The request to the service for one event; nothing where the method has no template for JSON."""
    key = key_for_content_type(tuple(integration.request_templates), DEFAULT_TYPE)
    if key is None:
        return {}
    body = _EVENT if integration.action == _ONE_RECORD else f"[{_EVENT}]"
    try:
        text = MappingTemplate(integration.request_templates[key], name="requestTemplates").render(
            body=body,
            params={"path": {}, "querystring": {}, "header": {}},
            context=context,
            stage_variables={} if stage is None else stage.variables,
        )
        request = json.loads(text)
    except (VtlError, ValueError) as error:
        raise CostError(f"a mapping template does not run on {body}: {error}") from None
    return request if isinstance(request, dict) else {}


def _data(request: Mapping[str, Any]) -> bytes | None:
    """The bytes of the record: of PutRecord to Firehose and to Kinesis, of a batch the first."""
    records = request.get("Records")
    holder = request.get("Record") or (records[0] if records else request)
    try:
        return base64.b64decode(str(holder["Data"]), validate=True)
    except (KeyError, TypeError, binascii.Error):
        return None


def _log_line_bytes(stage: Stage | None, context: Mapping[str, Any]) -> int:
    if stage is None or not stage.access_log_format or not stage.access_log_group:
        return 0
    return len(AccessLogFormat(stage.access_log_format).line(context, _LOGGED).encode())


def _validator(api: RestApi, method: Method) -> BodyValidator | None:
    if not method.validate_body:
        return None
    try:
        return BodyValidator(method.request_models, api.models)
    except UnsupportedSettingError:
        return None


def _valid(check: BodyValidator, body: str) -> bool:
    try:
        check.check(DEFAULT_TYPE, body.encode())
    except GatewayError:
        return False
    return True
