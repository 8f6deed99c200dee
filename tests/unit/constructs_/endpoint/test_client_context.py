"""What a record says of its client, rendered by the local runtime's own VTL engine."""

from __future__ import annotations

import pytest

from cdk_clickstream import ConfigurationError, TrustedProxy

REASON = "Only the distribution knows the key of the API."


@pytest.mark.parametrize("name", ["X-Forwarded-For", "x-forwarded-for", "Forwarded"])
def test_a_header_that_begins_with_what_the_client_wrote_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="begins with a value that the client itself can set"):
        TrustedProxy.header(name, reason=REASON)


@pytest.mark.parametrize("name", ["X Real IP", "x'$x", ""])
def test_what_is_no_header_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"client\.proxy\.ip_header=.*must be a header name"):
        TrustedProxy.header(name, reason=REASON)


def test_a_proxy_is_not_trusted_without_a_reason() -> None:
    with pytest.raises(ConfigurationError, match=r"client\.proxy\.reason='so'"):
        TrustedProxy.cloudfront(reason="so")
