"""What goes wrong inside API Gateway: at run time a gateway response, at start-up something that cannot be run."""

from __future__ import annotations

from clickstream_local.apigateway.context.gateway_types import GatewayType


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


class UnsupportedSettingError(Exception):
    """A setting of the API that the local runtime cannot run; the message names the property and the way out."""
