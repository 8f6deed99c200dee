"""What stands in front of an endpoint: CloudFront, and a VPC."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

from integ.check import Steps, check
from integ.deployment import Deployment
from integ.outcome import NotHereError, does_not_hold, expect, holds, not_covered

_IPV4, _IPV6 = "0.0.0.0", "::"


@check("viewer-address")
def viewer_address(on: Deployment) -> Steps:
    """Behind CloudFront the address is the viewer's, cut from its header without the port, by IPv4 and by IPv6."""
    base = on.names("Fronted").distribution
    event = {"event_name": "click"}
    # Past the distribution nobody sets the header, and the address is the TCP peer's.
    straight = on.post("Fronted", event, family=_IPV4)
    by_v4 = on.post("Fronted", event, base=base, family=_IPV4)
    expect(by_v4.status == 202, f"a request through the distribution was answered {by_v4.status}")
    try:
        by_v6 = on.post("Fronted", event, base=base, family=_IPV6)
    except OSError:
        by_v6 = None
    yield
    own = on.wait_for_record("Fronted", straight.json()["request_id"]).context["ip"]
    seen = on.wait_for_record("Fronted", by_v4.json()["request_id"]).context["ip"]
    expect(_version(seen) == 4, "by IPv4 the context line holds no IPv4 address")
    if seen != own:
        return does_not_hold(
            "by IPv4 the context line holds another address than past the distribution: the header did not come, or "
            "this network has several ways out"
        )
    if by_v6 is None:
        return not_covered("it holds by IPv4; this machine has no IPv6, so that was not tried")
    expect(by_v6.status == 202, f"a request by IPv6 was answered {by_v6.status}")
    seen = on.wait_for_record("Fronted", by_v6.json()["request_id"]).context["ip"]
    expect(_version(seen) == 6, "it holds by IPv4; by IPv6 the context line holds no plain IPv6 address")
    return holds("the viewer's own address by IPv4, an address without a port by IPv6")


def _version(address: str) -> int:
    """Return 4 or 6, 0 for what is no address."""
    try:
        return ipaddress.ip_address(address).version
    except ValueError:
        return 0


@check("private-signed")
def private_signed(on: Deployment) -> Steps:
    """A private endpoint with IAM is reached by a caller's own policy, and by nobody who does not sign."""
    prober, event_id = on.names("Private").prober, on.event_id("private")
    body = {"event_name": "click", "event_id": event_id}
    function = on.environment.client("lambda")
    signed = _probe(function, prober, {"signed": True, "body": body})
    unsigned = _probe(function, prober, {"signed": False, "body": body})
    yield
    expect(signed["status"] == 202, f"a signed call from the VPC was answered {signed['status']}")
    expect(unsigned["status"] == 403, f"an unsigned call from the VPC was answered {unsigned['status']}")
    on.wait_for_rows("Private", [event_id])
    return holds("a signed call from the VPC was answered 202 and is a row; an unsigned one was answered 403")


def _probe(function: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = function.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    expect("FunctionError" not in answer, "the function in the VPC failed: its log group says why")
    document: dict[str, Any] = json.loads(answer["Payload"].read())
    return document


@check("minimum-tls")
def minimum_tls(on: Deployment) -> Steps:
    """An endpoint with ``minimum_tls="1.2"`` deploys at the first try, and refuses TLS 1.1."""
    hosts = {name: urlsplit(on.names(name).stage_url).hostname or "" for name in ("Main", "Keyed")}
    if not all(host.endswith(("amazonaws.com", "amazonaws.com.cn")) for host in hosts.values()):
        raise NotHereError("TLS does not run on this machine")
    # An endpoint without the option takes TLS 1.1, so that a refusal is not this machine's own.
    old = {name: _takes(host, ssl.TLSVersion.TLSv1_1) for name, host in hosts.items()}
    new = _takes(hosts["Keyed"], ssl.TLSVersion.TLSv1_2)
    yield
    expect(new, "the endpoint refuses TLS 1.2, too")
    expect(not old["Keyed"], "the endpoint takes TLS 1.1")
    if not old["Main"]:
        return not_covered("it deploys and takes TLS 1.2; this machine speaks no TLS 1.1, so its refusal was not seen")
    return holds("TLS 1.1 was refused, TLS 1.2 was taken; the endpoint without the option took both")


def _takes(host: str, version: ssl.TLSVersion) -> bool:
    context = ssl.create_default_context()
    # OpenSSL's default leaves out the ciphers of TLS 1.1.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    try:
        with (
            socket.create_connection((host, 443), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except (ssl.SSLError, ConnectionResetError):
        return False
