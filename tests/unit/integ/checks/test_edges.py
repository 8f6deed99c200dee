"""The checks of what stands in front of an endpoint."""

from __future__ import annotations

import socket
from typing import Any

import boto3
import pytest

from integ.outcome import Verdict
from support.integ.runs import Running, run_check, simulated
from support.integ.stand_ins import Probe, distribution

pytestmark = pytest.mark.xdist_group("integ")


IPV4, IPV6 = (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")


def test_a_private_endpoint_takes_what_the_probe_signs_and_nothing_else(
    running: Running, session: boto3.Session
) -> None:
    on = simulated(running["Edges"], session, Probe(running["Edges"]))
    outcome = run_check("private-signed", on)
    assert outcome.verdict is Verdict.HOLDS, outcome.evidence


@pytest.mark.parametrize(
    ("header", "ways", "verdict"),
    [
        ("{address}:{port}", [IPV4, IPV6], Verdict.HOLDS),
        ("{address}:{port}", [IPV4], Verdict.NOT_COVERED),
        ("127.0.0.9:{port}", [IPV4, IPV6], Verdict.DOES_NOT_HOLD),
        ("port {port} of {address}", [IPV4, IPV6], Verdict.DOES_NOT_HOLD),
        ("[{address}]:{port}", [IPV4, IPV6], Verdict.DOES_NOT_HOLD),
    ],
)
def test_the_viewers_address_is_compared_with_the_one_seen_past_the_distribution(
    running: Running,
    session: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
    header: str,
    ways: list[tuple[socket.AddressFamily, str]],
    verdict: Verdict,
) -> None:
    resolve = socket.getaddrinfo

    def with_the_distribution(host: str, port: int, *arguments: Any, **options: Any) -> list[Any]:
        if host != "distribution.test":
            return resolve(host, port, *arguments, **options)
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in ways]

    monkeypatch.setattr(socket, "getaddrinfo", with_the_distribution)
    with distribution(running["Edges"].names("Fronted").stage_url, header) as url:
        on = simulated(running["Edges"], session, FrontedDistribution=url)
        outcome = run_check("viewer-address", on)
    assert (outcome.verdict, outcome.broke) == (verdict, False), outcome.evidence
