"""``$context``: its variables.

Source: facts/api-gateway.md#mapping-templates; apigateway-runtime.json, context_default_keys_seen_at_runtime.
"""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from clickstream_local.common.http import Request
from clickstream_local.common.model import RestApi, Stage
from clickstream_local.common.request_id import RANDOM_BYTES, request_id_of
from clickstream_local.vtl.values import ContextMap

_EXTENDED_BYTES = 11
_TRACE_BYTES = 12
_TRACE_ROOT = re.compile("(?:^|;) *root=1-[0-9a-f]{8}-[0-9a-f]{24} *(?:;|$)", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NO_IDENTITY = dict.fromkeys(
    (
        "accessKey",
        "accountId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "sourceIp",
        "user",
        "userAgent",
        "userArn",
    )
)


class RequestIds(NamedTuple):
    """The ids of one request.

    Attributes
    ----------
    request:
        ``$context.requestId``: a UUID. That clients can override it on AWS is not imitated.
    extended:
        ``$context.extendedRequestId``: 16 characters of base64 that end with ``=``. No client can choose it
        (facts/api-gateway.md#mapping-templates).
    trace:
        ``X-Amzn-Trace-Id``: ``Root=1-<hex seconds>-<24 hex digits>``, or the client's with a parent.
    """

    request: str
    extended: str
    trace: str

    @classmethod
    def draw(cls, epoch_seconds: float, client_trace: str | None = None) -> RequestIds:
        """New ids; a trace that the client began goes on, as recorded on AWS behind a proxy integration."""
        # Drawn at once: each call of the system costs more than the rest of this.
        random = os.urandom(RANDOM_BYTES + _EXTENDED_BYTES + _TRACE_BYTES)
        trace = random[-_TRACE_BYTES:].hex()
        return cls(
            request_id_of(random[:RANDOM_BYTES]),
            base64.urlsafe_b64encode(random[RANDOM_BYTES:-_TRACE_BYTES]).decode(),
            _continued(client_trace, trace[:16]) or f"Root=1-{int(epoch_seconds):08x}-{trace}",
        )


def _continued(trace: str | None, parent: str) -> str | None:
    """A client's trace, with ``parent`` where it names none; None where it has no root."""
    if trace is None or _TRACE_ROOT.search(trace) is None:
        return None
    members = [member.strip() for member in trace.split(";") if member.strip()]
    names = {member.partition("=")[0].lower() for member in members}
    if "parent" not in names:
        members.append(f"Parent={parent}")
    if "sampled" not in names:
        members.append("Sampled=0")
    return ";".join(members)


class ContextBuilder:
    """Makes the ``$context`` of requests to one API."""

    def __init__(self, api: RestApi, *, account: str, region: str) -> None:
        self._constant = {
            "accountId": account,
            "apiId": api.id,
            "deploymentId": sha256(api.id.encode()).hexdigest()[:6],
            "domainName": f"{api.id}.execute-api.{region}.amazonaws.com",
            "domainPrefix": api.id,
        }

    def build(self, request: Request, stage: Stage, path: str, now: float, ids: RequestIds) -> ContextMap:
        """The context before a method is found; ``path`` is the path after the stage, ``now`` epoch seconds."""
        identity = ContextMap(_NO_IDENTITY)
        identity["sourceIp"] = request.client_ip
        identity["userAgent"] = request.headers.get("user-agent")
        return ContextMap(
            self._constant,
            extendedRequestId=ids.extended,
            httpMethod=request.method,
            identity=identity,
            path=f"/{stage.name}{path}",
            protocol="HTTP/1.1",
            requestId=ids.request,
            requestOverride=ContextMap(header=ContextMap(), path=ContextMap(), querystring=ContextMap()),
            requestTime=_clf_time(int(now)),
            requestTimeEpoch=int(now * 1000),
            responseOverride=ContextMap(header=ContextMap()),
            stage=stage.name,
        )


def variable_path(name: str) -> Callable[[Mapping[str, Any]], str | None]:
    """A function that finds the variable ``a.b.c`` in nested maps, as text; None for nothing and for a whole map."""
    first, *others = name.split(".")

    def find(values: Mapping[str, Any]) -> str | None:
        value = values.get(first)
        for part in others:
            if not isinstance(value, dict):
                return None
            value = value.get(part)
        if value is None or type(value) is str:
            return value
        return None if isinstance(value, dict) else as_text(value)

    return find


def as_text(value: Any) -> str:
    """A number, boolean or text as the service prints it: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@lru_cache(maxsize=2)
def _clf_time(second: int) -> str:
    t = time.gmtime(second)
    return f"{t.tm_mday:02}/{_MONTHS[t.tm_mon - 1]}/{t.tm_year}:{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02} +0000"
