"""Mapping templates of an integration, each compiled once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache

from clickstream_local.apigateway.context.errors import GatewayError, UnsupportedSettingError
from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.apigateway.context.request_context import Exchange
from clickstream_local.vtl import MappingTemplate, VtlError

_log = logging.getLogger(__name__)


class Template:
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

    def render(self, exchange: Exchange, body: str) -> str:
        """The text for ``body``; overrides that the template sets land in the exchange's context.

        Raises
        ------
        GatewayError
            500 when the template fails on this request. The place is logged, the request is not.
        """
        try:
            return self._compiled.render(
                body=body,
                params=exchange.params if self._asks_for_params else None,
                context=exchange.context,
                stage_variables=exchange.stage.variables,
            )
        except VtlError as error:
            method = f"{exchange.request.method} {exchange.context['resourcePath']}"
            _log.error("%s: %s failed at line %d, column %d", method, error.template, error.line, error.column)
            raise GatewayError(GatewayType.API_CONFIGURATION_ERROR, "Internal server error") from None


@lru_cache(maxsize=256)
def _compiled(text: str, name: str) -> MappingTemplate:
    """Methods of an API mostly share their templates, and a template holds nothing of a request."""
    return MappingTemplate(text, name=name)


def compile_templates(templates: Mapping[str, str], owner: str) -> dict[str, Template]:
    """Content type to compiled template; ``owner`` names the property in an error.

    Raises
    ------
    UnsupportedSettingError
        One of them cannot be run.
    """
    return {content_type: Template(text, f"{owner}[{content_type}]") for content_type, text in templates.items()}
