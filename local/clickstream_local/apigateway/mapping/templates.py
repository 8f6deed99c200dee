"""Mapping templates: each is compiled once, and a Content-Type or Accept header selects one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache

from clickstream_local.apigateway.context.errors import (
    InternalServerError,
    UnreadablePayloadError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.vtl import MappingTemplate, VtlError
from clickstream_local.vtl.errors import VtlBodyError

DEFAULT_TYPE = "application/json"

_log = logging.getLogger(__name__)


class IntegrationTemplate:
    """One mapping template; ``name`` is the property that holds it, for messages.

    Raises
    ------
    UnsupportedSettingError
        The text is not a template that the VTL engine can run; the message has line and column.
    """

    def __init__(self, text: str, name: str) -> None:
        try:
            self._compiled = _compiled(text, name)
        except VtlError as error:
            raise UnsupportedSettingError(str(error)) from error
        # Gathering them takes longer than a short template does; without the word nothing can ask for them.
        self._asks_for_params = "params" in text

    def render(self, context: RequestContext, body: str) -> str:
        """The text for ``body``; overrides that the template sets land in ``$context``.

        Raises
        ------
        GatewayError
            400 when the template asks for the JSON of a body that does not end, 500 when it fails otherwise. The place
            is logged, the request is not.
        """
        try:
            return self._compiled.render(
                body=body,
                params=context.params if self._asks_for_params else None,
                context=context.variables,
                stage_variables=context.stage.variables,
            )
        except VtlBodyError as error:
            raise UnreadablePayloadError(error.reason) from None
        except VtlError as error:
            method = f"{context.request.method} {context.variables['resourcePath']}"
            _log.error("%s: %s failed at line %d, column %d", method, error.template, error.line, error.column)
            raise InternalServerError("Unable to transform request") from None


@lru_cache(maxsize=256)
def _compiled(text: str, name: str) -> MappingTemplate:
    """Methods of an API mostly share their templates, and a template holds nothing of a request."""
    return MappingTemplate(text, name=name)


def compile_templates(templates: Mapping[str, str], owner: str) -> dict[str, IntegrationTemplate]:
    """Content type to compiled template; ``owner`` names the property in an error.

    Raises
    ------
    UnsupportedSettingError
        One of them cannot be run.
    """
    return {key: IntegrationTemplate(text, f"{owner}[{key}]") for key, text in templates.items()}


@lru_cache(maxsize=256)
def media_type(header: str | None) -> str:
    """The MIME type without parameters, in lower case; an absent header counts as JSON.

    Source: facts/api-gateway.md#templates.
    """
    if header is None:
        return DEFAULT_TYPE
    return header.partition(";")[0].strip().lower() or DEFAULT_TYPE


@lru_cache(maxsize=256)
def key_for_content_type(keys: tuple[str, ...], content_type: str | None) -> str | None:
    """Which of the request templates' keys is that of a Content-Type; None for none.

    Source: facts/api-gateway.md#templates.
    """
    wanted = media_type(content_type)
    return next((key for key in keys if media_type(key) == wanted), None)


@lru_cache(maxsize=256)
def key_for_accept(keys: tuple[str, ...], accept: str | None) -> str | None:
    """Which of the response templates' keys an Accept header selects; None where there are no templates.

    It is the first type named there that has a template, else ``application/json``, else the first
    (facts/api-gateway.md#templates).
    """
    by_type = {media_type(key): key for key in keys}
    for part in (accept or "").split(","):
        if part.strip() and media_type(part) in by_type:
            return by_type[media_type(part)]
    return by_type.get(DEFAULT_TYPE) or next(iter(keys), None)
