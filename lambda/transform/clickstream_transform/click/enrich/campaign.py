"""Campaign parameters and click identifiers in a query string."""

from __future__ import annotations

UTM = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"})

CLICK_IDS = (
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "msclkid",
    "fbclid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "yclid",
    "epik",
    "rdt_cid",
    "sccid",
    "igshid",
    "irclickid",
)
"""Parameters in which advertising networks put the identifier of a click; the first in this order counts."""

_CLICK_ID_SET = frozenset(CLICK_IDS)
_MAX_PARAMETERS = 200


def campaign_columns(query: str) -> dict[str, str]:
    """The utm columns, ``click_id`` and ``click_id_type`` of a query string; only those that have a value.

    The names of parameters are read without regard to case; of one that comes twice the first counts. At most 200
    parameters are looked at.
    """
    found: dict[str, str] = {}
    for parameter in query.split("&", _MAX_PARAMETERS)[:_MAX_PARAMETERS]:
        name, _, value = parameter.partition("=")
        name = name.lower()
        if value and name not in found and (name in UTM or name in _CLICK_ID_SET):
            found[name] = _decoded(value)
    columns = {name: value for name, value in found.items() if name in UTM}
    if len(columns) < len(found):
        kind = next(name for name in CLICK_IDS if name in found)
        columns |= {"click_id": found[kind], "click_id_type": kind}
    return columns


def _decoded(value: str) -> str:
    value = value.replace("+", " ")
    if "%" not in value:
        return value
    from urllib.parse import unquote  # most values need no decoding, and a cold start needs no import

    return unquote(value)
