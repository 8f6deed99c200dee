"""Authorization of callers."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from cdk_clickstream._validation import check_range, checked, refuse
from cdk_clickstream.endpoint.throttle import Throttle

_SHORTEST_REASON = 10
_AUTHORIZER_SETTINGS = (
    "authorizer_credentials",
    "authorizer_result_ttl_in_seconds",
    "authorizer_uri",
    "identity_source",
    "identity_validation_expression",
    "provider_arns",
    "type",
)


@checked
@dataclass(frozen=True)
class Quota:
    """Requests that a key may make in a period.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html

    Parameters
    ----------
    limit:
        Requests, at least 1.
    period:
        Day, week or month. Default: day.
    """

    limit: int
    period: apigateway.Period = apigateway.Period.DAY

    def __post_init__(self) -> None:
        check_range("quota.limit", self.limit, 1, 2**31 - 1, "requests", "choose a limit in this range")


@checked
@dataclass(frozen=True)
class ApiAuth:
    """Authorization of ``POST /events`` and ``POST /records``.

    Made by :meth:`public`, :meth:`api_key`, :meth:`iam` or :meth:`authorizer`. There is no default: an open endpoint
    has to be requested.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
    """

    authorization_type: apigateway.AuthorizationType | None
    principal: str
    request_headers: tuple[str, ...] = ()
    public_reason: str | None = None
    authorizer_: apigateway.IAuthorizer | None = None
    needs_key: bool = False
    key: apigateway.IApiKey | None = None
    key_throttle: Throttle | None = None
    key_quota: Quota | None = None

    @property
    def signed(self) -> bool:
        """Whether callers sign their requests (IAM)."""
        return self.authorization_type is apigateway.AuthorizationType.IAM

    @property
    def authorizer_settings(self) -> dict[str, object]:
        """How an authorizer of this app decides; nothing for an imported one, which is its owner's."""
        resource = self.authorizer_.node.default_child if isinstance(self.authorizer_, Construct) else None
        if not isinstance(resource, apigateway.CfnAuthorizer):
            return {}
        return {name: value for name in _AUTHORIZER_SETTINGS if (value := getattr(resource, name)) is not None}

    @classmethod
    def public(cls, *, reason: str) -> ApiAuth:
        """Anyone may call.

        Parameters
        ----------
        reason:
            Why that is right here, for whoever reviews the template; at least ten characters.
        """
        if len(reason.strip()) < _SHORTEST_REASON:
            refuse(
                "auth.reason",
                reason,
                f"must say why the endpoint is open, in at least {_SHORTEST_REASON} characters",
                "write the reason as a sentence",
            )
        return cls(apigateway.AuthorizationType.NONE, "context.authorizer.principalId", public_reason=reason)

    @classmethod
    def api_key(
        cls, *, key: apigateway.IApiKey | None = None, throttle: Throttle | None = None, quota: Quota | None = None
    ) -> ApiAuth:
        """Callers send ``x-api-key`` with a key of the usage plan that the API makes.

        More keys, one for each caller, join by ``IngestApi.usage_plan.add_api_key``. A key in a web page is public; and
        ``navigator.sendBeacon`` sends no headers, so this is for servers (facts/api-gateway.md#cors).

        Parameters
        ----------
        key:
            An existing key. Default: a new one.
        throttle:
            Limit per key. Default: that of the stage only.
        quota:
            Requests per period and key. Default: none.
        """
        return cls(
            apigateway.AuthorizationType.NONE,
            "context.authorizer.principalId",
            request_headers=("X-Api-Key",),
            needs_key=True,
            key=key,
            key_throttle=throttle,
            key_quota=quota,
        )

    @classmethod
    def iam(cls) -> ApiAuth:
        """Callers sign their requests (SigV4) and hold ``execute-api:Invoke``: see ``IngestApi.grant_invoke``."""
        return cls(
            apigateway.AuthorizationType.IAM,
            "context.identity.userArn",
            request_headers=("Authorization", "X-Amz-Date", "X-Amz-Security-Token"),
        )

    @classmethod
    def authorizer(cls, authorizer: apigateway.IAuthorizer) -> ApiAuth:
        """A Lambda or Cognito authorizer decides.

        Parameters
        ----------
        authorizer:
            Any authorizer of ``aws_cdk.aws_apigateway``.
        """
        cognito = isinstance(authorizer, apigateway.CognitoUserPoolsAuthorizer)
        principal = "context.authorizer.claims.sub" if cognito else "context.authorizer.principalId"
        return cls(None, principal, request_headers=("Authorization",), authorizer_=authorizer)
