"""The parts of an address."""

from __future__ import annotations

import pytest

from clickstream_transform.click.enrich.url import split_url


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://User:p@Example.COM:8443/a/b?c=d&e#f?g", ("example.com", "/a/b", "c=d&e")),
        ("https://example.com", ("example.com", "/", None)),
        ("https://example.com?x=1", ("example.com", "/", "x=1")),
        ("https://example.com:8443#f", ("example.com", "/", None)),
        ("//example.com", ("example.com", "/", None)),
        ("https://[2001:db8::1]:443/", ("[2001:db8::1]", "/", None)),
        ("/cart?x=1", (None, "/cart", "x=1")),
        ("?x=1", (None, None, "x=1")),
        ("https://:80?", (None, None, None)),
        ("mailto:someone", (None, None, None)),
        ("", (None, None, None)),
        ("file:///tmp/a", (None, "/tmp/a", None)),
        ("http://a\n/b", ("a\n", "/b", None)),
    ],
)
def test_an_address_is_split_into_host_path_and_query(url: str, parts: tuple[str | None, ...]) -> None:
    assert split_url(url) == parts
