"""Builds ``$context`` (aws-facts 10.4; apigateway-runtime.json, context_default_keys_seen_at_runtime)."""

from __future__ import annotations

import time
from functools import lru_cache
from hashlib import sha256
from typing import Any

from clickstream_local.apigateway.context.identifiers import RequestIds
from clickstream_local.common.http import Request
from clickstream_local.common.model import RestApi, Stage

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

    def build(self, request: Request, stage: Stage, path: str, now: float, ids: RequestIds) -> dict[str, Any]:
        """The context before a method is found; ``path`` is the path after the stage, ``now`` epoch seconds."""
        identity = dict(_NO_IDENTITY)
        identity["sourceIp"] = request.client_ip
        identity["userAgent"] = request.headers.get("user-agent")
        return {
            **self._constant,
            "extendedRequestId": ids.extended,
            "httpMethod": request.method,
            "identity": identity,
            "path": f"/{stage.name}{path}",
            "protocol": "HTTP/1.1",
            "requestId": ids.request,
            "requestOverride": {"header": {}, "path": {}, "querystring": {}},
            "requestTime": _clf_time(int(now)),
            "requestTimeEpoch": int(now * 1000),
            "responseOverride": {"header": {}},
            "stage": stage.name,
        }


@lru_cache(maxsize=2)
def _clf_time(second: int) -> str:
    t = time.gmtime(second)
    return f"{t.tm_mday:02}/{_MONTHS[t.tm_mon - 1]}/{t.tm_year}:{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02} +0000"
