"""Anonymised network addresses."""

from __future__ import annotations

import pytest

from clickstream_transform.click.enrich.ip import anonymise, normalise
from support.transform_harness import Transform


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0"),
        ("255.255.255.255", "255.255.255.0"),
        ("0.0.0.0", "0.0.0.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.7", "203.0.113.0"),
        ("2002:cb00:7107::1", "203.0.113.0"),
        ("2001:0:4136:e378:8000:63bf:34ff:8ef8", "203.0.113.0"),
        ("64:ff9b::203.0.113.7", "203.0.113.0"),
        ("::ffff:0:203.0.113.7", "203.0.113.0"),
        ("64:ff9b:1::cb00:7107", "64:ff9b:1::"),
        ("07.07.07.07", None),
        ("203.0.113.07", None),
        ("::ffff:203.0.113.07", None),
        ("203.0.113", None),
        ("256.0.0.1", None),
        ("203.0.113.7:443", None),
        ("١.١.١.١", None),
        ("", None),
        ("unknown", None),
    ],
)
def test_an_address_is_cut_to_its_network(address: str, network: str | None) -> None:
    assert anonymise(address) == network


def test_an_address_that_is_kept_whole_has_one_form() -> None:
    assert normalise("2001:DB8:0:0::7") == "2001:db8::7"
    assert normalise("::ffff:203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize(
    ("address", "truncated", "whole"),
    [
        ("203.0.113.9", "203.0.113.0", "203.0.113.9"),
        ("2002:cb00:7107::1", "203.0.113.0", "2002:cb00:7107::1"),
        ("203.0.113.256", None, None),
    ],
)
def test_an_address_is_anonymised_unless_the_pipeline_keeps_it(
    address: str, truncated: str | None, whole: str | None
) -> None:
    """facts/goals.md#transform, goal 9: IPv4 /24, IPv6 /48."""
    event = {"event_name": "click"}
    assert Transform().row(event, ip=address).get("ip_address") == truncated
    assert Transform(ip_anonymisation="none").row(event, ip=address).get("ip_address") == whole
