from __future__ import annotations

import pytest

from support.transform_harness import Transform

NAME = {"event_name": "click"}


@pytest.mark.parametrize(
    ("address", "truncated", "whole"),
    [
        ("203.0.113.9", "203.0.113.0", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::", "2001:db8:1:2:3:4:5:6"),
        ("::ffff:203.0.113.9", "203.0.113.0", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::", "fe80::1"),
        ("203.0.113.256", None, None),
        ("unknown", None, None),
        ("", None, None),
    ],
)
def test_an_address_is_anonymised_unless_the_pipeline_keeps_it(
    address: str, truncated: str | None, whole: str | None
) -> None:
    """transforms.md 8, goal 9: IPv4 /24, IPv6 /48."""
    assert Transform().row(NAME, ip=address).get("ip_address") == truncated
    assert Transform(ip_anonymisation="none").row(NAME, ip=address).get("ip_address") == whole
