from __future__ import annotations

import pytest

from clickstream_transform.click.enrich.referrer import classify


@pytest.mark.parametrize(
    ("host", "page_host", "expected"),
    [
        ("www.google.com", "shop.example", ("search", "Google")),
        ("google.co.uk", None, ("search", "Google")),
        ("mail.google.com", None, ("email", "Gmail")),
        ("l.facebook.com", None, ("social", "Facebook")),
        ("t.co", None, ("social", "X")),
        ("www.x.com", None, ("social", "X")),
        ("shop.example", "www.shop.example", ("internal", None)),
        ("google.example.com", None, ("other", None)),
        ("blog.example", "shop.example", ("other", None)),
        ("localhost", None, ("other", None)),
        ("facebook.com", "www.facebook.com", ("internal", None)),
    ],
)
def test_a_referring_host_is_classified(host: str, page_host: str | None, expected: tuple[str, str | None]) -> None:
    assert classify(host, page_host) == expected
