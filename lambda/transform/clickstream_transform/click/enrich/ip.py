"""Anonymised network addresses: IPv4 to /24, IPv6 to /48, so that no row names one person's line."""

from __future__ import annotations

import re
from functools import lru_cache

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
# A leading zero means octal to some readers: 07.07.07.07 is no address.
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}", re.ASCII)


def anonymise(address: str) -> str | None:
    """The network of an address: ``203.0.113.0`` for IPv4, ``2001:db8:1::`` for IPv6; None for other text.

    An IPv6 address that has the client's IPv4 address in it, as transition mechanisms make them, is treated as that
    one: its first 48 bits may name a person's line whole.
    """
    if _IPV4.fullmatch(address):
        return address[: address.rindex(".")] + ".0"
    whole = normalise(address)
    if whole is None:
        return None
    if ":" not in whole:
        return anonymise(whole)
    from ipaddress import IPv4Address, IPv6Address

    number = int(IPv6Address(whole))
    for prefix, bits, shift, mask in _embedding():
        if number >> (128 - bits) == prefix:
            return anonymise(str(IPv4Address(number >> shift & 0xFFFF_FFFF ^ mask)))
    return str(IPv6Address(number >> 80 << 80))


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


@lru_cache(maxsize=1)
def _embedding() -> tuple[tuple[int, int, int, int], ...]:
    """Prefix and its length, how far from the right the IPv4 address stands, and what it is combined with."""
    from ipaddress import IPv6Network

    return tuple(
        (int(network.network_address) >> (128 - network.prefixlen), network.prefixlen, shift, mask)
        for network, shift, mask in (
            (IPv6Network("2002::/16"), 80, 0),  # 6to4, RFC 3056
            (IPv6Network("2001::/32"), 0, 0xFFFF_FFFF),  # Teredo, RFC 4380: the client's, its bits turned round
            (IPv6Network("64:ff9b::/96"), 0, 0),  # NAT64, RFC 6052
            (IPv6Network("::ffff:0:0:0/96"), 0, 0),  # IPv4-translated, RFC 2765
        )
    )
