"""What kind of site led to a page: search, social, email, an AI assistant, the page's own, or another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_COUNTRY = re.compile(r"\.(?:com|cat|(?:(?:co|com|net|org|ne|or)\.)?[a-z]{2})")

_LONGEST_HOST = 253
"""Characters, RFC 1035 2.3.4. The parts of a host are looked up one by one, and a text may be all dots."""


def classify(host: str, page_host: str | None) -> tuple[str, str | None]:
    """The medium and, where it is known, the source of a referring host.

    ``internal`` is the page's own host, ``www.`` apart. A site is known by its own hosts, not by its name: of
    ``google.example.com`` and ``accounts.google.com`` it is only known that they are none of the others, ``other``.
    """
    if page_host is not None and without_www(host) == without_www(page_host):
        return "internal", None
    sites = _sites()
    host = host.rstrip(".")
    bare = without_www(host).removeprefix("m.")
    known = sites.hosts.get(host) or sites.hosts.get(bare)
    if known is not None:
        return known
    if len(host) > _LONGEST_HOST:
        return "other", None
    labels = host.split(".")
    for number in range(len(labels) - 1):
        known = sites.below.get(".".join(labels[number:]))
        if known is not None:
            return known
    for name in (bare.partition(".")[0], ".".join(bare.split(".", 2)[:2])):
        known = sites.countries.get(name)
        if known is not None and _COUNTRY.fullmatch(bare, len(name)):
            return known
    for label in labels[:-2]:
        medium = sites.labels.get(label)
        if medium is not None:
            return medium, None
    return "other", None


def without_www(host: str) -> str:
    """A host as it is compared with another."""
    return host.removeprefix("www.")


_Site = tuple[str, str | None]


class _Sites(NamedTuple):
    hosts: dict[str, _Site]
    below: dict[str, _Site]
    countries: dict[str, _Site]
    labels: dict[str, str]


@lru_cache(maxsize=1)
def _sites() -> _Sites:
    # At first use: a pipeline whose schema has no such column does not pay for it at its cold start.
    from clickstream_transform.click.enrich import lists

    labels = {label: medium for medium, names in lists.rows(lists.REFERRER_LABELS) for label in names.split()}
    sites = _Sites({}, {}, {}, labels)
    for medium, source, hosts in lists.rows(lists.REFERRERS):
        for host in hosts.split():
            if host.startswith("*."):
                sites.below[host[2:]] = medium, source
            elif host.endswith(".@"):
                sites.countries[host[:-2]] = medium, source
            else:
                sites.hosts[host] = medium, source
    return sites
