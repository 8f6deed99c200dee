"""Cross-origin access to the endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass

import aws_cdk as cdk

from cdk_clickstream._validation import amount, check_range, checked, is_token, refuse

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


@checked
@dataclass(frozen=True)
class CorsOptions:
    """Cross-origin access to the endpoint's responses. Made by :meth:`any_origin` or :meth:`origins`.

    Any page can *send* events (``sendBeacon`` with plain text needs no permission); CORS decides whether the page's
    script may send JSON and see the answer. The headers are on every answer: preflight, success, errors of the
    service and errors of API Gateway itself.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
    """

    allow_origins: tuple[str, ...]
    allow_credentials: bool
    max_age: cdk.Duration

    @classmethod
    def any_origin(cls, *, max_age: cdk.Duration | None = None) -> CorsOptions:
        """Let every page in, without credentials. The default: the endpoint gives nothing away.

        Parameters
        ----------
        max_age:
            Time for which a browser may cache the preflight, 0..86,400 s. Default: 2 hours, Chrome's maximum.
        """
        return cls(("*",), allow_credentials=False, max_age=max_age or cdk.Duration.hours(2))

    @classmethod
    def origins(
        cls, *origins: str, allow_credentials: bool = False, max_age: cdk.Duration | None = None
    ) -> CorsOptions:
        """Let the pages of the named origins in.

        A browser takes one origin per answer, so with several the mapping templates pick the caller's. What API
        Gateway answers by itself (400, 403, 415, 429) can name one only: the first.

        Parameters
        ----------
        origins:
            Each with scheme, host and port, such as ``https://shop.example``: no path, no slash at the end.
        allow_credentials:
            Also allow requests with cookies. ``navigator.sendBeacon`` with a JSON Blob always sends credentials,
            for which a browser accepts the exact origin only, never ``*`` (facts/api-gateway.md#cors). Default:
            ``False``.
        max_age:
            As for :meth:`any_origin`.
        """
        return cls(origins, allow_credentials=allow_credentials, max_age=max_age or cdk.Duration.hours(2))

    def __post_init__(self) -> None:
        if not self.allow_origins:
            refuse(
                "cors.origins", (), "must name at least one origin", "name an origin, or use CorsOptions.any_origin()"
            )
        if self.allow_origins != ("*",):
            for origin in self.allow_origins:
                _check_origin(origin)
        elif self.allow_credentials:
            refuse(
                "cors.allow_credentials",
                True,
                "browsers refuse credentials together with any origin",
                "name the origins: CorsOptions.origins('https://...', allow_credentials=True)",
            )
        check_range("cors.max_age", self._max_age_seconds, 0, 86_400, "seconds", "shorten it")

    @property
    def _max_age_seconds(self) -> int:
        return amount("cors.max_age", self.max_age, "seconds")

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every answer."""
        # Retry-After is not among the headers that scripts may read without being told so.
        headers = {"Access-Control-Allow-Origin": self.allow_origins[0], "Access-Control-Expose-Headers": "Retry-After"}
        if len(self.allow_origins) > 1:
            headers["Vary"] = "Origin"
        if self.allow_credentials:
            headers["Access-Control-Allow-Credentials"] = "true"
        return headers

    @property
    def origin_template(self) -> str:
        """VTL before the body of an answer that puts the caller's origin in the first one's place, if it is allowed.

        Header names are looked up in both spellings: HTTP/2 has lower case ones.
        """
        if len(self.allow_origins) == 1:
            return ""
        allowed = " || ".join(f'$origin == "{origin}"' for origin in self.allow_origins)
        return (
            "#set($headers = $input.params().header)\n"
            "#set($origin = \"$!headers.get('Origin')$!headers.get('origin')\")\n"
            f"#if({allowed})\n"
            "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n"
            "#end\n"
        )

    def preflight_headers(self, request_headers: tuple[str, ...]) -> dict[str, str]:
        """Headers of the preflight's answer; ``request_headers`` are those that a request may carry."""
        return {
            **self.headers,
            "Access-Control-Allow-Methods": "OPTIONS,POST",
            "Access-Control-Allow-Headers": ",".join(request_headers),
            "Access-Control-Max-Age": cdk.Tokenization.stringify_number(self._max_age_seconds),
        }


def _check_origin(origin: str) -> None:
    if not is_token(origin) and not _ORIGIN.fullmatch(origin):
        refuse(
            "cors.origins",
            origin,
            "must be an origin: scheme, host and port only",
            "write it as the browser sends it, such as 'https://shop.example'",
        )
