"""Options of the endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cdk_clickstream._validation import check_range, checked, refuse
from cdk_clickstream.endpoint.client_context import ClientContext
from cdk_clickstream.endpoint.custom_domain import CustomDomain, ExistingDomain
from cdk_clickstream.endpoint.endpoint_type import EndpointType, MinimumTls
from cdk_clickstream.endpoint.throttle import Throttle
from cdk_clickstream.endpoint.web_acl import ExistingWebAcl, WebAcl

_LARGEST_PAYLOAD = 10_485_760


@checked
@dataclass(frozen=True)
class EndpointOptions:
    """Routes, endpoint type, protection and telemetry of the endpoint, and its context lines.

    AWS: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html

    Parameters
    ----------
    client:
        Client data in the context line of a record. Default: ``ClientContext()``.
    records:
        Whether there is ``POST /records``, one record per event with a result for each. Firehose bills a record as
        5 KB at least, so 500 small events cost as much as 2.5 MB there. Default: ``True``.
    records_throttle:
        Requests to ``POST /records`` of all callers together; each holds up to 500 records, which Firehose bills as
        2.5 MB. Default: ``Throttle(rate=2, burst=20)``: whoever keeps it busy for a month costs about 600 USD.
    endpoint_type:
        Regional, edge-optimized or private. Default: ``EndpointType.regional()``.
    domain:
        A custom domain name, new or existing; not for a private endpoint. Default: none.
    web_acl:
        AWS WAF in front: a new web ACL, or an existing one. Default: none.
    minimum_tls:
        Oldest TLS version that the endpoint's own address accepts, ``"1.2"`` or ``"1.3"``. API Gateway then wants an
        :attr:`access_mode`; it has no such security policies in GovCloud, and no mutual TLS beside them.
        Default: API Gateway's own, TLS 1.0 (1.2 for a private endpoint), with which a first deployment is sure to
        succeed in every region: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
    access_mode:
        ``STRICT`` refuses requests whose host name and SNI differ, or that come by another endpoint type. AWS wants
        ``BASIC`` deployed and its access log looked at before, so that is a second deployment, which takes 15 minutes.
        Only with ``minimum_tls``. Default: ``BASIC``.
    tracing:
        X-Ray traces. Default: ``False``.
    detailed_metrics:
        Metrics of each method beside those of the stage, which are billed as custom ones. Default: ``False``.
    execution_log:
        ``ERROR`` or ``INFO`` to log how requests are handled, never their bodies. Needs the account's logging role,
        see :class:`~cdk_clickstream.AccessLog`. Default: none.
    minimum_compression:
        Answers from this size on are compressed, 0..10,485,760 bytes; compressed bodies of requests are then unpacked
        before they are checked. Default: neither.
    """

    client: ClientContext | None = None
    records: bool = True
    records_throttle: Throttle | None = None
    endpoint_type: EndpointType | None = None
    domain: CustomDomain | ExistingDomain | None = None
    web_acl: WebAcl | ExistingWebAcl | None = None
    minimum_tls: MinimumTls | None = None
    access_mode: Literal["BASIC", "STRICT"] = "BASIC"
    tracing: bool = False
    detailed_metrics: bool = False
    execution_log: Literal["ERROR", "INFO"] | None = None
    minimum_compression: int | None = None

    def __post_init__(self) -> None:
        if self.access_mode == "STRICT" and self.minimum_tls is None:
            refuse(
                "endpoint.access_mode",
                self.access_mode,
                "goes with a security policy only",
                "set minimum_tls, deploy it with BASIC, then make it STRICT",
            )
        if self.minimum_compression is not None:
            check_range(
                "endpoint.minimum_compression",
                self.minimum_compression,
                0,
                _LARGEST_PAYLOAD,
                "bytes",
                "choose a size in this range",
            )
        if self.domain is not None and self.endpoint_type is not None and self.endpoint_type.is_private:
            refuse(
                "endpoint.domain",
                self.domain.name,
                "is not possible: a private endpoint has no public name",
                "leave it out, or use EndpointType.regional()",
            )
