"""Campaign parameters and click identifiers in a query string."""

from __future__ import annotations

from functools import lru_cache

UTM = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
    "utm_source_platform",
    "utm_creative_format",
    "utm_marketing_tactic",
)
"""The parameters that Google Analytics documents; each has a column of its name."""

_MAX_PARAMETERS = 200


def campaign_columns(query: str) -> dict[str, str]:
    """The utm columns, ``click_id`` and ``click_id_type`` of a query string; only those that have a value.

    The names of parameters are read decoded and without regard to case, those of pages that wrote ``&amp;`` included;
    of one that comes twice the first counts. At most 200 parameters are looked at. Bytes that are no UTF-8 stay as
    lone surrogates, which are mended, and flagged, where the row is written.
    """
    known = _known()
    found: dict[str, str] = {}
    for parameter in query.split("&", _MAX_PARAMETERS)[:_MAX_PARAMETERS]:
        name, _, value = parameter.partition("=")
        if not value:
            continue
        if name not in known:
            name = _plain(name)
        if name in known and name not in found:
            found[name] = _decoded(value)
    columns = {name: value for name, value in found.items() if known[name]}
    if len(columns) < len(found):
        kind = next(name for name in known if name in found)
        columns |= {"click_id": found[kind], "click_id_type": kind}
    return columns


@lru_cache(maxsize=1)
def _known() -> dict[str, bool]:
    """The names that are looked for, and whether each has a column; those of click identifiers come first."""
    from clickstream_transform.click.enrich import lists

    return dict.fromkeys(lists.CLICK_IDS.split(), False) | dict.fromkeys(UTM, True)


def _plain(name: str) -> str:
    if "%" in name or "+" in name:
        name = _decoded(name).strip()
    name = name.lower()
    while name.startswith("amp;"):
        name = name[4:]
    return name


def _decoded(value: str) -> str:
    value = value.replace("+", " ")
    if "%" not in value:
        return value
    from urllib.parse import unquote  # most values need no decoding, and a cold start needs no import

    return unquote(value, errors="surrogateescape")
