"""Endpoints, and questions about their methods."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2

from cdk_clickstream import EndpointOptions, IngestApi
from support.stacks import PUBLIC, Synthesized, new_stack, stream_in

METHOD = "AWS::ApiGateway::Method"


def api_in(stack: cdk.Stack, **options: Any) -> IngestApi:
    """Make an endpoint, open unless told otherwise, in front of a delivery stream of its own."""
    stream = options.pop("delivery_stream", None) or stream_in(stack)
    return IngestApi(stack, "Ingest", **{"delivery_stream": stream, "auth": PUBLIC, **options})


def api(**options: Any) -> Synthesized:
    """Return the template of a stack with one endpoint."""
    stack = new_stack()
    api_in(stack, **options)
    return Synthesized(stack)


def api_with(**options: Any) -> Synthesized:
    """Return the template of a stack with one endpoint of these ``EndpointOptions``."""
    return api(options=EndpointOptions(**options))


def routes(found: Synthesized) -> dict[tuple[str, str], dict[str, Any]]:
    """Properties of each method by its path and HTTP method."""
    paths = {id_: one["Properties"]["PathPart"] for id_, one in found.of_type("AWS::ApiGateway::Resource").items()}
    methods = [one["Properties"] for one in found.of_type(METHOD).values()]
    return {(paths[one["ResourceId"]["Ref"]], one["HttpMethod"]): one for one in methods}


def method(found: Synthesized, http_method: str, path: str = "events") -> dict[str, Any]:
    """Properties of one method."""
    return routes(found)[path, http_method]


def certificate(stack: cdk.Stack) -> acm.ICertificate:
    """Return a certificate that exists."""
    # Where no region is known, that of edge-optimized endpoints.
    region = "us-east-1" if cdk.Token.is_unresolved(stack.region) else stack.region
    arn = f"arn:aws:acm:{region}:111122223333:certificate/0123"
    return acm.Certificate.from_certificate_arn(stack, "Certificate", arn)


def vpc_endpoint(stack: cdk.Stack) -> ec2.IVpcEndpoint:
    """Return an interface endpoint that exists."""
    return ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        stack, "Endpoint", vpc_endpoint_id="vpce-1", port=443
    )
