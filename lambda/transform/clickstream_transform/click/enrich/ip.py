"""Anonymised network addresses: IPv4 to /24, IPv6 to /48, so that no row names one person's line."""

from __future__ import annotations

import re

_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)", re.ASCII)


def anonymise(address: str) -> str | None:
    """The network of an address: ``203.0.113.0`` for IPv4, ``2001:db8:1::`` for IPv6; None for other text.

    An IPv4 address inside an IPv6 one is treated as IPv4.
    """
    if _IPV4.fullmatch(address):
        return address[: address.rindex(".")] + ".0"
    whole = normalise(address)
    if whole is None:
        return None
    if ":" not in whole:
        return anonymise(whole)
    from ipaddress import IPv6Address

    return str(IPv6Address(int(IPv6Address(whole)) >> 80 << 80))


def normalise(address: str) -> str | None:
    """The address in its usual text form, None where the text is no address."""
    if _IPV4.fullmatch(address):
        return address
    # Imported here: most addresses of most pipelines are IPv4, and the import is a fifth of a cold start.
    from ipaddress import AddressValueError, IPv6Address

    try:
        parsed = IPv6Address(address.partition("%")[0])
    except AddressValueError:
        return None
    return str(parsed.ipv4_mapped or parsed)
