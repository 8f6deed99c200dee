"""Binary payloads (developer guide, content type conversions; facts/api-gateway.md#mapping-templates, #cors).

Of answers, each row of the guide's table was recorded on AWS, with S3 behind the API.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.http import Response
from clickstream_local.common.model import IntegrationResponse

Make = Callable[..., Any]
IMAGE = b"\x89PNG\xff\x00"
PNG = {"Content-Type": "image/png"}


def passing(method: Make, handling: str | None = None, template: str | None = None) -> Any:
    templates = {} if template is None else {"image/png": template}
    integration = {
        "request_templates": templates,
        "passthrough_behavior": "WHEN_NO_MATCH",
        "content_handling": handling,
    }
    return method(integration=integration)


@pytest.mark.parametrize("media_type", ["image/png", "image/*", "*/*", "*~1*", "IMAGE/PNG"])
def test_a_binary_body_passes_through_byte_for_byte(gateway: Make, method: Make, media_type: str) -> None:
    api = gateway(passing(method), binary_media_types=(media_type,))
    api.send(body=IMAGE, headers=PNG)
    assert api.calls[0][3] == IMAGE


def test_a_body_of_another_type_is_text(gateway: Make, method: Make) -> None:
    api = gateway(passing(method), binary_media_types=("image/gif",))
    api.send(body=IMAGE, headers=PNG)
    assert api.sent == IMAGE.decode("utf-8", "replace")


def test_convert_to_text_gives_base64_to_the_integration(gateway: Make, method: Make) -> None:
    api = gateway(passing(method, "CONVERT_TO_TEXT"), binary_media_types=("image/png",))
    api.send(body=IMAGE, headers=PNG)
    assert api.sent == base64.b64encode(IMAGE).decode()


def test_convert_to_text_gives_base64_to_the_template(gateway: Make, method: Make) -> None:
    api = gateway(passing(method, "CONVERT_TO_TEXT", "<$input.body>"), binary_media_types=("image/png",))
    api.send(body=IMAGE, headers=PNG)
    assert api.sent == f"<{base64.b64encode(IMAGE).decode()}>"


def test_a_template_cannot_read_a_binary_body(gateway: Make, method: Make, message: Make) -> None:
    """facts/api-gateway.md#cors: with */* binary the preflight's integration needs CONVERT_TO_TEXT."""
    api = gateway(passing(method, None, "$input.body"), binary_media_types=("image/png",))
    assert message(api.send(body=IMAGE, headers=PNG)) == (500, "Internal server error")


def test_convert_to_binary_decodes_a_text_body(gateway: Make, method: Make, message: Make) -> None:
    api = gateway(passing(method, "CONVERT_TO_BINARY"))
    api.send(body=base64.b64encode(IMAGE), headers=PNG)
    assert api.calls[0][3] == IMAGE
    assert message(api.send(body=b"not base64", headers=PNG)) == (500, "Internal server error")


ENCODED = base64.b64encode(IMAGE)
TEXT = b"a text of UTF-8"
PNG_TYPE, OTHER_TYPE = "image/png", "binary/octet-stream"


def answering(
    gateway: Make, method: Make, handling: str | None, body: bytes, content_type: str | None, **more: Any
) -> Any:
    """An API with image/png as binary type whose service answers ``body``."""
    response = IntegrationResponse(200, content_handling=handling, **more)
    api = gateway(method(integration={"responses": (response,)}), binary_media_types=(PNG_TYPE,))
    headers = () if content_type is None else (("Content-Type", content_type),)
    api.answer = Response(200, headers, body)
    return api


@pytest.mark.parametrize(
    ("handling", "body", "content_type", "accept", "answered"),
    [
        (None, ENCODED, OTHER_TYPE, PNG_TYPE, IMAGE),
        (None, IMAGE, OTHER_TYPE, PNG_TYPE, None),
        (None, TEXT, OTHER_TYPE, PNG_TYPE, None),
        (None, IMAGE, PNG_TYPE, PNG_TYPE, IMAGE),
        (None, IMAGE, PNG_TYPE, f"{PNG_TYPE}, */*;q=0.8", IMAGE),
        (None, ENCODED, OTHER_TYPE, "text/plain", ENCODED),
        (None, IMAGE, OTHER_TYPE, "text/plain", IMAGE.decode("utf-8", "replace").encode()),
        (None, IMAGE, PNG_TYPE, "text/plain", ENCODED),
        (None, TEXT, PNG_TYPE, "text/plain", base64.b64encode(TEXT)),
        (None, TEXT, None, None, TEXT),
        ("CONVERT_TO_TEXT", ENCODED, OTHER_TYPE, PNG_TYPE, ENCODED),
        ("CONVERT_TO_TEXT", TEXT, OTHER_TYPE, PNG_TYPE, TEXT),
        ("CONVERT_TO_TEXT", IMAGE, PNG_TYPE, PNG_TYPE, ENCODED),
        ("CONVERT_TO_TEXT", IMAGE, PNG_TYPE, "text/plain", ENCODED),
        ("CONVERT_TO_BINARY", ENCODED, OTHER_TYPE, "text/plain", IMAGE),
        ("CONVERT_TO_BINARY", TEXT, OTHER_TYPE, "text/plain", None),
        ("CONVERT_TO_BINARY", IMAGE, PNG_TYPE, "text/plain", IMAGE),
        ("CONVERT_TO_BINARY", ENCODED, PNG_TYPE, PNG_TYPE, ENCODED),
    ],
)
def test_an_answer_is_converted_by_its_type_by_accept_and_by_content_handling(
    gateway: Make,
    method: Make,
    message: Make,
    handling: str | None,
    body: bytes,
    content_type: str | None,
    accept: str | None,
    answered: bytes | None,
) -> None:
    api = answering(gateway, method, handling, body, content_type)
    response = api.send(headers={} if accept is None else {"Accept": accept})
    if answered is None:
        assert message(response) == (500, "Internal server error")
    else:
        assert response.body == answered


@pytest.mark.parametrize(
    ("handling", "body", "content_type", "answered"),
    [
        ("CONVERT_TO_TEXT", ENCODED, OTHER_TYPE, b"<" + ENCODED + b">"),
        ("CONVERT_TO_TEXT", IMAGE, PNG_TYPE, b"<" + ENCODED + b">"),
        ("CONVERT_TO_BINARY", ENCODED, OTHER_TYPE, None),
        (None, IMAGE, PNG_TYPE, None),
        (None, b"", None, b"<{}>"),
    ],
)
def test_an_answer_is_converted_before_its_template_which_cannot_read_bytes(
    gateway: Make,
    method: Make,
    message: Make,
    handling: str | None,
    body: bytes,
    content_type: str | None,
    answered: bytes | None,
) -> None:
    """Recorded on AWS, but for the empty answer, as a MOCK gives it."""
    templates = {"application/json": "<$input.body>"}
    api = answering(gateway, method, handling, body, content_type, response_templates=templates)
    response = api.send(headers={"Accept": PNG_TYPE})
    if answered is None:
        assert message(response) == (500, "Internal server error")
    else:
        assert response.body == answered


def test_an_empty_template_passes_bytes_on(gateway: Make, method: Make) -> None:
    api = answering(gateway, method, None, IMAGE, PNG_TYPE, response_templates={"application/json": ""})
    assert api.send(headers={"Accept": PNG_TYPE}).body == IMAGE


def test_a_request_is_converted_before_its_template_which_cannot_read_bytes(
    gateway: Make, method: Make, message: Make
) -> None:
    """Recorded on AWS: base64 that would be a right body after the template."""
    api = gateway(passing(method, "CONVERT_TO_BINARY", "$input.body"))
    assert message(api.send(body=ENCODED, headers=PNG)) == (500, "Internal server error")
