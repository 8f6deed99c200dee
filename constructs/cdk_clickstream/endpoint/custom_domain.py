"""Custom domain names of the endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from cdk_clickstream._claims import claim_once, identity_of
from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import checked, is_token, refuse

_BASE_PATH = re.compile(r"[A-Za-z0-9$_.+!*'()-]{1,300}")


@checked
@dataclass(frozen=True)
class CustomDomain:
    """A custom domain name for the endpoint, over TLS 1.2 or newer.

    The DNS record is the team's: an alias of ``IngestApi.domain.domain_name_alias_domain_name``. The endpoint's own
    address goes on working.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html

    Parameters
    ----------
    name:
        Such as ``events.shop.example``.
    certificate:
        Of that name, in the API's region; for an edge-optimized endpoint in us-east-1.
    base_path:
        First part of the path, which lets several APIs share the domain; the others then take it as an
        :class:`ExistingDomain`. Default: none.
    """

    name: str
    certificate: acm.ICertificate
    base_path: str | None = None

    def __post_init__(self) -> None:
        _check_base_path(self.base_path)

    def attach_to(
        self, scope: Construct, api: apigateway.RestApi, type_: apigateway.EndpointType
    ) -> apigateway.IDomainName:
        """Make the domain and map it to the stage of an API."""
        check_place(
            "endpoint.domain.certificate",
            self.certificate,
            self.certificate.certificate_arn,
            scope,
            "API Gateway takes certificates of its account and region, for an edge-optimized endpoint of us-east-1",
            region="us-east-1" if type_ is apigateway.EndpointType.EDGE else None,
        )
        remedy = "pass the domain of the other: ExistingDomain(other.api.domain, base_path=...)"
        claim_once(scope, "endpoint.domain.name", self.name, kind="domain", identity=self.name, remedy=remedy)
        _claim_base_path(scope, self)
        domain = apigateway.DomainName(
            scope,
            "Domain",
            domain_name=self.name,
            certificate=self.certificate,
            endpoint_type=type_,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        domain.add_base_path_mapping(api, base_path=self.base_path, stage=api.deployment_stage, attach_to_stage=True)
        return domain


@checked
@dataclass(frozen=True)
class ExistingDomain:
    """A domain of API Gateway that is made elsewhere: a company's, or that of another pipeline, ``api.domain``.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html

    Parameters
    ----------
    domain:
        The domain, of the same account and region.
    base_path:
        First part of the path; each API of a domain needs one, but for one of them. Default: none.
    """

    domain: apigateway.IDomainName
    base_path: str | None = None

    def __post_init__(self) -> None:
        _check_base_path(self.base_path)

    @property
    def name(self) -> str:
        """Name, as of a :class:`CustomDomain`."""
        return self.domain.domain_name

    def attach_to(
        self, scope: Construct, api: apigateway.RestApi, type_: apigateway.EndpointType
    ) -> apigateway.IDomainName:
        """Map the domain to the stage of an API; its type is its owner's."""
        _claim_base_path(scope, self)
        apigateway.BasePathMapping(
            scope,
            "BasePath",
            domain_name=self.domain,
            rest_api=api,
            base_path=self.base_path,
            stage=api.deployment_stage,
            attach_to_stage=True,
        )
        return self.domain


def events_url(domain: CustomDomain | ExistingDomain) -> str:
    """Return the address to post events to."""
    return "/".join(("https:/", domain.name, *([domain.base_path] if domain.base_path else []), "events"))


def _claim_base_path(scope: Construct, domain: CustomDomain | ExistingDomain) -> None:
    claim_once(
        scope,
        "endpoint.domain.base_path",
        domain.base_path,
        kind="path of the domain",
        identity=(identity_of(scope, domain.name), domain.base_path),
        remedy="choose another base_path=",
    )


def _check_base_path(base_path: str | None) -> None:
    if base_path is not None and not is_token(base_path) and not _BASE_PATH.fullmatch(base_path):
        refuse(
            "endpoint.domain.base_path",
            base_path,
            "must be a single path segment",
            "write it without slashes, such as 'clicks'",
        )
