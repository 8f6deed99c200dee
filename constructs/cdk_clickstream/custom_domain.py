"""A domain name of one's own for the endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aws_cdk import aws_certificatemanager as acm

from cdk_clickstream.errors import is_token, refuse

_BASE_PATH = re.compile(r"[A-Za-z0-9$_.+!*'()-]{1,300}")


@dataclass(frozen=True)
class CustomDomain:
    """A domain that leads to the endpoint, over TLS 1.2 or newer.

    The DNS record is the team's: an alias of ``IngestApi.domain.domain_name_alias_domain_name``. The endpoint's own
    address goes on working.

    Parameters
    ----------
    name:
        Such as ``events.shop.example``.
    certificate:
        Of that name, in the API's region; for an edge-optimized endpoint in us-east-1.
    base_path:
        First part of the path, which lets several APIs share the domain. Default: none.
    """

    name: str
    certificate: acm.ICertificate
    base_path: str | None = None

    def __post_init__(self) -> None:
        """Check the base path."""
        if self.base_path is not None and not is_token(self.base_path) and not _BASE_PATH.fullmatch(self.base_path):
            refuse(
                "endpoint.domain.base_path",
                self.base_path,
                "is no single part of a path",
                "write it without slashes, such as 'clicks'",
            )
