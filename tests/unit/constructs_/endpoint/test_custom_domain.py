from __future__ import annotations

import pytest
from aws_cdk import aws_apigateway as apigateway

from cdk_clickstream import CustomDomain, EndpointOptions, ExistingDomain, IngestApi
from support.endpoints import api_in, certificate
from support.stacks import PUBLIC, Synthesized, flat, new_stack, refusal, stream_in


def test_the_domain_leads_to_the_stage_over_tls_1_2(whole: Synthesized) -> None:
    domain = whole.only("AWS::ApiGateway::DomainName")
    assert (domain["DomainName"], domain["SecurityPolicy"]) == ("events.shop.example", "TLS_1_2")
    assert domain["EndpointConfiguration"] == {"Types": ["EDGE"]}
    mapping = whole.only("AWS::ApiGateway::BasePathMapping")
    assert mapping["BasePath"] == "clicks"
    assert "Stage" in mapping


@pytest.mark.parametrize(("base_path", "path"), [("clicks", "/clicks/events"), (None, "/events")])
def test_events_are_posted_to_the_domain_below_its_base_path(base_path: str | None, path: str) -> None:
    stack = new_stack()
    domain = CustomDomain("events.shop.example", certificate(stack), base_path=base_path)
    made = api_in(stack, options=EndpointOptions(domain=domain))
    assert made.events_url == f"https://events.shop.example{path}"


def test_a_base_path_with_slashes_is_refused() -> None:
    message = refusal(lambda: CustomDomain("events.shop.example", certificate(new_stack()), base_path="/a/b"))
    assert "endpoint.domain.base_path='/a/b'" in message


def test_several_apis_share_a_domain_by_their_base_paths() -> None:
    stack = new_stack()
    stream = stream_in(stack)
    first = IngestApi(
        stack,
        "Shop",
        delivery_stream=stream,
        auth=PUBLIC,
        options=EndpointOptions(domain=CustomDomain("events.shop.example", certificate(stack), base_path="shop")),
    )
    assert first.domain is not None
    second = IngestApi(
        stack,
        "Blog",
        delivery_stream=stream,
        auth=PUBLIC,
        options=EndpointOptions(domain=ExistingDomain(first.domain, base_path="blog")),
    )
    found = Synthesized(stack)
    (domain,) = found.of_type("AWS::ApiGateway::DomainName")
    mappings = [one["Properties"] for one in found.of_type("AWS::ApiGateway::BasePathMapping").values()]
    assert sorted(one["BasePath"] for one in mappings) == ["blog", "shop"]
    assert len({one["RestApiId"]["Ref"] for one in mappings}) == 2
    assert {one["DomainName"]["Ref"] for one in mappings} == {domain}
    assert flat(stack.resolve(second.events_url)) == f"https://<{domain}>/blog/events"


def test_an_existing_domain_without_a_base_path_leads_to_the_stage() -> None:
    stack = new_stack()
    domain = apigateway.DomainName.from_domain_name_attributes(
        stack,
        "Company",
        domain_name="events.shop.example",
        domain_name_alias_hosted_zone_id="Z1",
        domain_name_alias_target="d-1.execute-api.eu-west-1.amazonaws.com",
    )
    api = api_in(stack, options=EndpointOptions(domain=ExistingDomain(domain)))
    mapping = Synthesized(stack).only("AWS::ApiGateway::BasePathMapping")
    assert mapping["DomainName"] == "events.shop.example"
    assert mapping["Stage"] == stack.resolve(api.rest_api.deployment_stage.stage_name)
    assert "BasePath" not in mapping
    assert api.events_url == "https://events.shop.example/events"


def test_one_name_for_two_domains_is_refused_with_the_way_out() -> None:
    stack = new_stack()
    stream, given = stream_in(stack), EndpointOptions(domain=CustomDomain("a.example", certificate(stack)))
    IngestApi(stack, "Web", delivery_stream=stream, auth=PUBLIC, options=given)
    message = refusal(lambda: IngestApi(stack, "App", delivery_stream=stream, auth=PUBLIC, options=given))
    assert "endpoint.domain.name='a.example': Test/Web has this domain already" in message
    assert "ExistingDomain(" in message


@pytest.mark.parametrize("base_path", [None, "clicks"])
def test_one_path_of_a_domain_for_two_endpoints_is_refused(base_path: str | None) -> None:
    stack = new_stack()
    stream, own = stream_in(stack), CustomDomain("a.example", certificate(stack), base_path=base_path)
    web = IngestApi(stack, "Web", delivery_stream=stream, auth=PUBLIC, options=EndpointOptions(domain=own))
    assert web.domain is not None
    again = EndpointOptions(domain=ExistingDomain(web.domain, base_path=base_path))
    message = refusal(lambda: IngestApi(stack, "App", delivery_stream=stream, auth=PUBLIC, options=again))
    assert f"endpoint.domain.base_path={base_path!r}: Test/Web has this path of the domain already" in message
