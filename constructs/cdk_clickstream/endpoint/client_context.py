"""Client data in the context line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from cdk_clickstream._validation import checked, refuse

_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_SHORTEST_REASON = 10


class IpDetail(Enum):
    """Part of a client's IP address that the endpoint passes on, and that source backups then hold."""

    FULL = "full"
    """All of it; the transform anonymises it in the rows."""

    MASKED = "masked"
    """IPv4 cut to /24, IPv6 to /32: what is cut is in no backup and no error object either."""

    NONE = "none"
    """Nothing."""


@checked
@dataclass(frozen=True)
class TrustedProxy:
    """Headers that a proxy in front of the endpoint sets, and that may be believed. Made by its methods.

    API Gateway knows its TCP peer only, which is the proxy (facts/api-gateway.md#mapping-templates). A header is as
    good as the proxy that
    overwrites it, and worth nothing where somebody can reach the API past the proxy: hence the reason.
    The leftmost address of ``X-Forwarded-For`` is what the client wrote there, so that header is refused.
    """

    ip_header: str
    country_header: str | None
    with_port: bool
    reason: str

    @classmethod
    def cloudfront(cls, *, reason: str) -> TrustedProxy:
        """CloudFront, by ``CloudFront-Viewer-Address`` and ``CloudFront-Viewer-Country``.

        The distribution's origin request policy has to add both headers.

        Parameters
        ----------
        reason:
            Why nobody reaches the API past the proxy (a key that only the distribution sends, a web ACL, a resource
            policy), for whoever reviews the template; at least ten characters.
        """
        return cls("CloudFront-Viewer-Address", "CloudFront-Viewer-Country", with_port=True, reason=reason)

    @classmethod
    def header(cls, ip_header: str, *, reason: str, country_header: str | None = None) -> TrustedProxy:
        """Return another proxy, by the headers that it sets.

        Parameters
        ----------
        ip_header:
            Holds the client's address and nothing else, such as ``X-Real-IP``.
        country_header:
            Holds the client's country, two capital letters (ISO 3166). Default: none.
        reason:
            As for :meth:`cloudfront`.
        """
        return cls(ip_header, country_header, with_port=False, reason=reason)

    def __post_init__(self) -> None:
        for option, name in (("ip_header", self.ip_header), ("country_header", self.country_header)):
            if name is not None and not _HEADER.fullmatch(name):
                refuse(
                    f"client.proxy.{option}",
                    name,
                    "must be a header name: letters, digits and hyphens, at most 64",
                    "write it as the proxy sends it",
                )
        if self.ip_header.lower() in ("x-forwarded-for", "forwarded"):
            refuse(
                "client.proxy.ip_header",
                self.ip_header,
                "begins with a value that the client itself can set",
                "name a header that the proxy overwrites, such as CloudFront-Viewer-Address or X-Real-IP",
            )
        if len(self.reason.strip()) < _SHORTEST_REASON:
            refuse(
                "client.proxy.reason",
                self.reason,
                f"must say why nobody reaches the API past the proxy, in at least {_SHORTEST_REASON} characters",
                "write the reason as a sentence",
            )


@checked
@dataclass(frozen=True)
class ClientContext:
    """Client data in the context line of a record, which source backups and error objects hold too.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html

    Parameters
    ----------
    ip:
        Part of the IP address. Default: all of it; the transform anonymises it in the rows.
    user_agent:
        Whether the user agent is passed on; without it no row has a device, a browser or a bot. Default: ``True``.
    proxy:
        Proxy in front of the API whose headers are trusted. Default: none; the address is that of the TCP peer.
    """

    ip: IpDetail = IpDetail.FULL
    user_agent: bool = True
    proxy: TrustedProxy | None = None
