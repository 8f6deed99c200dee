"""Binary payloads (developer guide, content type conversions; aws-facts 10.4, 10.7)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

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
    """aws-facts 10.7: with */* binary the preflight's integration needs CONVERT_TO_TEXT."""
    api = gateway(passing(method, None, "$input.body"), binary_media_types=("image/png",))
    assert message(api.send(body=IMAGE, headers=PNG)) == (500, "Internal server error")


def test_convert_to_binary_decodes_a_text_body(gateway: Make, method: Make, message: Make) -> None:
    api = gateway(passing(method, "CONVERT_TO_BINARY"))
    api.send(body=base64.b64encode(IMAGE), headers=PNG)
    assert api.calls[0][3] == IMAGE
    assert message(api.send(body=b"not base64", headers=PNG)) == (500, "Internal server error")


def test_an_answer_is_decoded_to_bytes_by_convert_to_binary(gateway: Make, method: Make) -> None:
    response = IntegrationResponse(
        200,
        response_templates={"image/png": base64.b64encode(IMAGE).decode()},
        content_handling="CONVERT_TO_BINARY",
    )
    assert gateway(method(integration={"responses": (response,)})).send().body == IMAGE
