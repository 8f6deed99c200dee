"""What goes wrong inside API Gateway: at run time a gateway response, at start a setting that cannot be run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class GatewayType(Enum):
    """A gateway response type (apigateway-runtime.json, gateway_responses_default_status)."""

    ACCESS_DENIED = auto()
    API_CONFIGURATION_ERROR = auto()
    AUTHORIZER_CONFIGURATION_ERROR = auto()
    AUTHORIZER_FAILURE = auto()
    BAD_REQUEST_BODY = auto()
    BAD_REQUEST_PARAMETERS = auto()
    EXPIRED_TOKEN = auto()
    INTEGRATION_FAILURE = auto()
    INTEGRATION_TIMEOUT = auto()
    INVALID_API_KEY = auto()
    INVALID_SIGNATURE = auto()
    MISSING_AUTHENTICATION_TOKEN = auto()
    QUOTA_EXCEEDED = auto()
    REQUEST_TOO_LARGE = auto()
    RESOURCE_NOT_FOUND = auto()
    THROTTLED = auto()
    UNAUTHORIZED = auto()
    UNSUPPORTED_MEDIA_TYPE = auto()
    WAF_FILTERED = auto()

    @property
    def status(self) -> int:
        """The status without settings of the API's own."""
        return _DEFAULTS[self][0]

    @property
    def error_type(self) -> str | None:
        """``x-amzn-ErrorType``; None where none is on record, and then the header is left out."""
        return _DEFAULTS[self][1]

    @property
    def default_type(self) -> str:
        """The type whose settings apply when this one has none: DEFAULT_4XX or DEFAULT_5XX."""
        return "DEFAULT_5XX" if self.status >= 500 else "DEFAULT_4XX"


_DEFAULTS: Mapping[GatewayType, tuple[int, str | None]] = {
    GatewayType.ACCESS_DENIED: (403, "AccessDeniedException"),
    GatewayType.API_CONFIGURATION_ERROR: (500, "InternalServerErrorException"),
    GatewayType.AUTHORIZER_CONFIGURATION_ERROR: (500, "InternalServerErrorException"),
    GatewayType.AUTHORIZER_FAILURE: (500, "InternalServerErrorException"),
    GatewayType.BAD_REQUEST_BODY: (400, "BadRequestException"),
    GatewayType.BAD_REQUEST_PARAMETERS: (400, "BadRequestException"),
    GatewayType.EXPIRED_TOKEN: (403, None),
    GatewayType.INTEGRATION_FAILURE: (504, "InternalServerErrorException"),
    GatewayType.INTEGRATION_TIMEOUT: (504, "InternalServerErrorException"),
    GatewayType.INVALID_API_KEY: (403, "ForbiddenException"),
    GatewayType.INVALID_SIGNATURE: (403, "InvalidSignatureException"),
    GatewayType.MISSING_AUTHENTICATION_TOKEN: (403, "MissingAuthenticationTokenException"),
    GatewayType.QUOTA_EXCEEDED: (429, "LimitExceededException"),
    GatewayType.REQUEST_TOO_LARGE: (413, None),
    GatewayType.RESOURCE_NOT_FOUND: (404, None),
    GatewayType.THROTTLED: (429, "TooManyRequestsException"),
    GatewayType.UNAUTHORIZED: (401, "UnauthorizedException"),
    GatewayType.UNSUPPORTED_MEDIA_TYPE: (415, "BadRequestException"),
    GatewayType.WAF_FILTERED: (403, None),
}


class GatewayError(Exception):
    """Ends a request with a gateway response.

    Parameters
    ----------
    response_type:
        Which gateway response answers.
    message:
        ``$context.error.message``.
    validation_error:
        ``$context.error.validationErrorString``: why a body failed; never contains the body.
    """

    def __init__(self, response_type: GatewayType, message: str, validation_error: str | None = None) -> None:
        super().__init__(message)
        self.response_type = response_type
        self.message = message
        self.validation_error = validation_error


class InternalServerError(GatewayError):
    """Ends a request with a 500 that tells the client no cause: a setting of the API, or a fault of the runtime.

    ``reason`` stands in the execution log; it holds no payload.
    """

    def __init__(
        self, reason: str | None = None, response_type: GatewayType = GatewayType.API_CONFIGURATION_ERROR
    ) -> None:
        super().__init__(response_type, "Internal server error")
        self.reason = reason


class UnreadablePayloadError(GatewayError):
    """Ends a request whose body begins JSON and does not end it, where its JSON is asked for.

    Status and text were recorded on AWS; that it is a BAD_REQUEST_BODY is inferred.
    """

    def __init__(self, reason: str) -> None:
        message = f"Could not process payloadnet.minidev.json.parser.ParseException: {reason}"
        super().__init__(GatewayType.BAD_REQUEST_BODY, message)


class UnsupportedSettingError(Exception):
    """A setting of the API that the local runtime cannot run; the message names the property and the remedy."""
