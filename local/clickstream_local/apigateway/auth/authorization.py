"""How each method of an API checks its callers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from clickstream_local.apigateway.auth.iam import DenialOf, IamAuthorization, SecretOf
from clickstream_local.apigateway.auth.lambda_authorizer import Functions, LambdaAuthorizer
from clickstream_local.apigateway.context.errors import UnsupportedSettingError
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.common.model import Authorizer, Method, RestApi
from clickstream_local.iam.rights import Denial


class Authorization(Protocol):
    """Checks a caller."""

    async def check(self, context: RequestContext) -> None:
        """Let the request pass, or raise :class:`~clickstream_local.apigateway.context.errors.GatewayError`."""


class Authorizations:
    """The authorizations of an API; methods with the same authorizer share it, and the answers that it keeps."""

    def __init__(
        self,
        api: RestApi,
        *,
        functions: Functions,
        secret_of: SecretOf,
        denial_of: DenialOf,
        denial_of_call: Callable[[Authorizer], Denial | None],
        region: str,
        clock: Callable[[], float],
    ) -> None:
        self._iam = IamAuthorization(secret_of, denial_of, region, clock)
        self._authorizers: dict[str, LambdaAuthorizer | str] = {}
        for authorizer in api.authorizers:
            try:
                self._authorizers[authorizer.id] = LambdaAuthorizer(
                    authorizer, functions, clock, denial_of_call(authorizer)
                )
            except UnsupportedSettingError as error:
                self._authorizers[authorizer.id] = f"authorizer {authorizer.logical_id}: {error}"

    def of(self, method: Method) -> Authorization | None:
        """The authorization of a method; None for one that is open.

        Raises
        ------
        UnsupportedSettingError
            The method's authorizer cannot be run.
        """
        kind = method.authorization_type
        if kind == "NONE":
            return None
        if kind == "AWS_IAM":
            return self._iam
        found = self._authorizers.get(method.authorizer_id or "", f"no authorizer {method.authorizer_id!r} is there")
        if isinstance(found, str):
            raise UnsupportedSettingError(f"AuthorizationType {kind}: {found}; the method answers 500")
        return found
