"""The execution log of a stage: what API Gateway did with each request, step by step.

Which stages and methods have one is the ``LoggingLevel`` of their method settings. Bodies and headers are written only
where ``DataTraceEnabled`` is on. The lines and their order are those that TestInvokeMethod was recorded to give, for a
configuration error with its reason (facts/api-gateway.md#execution-log). The lines of other failures are worded here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clickstream_local.apigateway.context.errors import (
    GatewayError,
    InternalServerError,
    UnreadablePayloadError,
)
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.common.model import Method, RestApi, setting_of

WriteLine = Callable[[str, str, str], None]
"""Takes log group, log stream and line."""

_LONGEST = 1024
"""Bytes of one event; what is longer is cut (facts/api-gateway.md#limits)."""


class ExecutionLog:
    """The lines of one request."""

    def __init__(self, write: Callable[[str], None], request_id: str, *, info: bool, data_trace: bool) -> None:
        self._write = write
        self._prefix = f"({request_id}) "
        self._info = info
        self._data_trace = data_trace

    def info(self, text: str) -> None:
        """A step; written at level INFO."""
        if self._info:
            self._line(text)

    def failed(self, error: GatewayError) -> None:
        """Why the request failed; never holds a payload."""
        if isinstance(error, UnreadablePayloadError):
            self._line(f"{error.response_type.name}: Could not process payload")
        elif not isinstance(error, InternalServerError):
            detail = f": {error.validation_error}" if error.validation_error else ""
            self._line(f"{error.response_type.name}: {error.message}{detail}")
        elif error.reason is None:
            self._line(f"Execution failed: {error.message}")
        else:
            self._line(f"Execution failed due to configuration error: {error.reason}")

    def data(self, what: str, value: str | bytes | Mapping[str, str]) -> None:
        """A payload or headers; written only with data tracing. Keys and signatures are left out even then."""
        if not (self._info and self._data_trace):
            return
        if isinstance(value, Mapping):
            shown = {name: "*****" if name.lower() in _SECRET else text for name, text in value.items()}
            text = f"{{{', '.join(f'{name}={text}' for name, text in shown.items())}}}"
        else:
            text = value if isinstance(value, str) else value.decode("utf-8", "replace")
        self._line(f"{what}: {text}")

    def _line(self, text: str) -> None:
        raw = (self._prefix + text).encode("utf-8", "replace")
        if len(raw) > _LONGEST:
            raw = raw[: _LONGEST - len(_CUT)] + _CUT
        self._write(raw.decode("utf-8", "ignore"))


class ExecutionLogs:
    """Opens the execution log of a request, where its method has one.

    The group is ``API-Gateway-Execution-Logs_<api id>/<stage>``; the service spreads requests over streams with hashes
    for names, here there is one.
    """

    def __init__(self, api: RestApi, write: WriteLine) -> None:
        self._api_id = api.id
        self._write = write
        self._levels: dict[tuple[str, str, str], tuple[bool, bool] | None] = {}

    def open(self, context: RequestContext, method: Method) -> ExecutionLog | None:
        """The log of a request, begun with what came in; None where the level is OFF."""
        stage = context.stage
        key = (stage.name, method.http_method, method.resource_path)
        if key not in self._levels:
            setting = setting_of(
                stage.method_settings,
                method.http_method,
                method.resource_path,
                where=lambda setting: setting.logging_level is not None,
            )
            on = setting is not None and setting.logging_level in ("INFO", "ERROR")
            self._levels[key] = (setting.logging_level == "INFO", setting.data_trace) if setting and on else None
        level = self._levels[key]
        if level is None:
            return None
        group = f"API-Gateway-Execution-Logs_{self._api_id}/{stage.name}"
        info, data_trace = level
        request_id = context.variables["requestId"]
        log = ExecutionLog(
            lambda line: self._write(group, "execution", line), request_id, info=info, data_trace=data_trace
        )
        log.info(f"Extended Request Id: {context.variables['extendedRequestId']}")
        log.info(f"Starting execution for request: {request_id}")
        path = context.variables["path"].removeprefix(f"/{stage.name}")
        log.info(f"HTTP Method: {context.request.method}, Resource Path: {path}")
        log.data("Method request path", context.path_parameters)
        log.data("Method request query string", context.query_parameters)
        log.data("Method request headers", context.header_parameters)
        log.data("Method request body before transformations", context.payload)
        return log


_CUT = b" [TRUNCATED]"
_SECRET = frozenset({"authorization", "x-api-key", "x-amz-security-token", "x-amz-signature"})
