"""``AWS_IAM``: requests that botocore signs get through, all others do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlencode

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from clickstream_local.apigateway.auth.signature import Signature
from clickstream_local.common.http import Headers, Request
from clickstream_local.common.model import GatewayResponse

Make = Callable[..., Any]
URL = "http://127.0.0.1:4580/prod/events"


def signed(
    now: float,
    body: bytes = b"{}",
    *,
    url: str = URL,
    method: str = "POST",
    key: str = "LOCAL",
    secret: str = "local",
    region: str = "eu-west-1",
    service: str = "execute-api",
    presign: int | None = None,
) -> tuple[dict[str, str], str]:
    """Headers and query string as botocore makes them."""
    request = AWSRequest(method, url, data=body, headers={"Content-Type": "application/json", "X-Note": "a  b"})
    credentials = Credentials(key, secret)
    auth = (
        SigV4QueryAuth(credentials, service, region, expires=presign)
        if presign is not None
        else SigV4Auth(credentials, service, region)
    )
    with patch("botocore.auth.get_current_datetime", lambda **_: datetime.fromtimestamp(now, UTC)):
        auth.add_auth(request)
    headers = {name: str(value) for name, value in request.headers.items()}
    return {"Host": "127.0.0.1:4580", **headers}, request.url.partition("?")[2]


@pytest.fixture
def api(gateway: Make, method: Make) -> Any:
    return gateway(method("$context.identity.userArn", authorization_type="AWS_IAM"))


def test_a_signed_request_gets_through_and_names_its_caller(api: Any) -> None:
    headers, _ = signed(api.now)
    assert api.send(headers=headers).status == 200
    assert api.sent == "arn:aws:iam::111122223333:user/LOCAL"


def test_a_presigned_request_gets_through_until_it_expires(api: Any, message: Make) -> None:
    headers, query = signed(api.now, b"", presign=600)
    assert api.send(headers=headers, body=b"", query=query).status == 200
    api.now += 601
    status, text = message(api.send(headers=headers, body=b"", query=query))
    assert (status, text.startswith("Signature expired")) == (403, True)


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer abc"}, {"Authorization": "AWS4-HMAC-SHA256 nothing"}]
)
def test_without_a_signature_the_authentication_token_is_missing(
    api: Any, message: Make, header: Make, headers: dict[str, str]
) -> None:
    response = api.send(headers=headers)
    assert message(response) == (403, "Missing Authentication Token")
    assert header(response, "x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    assert api.calls == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"secret": "other"}, "does not match", id="secret"),
        pytest.param({"key": "AKIDEXAMPLE"}, "security token", id="key"),
        pytest.param({"region": "us-east-1"}, "valid region, not 'us-east-1'", id="region"),
        pytest.param({"service": "firehose"}, "correct service: 'execute-api'", id="service"),
        pytest.param({"body": b"{ }"}, "does not match", id="body"),
        pytest.param({"method": "PUT"}, "does not match", id="method"),
        pytest.param({"url": URL + "?a=1"}, "does not match", id="query"),
        pytest.param({"url": URL + "/"}, "does not match", id="path"),
    ],
)
def test_another_signature_than_the_requests_own_is_invalid(
    api: Any, message: Make, header: Make, change: dict[str, Any], words: str
) -> None:
    headers, _ = signed(api.now, **change)
    response = api.send(headers=headers)
    status, text = message(response)
    assert (status, words in text) == (403, True), text
    assert header(response, "x-amzn-ErrorType") == "InvalidSignatureException"
    assert api.calls == []


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_signature_that_is_five_minutes_off_has_expired(api: Any, message: Make, seconds: int) -> None:
    headers, _ = signed(api.now + seconds)
    status, text = message(api.send(headers=headers))
    assert (status, text.startswith("Signature expired")) == (403, True)


def test_each_refusal_is_a_gateway_response_of_its_own(gateway: Make, method: Make) -> None:
    """apigateway-runtime.json, gateway_responses_default_status."""
    kinds = ("EXPIRED_TOKEN", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN")
    responses = tuple(GatewayResponse(kind, 418, templates={"application/json": kind}) for kind in kinds)
    api = gateway(method(authorization_type="AWS_IAM"), gateway_responses=responses)
    late, _ = signed(api.now - 400)
    wrong, _ = signed(api.now, secret="other")
    assert [api.send(headers=headers).body.decode() for headers in (late, wrong, {})] == list(kinds)


_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=8)


@given(path=st.lists(_TEXT, max_size=3), query=st.dictionaries(_TEXT.filter(bool), _TEXT, max_size=3), body=st.binary())
def test_whatever_botocore_signs_is_what_is_computed(path: list[str], query: dict[str, str], body: bytes) -> None:
    raw_path = "/prod/" + "/".join(quote(part, safe="") for part in path)
    raw_query = urlencode(query, quote_via=quote)
    url = f"http://127.0.0.1:4580{raw_path}" + (f"?{raw_query}" if raw_query else "")
    headers, _ = signed(1_795_255_200, body, url=url)
    request = Request("POST", raw_path, raw_query, Headers(headers.items()), body)
    signature = Signature.of(request)
    assert signature is not None
    assert signature.matches(request, "local")
    assert not signature.matches(request, "other")
