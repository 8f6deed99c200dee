"""The context line of a record, rendered by the local runtime's own VTL engine."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cdk_clickstream import ClientContext, IpDetail, Target, TrustedProxy
from cdk_clickstream.endpoint.templates.put_events import put_events_template
from clickstream_local.vtl import MappingTemplate

REASON = "Only the distribution knows the key of the API."


CLOUDFRONT = TrustedProxy.cloudfront(reason=REASON)


NGINX = TrustedProxy.header("X-Real-IP", reason=REASON)


TOKEN = "0b7c6d2e-1f7a-4d55-9c1b-7d0d8f4f1a11"


def line(client: ClientContext, *, peer: str = "203.0.113.9", **params: dict[str, str]) -> dict[str, Any]:
    target, principal = Target.firehose("s", "arn", None), "context.authorizer.principalId"
    template = put_events_template(target, principal, TOKEN, client)
    context = {
        "requestTimeEpoch": 1795255200123,
        "extendedRequestId": "JKJaXmPLvHcESHA=",
        "identity": {"sourceIp": peer, "userAgent": "curl/8"},
    }
    given: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}, **params}
    text = MappingTemplate(template).render(body="{}", params=given, context=context, stage_variables={})
    record = base64.b64decode(json.loads(text)["Record"]["Data"]).decode()
    first: dict[str, Any] = json.loads(record.split("\n")[0])
    return first


def test_the_token_stands_before_what_a_client_says() -> None:
    members = list(line(ClientContext()))
    assert members[:3] == ["clickstream", "kind", "token"]
    assert line(ClientContext())["token"] == TOKEN


@pytest.mark.parametrize(
    ("peer", "masked"),
    [
        ("203.0.113.9", "203.0.113.0"),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8::"),
        ("2001:db8::1", "2001:db8::"),
        ("2001::1", ""),
        ("::1", ""),
        ("::ffff:203.0.113.9", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_a_masked_address_has_lost_its_host_part_and_an_odd_one_is_left_out(peer: str, masked: str) -> None:
    assert line(ClientContext(ip=IpDetail.MASKED), peer=peer)["ip"] == masked


def test_no_address_is_passed_on_when_none_is_wanted() -> None:
    found = line(ClientContext(ip=IpDetail.NONE, proxy=NGINX), header={"X-Real-IP": "198.51.100.7"})
    assert found["ip"] == ""
    assert found["boundary"] == "JKJaXmPLvHcESHA="


def test_the_user_agent_can_be_left_out() -> None:
    assert line(ClientContext())["user_agent"] == "curl/8"
    assert line(ClientContext(user_agent=False))["user_agent"] == ""


@pytest.mark.parametrize("name", ["X-Real-IP", "x-real-ip"])
def test_behind_a_proxy_the_address_is_the_one_it_tells(name: str) -> None:
    """facts/api-gateway.md#mapping-templates: sourceIp is the TCP peer."""
    assert line(ClientContext(proxy=NGINX), header={name: "198.51.100.7"})["ip"] == "198.51.100.7"


@pytest.mark.parametrize(
    ("told", "ip"), [("198.51.100.7:46532", "198.51.100.7"), ("2001:db8:0:0:0:0:0:1:46532", "2001:db8:0:0:0:0:0:1")]
)
def test_cloudfronts_port_is_cut_off(told: str, ip: str) -> None:
    found = line(
        ClientContext(proxy=CLOUDFRONT), header={"CloudFront-Viewer-Address": told, "CloudFront-Viewer-Country": "NL"}
    )
    assert (found["ip"], found["country"]) == (ip, "NL")


def test_what_a_proxy_tells_is_masked_too() -> None:
    found = line(ClientContext(ip=IpDetail.MASKED, proxy=NGINX), header={"X-Real-IP": "198.51.100.7"})
    assert found["ip"] == "198.51.100.0"


def test_without_the_header_the_address_is_the_peers() -> None:
    assert line(ClientContext(proxy=CLOUDFRONT))["ip"] == "203.0.113.9"


@pytest.mark.parametrize("place", ["querystring", "path"])
def test_the_query_string_cannot_stand_in_for_the_header(place: str) -> None:
    """facts/api-gateway.md#mapping-templates: $input.params(name) looks into path and query string first."""
    found = line(ClientContext(proxy=CLOUDFRONT), **{place: {"CloudFront-Viewer-Address": "192.0.2.66:1"}})
    assert found["ip"] == "203.0.113.9"


@pytest.mark.parametrize("value", ['","boundary":"forged', "back\\slash", "it's", "line\nbreak", "$q ${q} #end"])
def test_no_value_of_a_header_can_break_the_context_line(value: str) -> None:
    found = line(
        ClientContext(proxy=TrustedProxy.header("X-Real-IP", country_header="X-Country", reason=REASON)),
        header={"X-Real-IP": value, "X-Country": value},
    )
    assert (found["ip"], found["country"], found["boundary"]) == (value, value, "JKJaXmPLvHcESHA=")
