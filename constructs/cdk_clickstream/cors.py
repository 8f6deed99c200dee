"""Cross-origin access to the endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass

import aws_cdk as cdk

from cdk_clickstream.errors import check_range, is_token, refuse

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


@dataclass(frozen=True)
class CorsOptions:
    """Which web pages may read the endpoint's answers. Made by :meth:`any_origin` or :meth:`origin`.

    Any page can *send* events (``sendBeacon`` with plain text needs no permission); CORS decides whether the page's
    script may send JSON and see the answer. The headers are on every answer: preflight, success, errors of the
    service and errors of API Gateway itself.
    """

    allow_origin: str
    allow_credentials: bool
    max_age: cdk.Duration

    @classmethod
    def any_origin(cls, *, max_age: cdk.Duration | None = None) -> CorsOptions:
        """Let every page in, without credentials. The default: the endpoint gives nothing away.

        Parameters
        ----------
        max_age:
            How long a browser may keep the preflight's answer, 0..86,400 s. Default: 2 hours, Chrome's maximum.
        """
        return cls("*", allow_credentials=False, max_age=max_age or cdk.Duration.hours(2))

    @classmethod
    def origin(
        cls, origin: str, *, allow_credentials: bool = False, max_age: cdk.Duration | None = None
    ) -> CorsOptions:
        """Let the pages of one origin in.

        Parameters
        ----------
        origin:
            Scheme, host and port, such as ``https://shop.example``: no path, no slash at the end.
        allow_credentials:
            Also allow requests with cookies. ``navigator.sendBeacon`` with a JSON Blob always sends credentials,
            for which a browser accepts the exact origin only, never ``*`` (aws-facts 10.7). Default: ``False``.
        max_age:
            As for :meth:`any_origin`.
        """
        return cls(origin, allow_credentials=allow_credentials, max_age=max_age or cdk.Duration.hours(2))

    def __post_init__(self) -> None:
        """Check the origin's form and the age."""
        if self.allow_origin != "*" and not is_token(self.allow_origin) and not _ORIGIN.fullmatch(self.allow_origin):
            refuse(
                "cors.origin",
                self.allow_origin,
                "is no origin: scheme, host and port only",
                "write it as the browser sends it, such as 'https://shop.example'",
            )
        if self.allow_origin == "*" and self.allow_credentials:
            refuse(
                "cors.allow_credentials",
                True,
                "browsers refuse credentials together with any origin",
                "name the origin: CorsOptions.origin('https://...', allow_credentials=True)",
            )
        check_range("cors.max_age", self.max_age.to_seconds(), 0, 86_400, "seconds", "shorten it")

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every answer."""
        # Retry-After is not among the headers that scripts may read without being told so.
        headers = {"Access-Control-Allow-Origin": self.allow_origin, "Access-Control-Expose-Headers": "Retry-After"}
        if self.allow_credentials:
            headers["Access-Control-Allow-Credentials"] = "true"
        return headers

    def preflight_headers(self, request_headers: tuple[str, ...]) -> dict[str, str]:
        """Headers of the preflight's answer; ``request_headers`` are those that a request may carry."""
        return {
            **self.headers,
            "Access-Control-Allow-Methods": "OPTIONS,POST",
            "Access-Control-Allow-Headers": ",".join(request_headers),
            "Access-Control-Max-Age": str(self.max_age.to_seconds()),
        }
