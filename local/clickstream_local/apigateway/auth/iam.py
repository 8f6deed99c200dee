"""``AWS_IAM``: requests signed with Signature Version 4, in a header or in a presigned URL."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from clickstream_local.apigateway.auth.lambda_authorizer import method_arn
from clickstream_local.apigateway.auth.signature import Signature
from clickstream_local.apigateway.context.errors import GatewayError, GatewayType
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.iam.rights import Denial

_SKEW_SECONDS = 300
_LONGEST_SECONDS = 604_800
# Of the account in a method's ARN, the service shows the last four digits.
_ACCOUNT = re.compile(r"(:execute-api:[^:]*:)\d{8}(\d{4})")

SecretOf = Callable[[str], str | None]
"""The secret of an access key id; None for an unknown id."""

DenialOf = Callable[[str, str], Denial | None]
"""Why the owner of an access key id may not call a method, by its ARN; None if it may."""


class IamAuthorization:
    """Lets in who signs with a known secret, and may call the method by its policies where these are known.

    The gateway response types of the refusals are documented; the texts of those of a signature are inferred.
    """

    def __init__(self, secret_of: SecretOf, denial_of: DenialOf, region: str, clock: Callable[[], float]) -> None:
        self._secret_of = secret_of
        self._denial_of = denial_of
        self._region = region
        self._clock = clock

    async def check(self, context: RequestContext) -> None:
        """Check the signature and note the caller in ``$context.identity``.

        Raises
        ------
        GatewayError
            403: ``MISSING_AUTHENTICATION_TOKEN`` without a whole signature, ``EXPIRED_TOKEN`` for one that is too old
            or from the future, ``INVALID_SIGNATURE`` for an unknown access key, a wrong scope, or another signature
            than the request's, ``ACCESS_DENIED`` for a caller without the right.
        """
        signature = Signature.of(context.request)
        if signature is None:
            raise GatewayError(GatewayType.MISSING_AUTHENTICATION_TOKEN, "Missing Authentication Token")
        secret = self._secret_of(signature.access_key)
        if secret is None:
            raise _invalid("The security token included in the request is invalid.")
        self._check_scope(signature)
        self._check_time(signature)
        if not signature.matches(context.request, secret):
            raise _invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                "Access Key and signing method. Consult the service documentation for details."
            )
        denial = self._denial_of(signature.access_key, method_arn(context))
        if denial is not None:
            raise GatewayError(GatewayType.ACCESS_DENIED, _ACCOUNT.sub(r"\1********\2", denial.message))
        account = context.variables["accountId"]
        # A stand-in for the caller, whom only IAM knows: a user named like the access key id.
        context.variables["identity"].update(
            accessKey=signature.access_key,
            accountId=account,
            caller=signature.access_key,
            user=signature.access_key,
            userArn=f"arn:aws:iam::{account}:user/{signature.access_key}",
        )

    def _check_scope(self, signature: Signature) -> None:
        if signature.service != "execute-api":
            raise _invalid("Credential should be scoped to correct service: 'execute-api'.")
        if signature.region != self._region:
            raise _invalid(f"Credential should be scoped to a valid region, not '{signature.region}'.")
        if not signature.time.startswith(signature.date):
            raise _invalid("Date in Credential scope does not match the date of the request.")

    def _check_time(self, signature: Signature) -> None:
        try:
            signed = datetime.strptime(signature.time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise _invalid("Date must be in ISO-8601 'basic format'.") from None
        age = self._clock() - signed
        lifetime = signature.expires_seconds
        if lifetime is not None and lifetime > _LONGEST_SECONDS:
            raise _invalid(f"X-Amz-Expires must be less than a week (in seconds); {_LONGEST_SECONDS} is the most.")
        if age > (_SKEW_SECONDS if lifetime is None else lifetime) or age < -_SKEW_SECONDS:
            raise GatewayError(GatewayType.EXPIRED_TOKEN, f"Signature expired: {signature.time} is too far from now")


def _invalid(message: str) -> GatewayError:
    return GatewayError(GatewayType.INVALID_SIGNATURE, message)
