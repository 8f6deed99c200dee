"""E-mail-like text and the values of secret query parameters, taken out of addresses and free members."""

from __future__ import annotations

import re
from typing import Any

from clickstream_transform.checks import Report

MARK = "redacted"
"""What stands in place of what was taken out."""

# A match begins only where a run of such characters begins: each run is read once, however long the text.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,256}?(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=//)[^/?#@]*@")


class Redactor:
    """Redacts the columns that a pipeline names.

    ``query_keys`` are parameters whose values are taken out of ``page_url`` and ``page_referrer``, if these are named.
    """

    def __init__(self, columns: tuple[str, ...], query_keys: tuple[str, ...]) -> None:
        self._columns = tuple(name for name in columns if name != "properties")
        self._members = "properties" in columns
        keys = "|".join(re.escape(key) for key in query_keys)
        self._secret = re.compile(rf"([?&;#](?:{keys})=)[^&;#]+", re.IGNORECASE) if keys else None

    def redact(self, row: dict[str, Any], report: Report) -> None:
        """Redact the named text columns of a row, flagging each that changed."""
        for name in self._columns:
            text = row.get(name)
            if text.__class__ is str:
                clean = self._redacted_url(text) if name in _ADDRESSES else redact_emails(text)
                if clean != text:
                    row[name] = clean
                    report.flag(f"redacted:{name}")

    def redacted_members(self, members: Any, report: Report) -> Any:
        """Redact every text in free members, names too, however deep."""
        if not self._members:
            return members
        clean = _redact_deep(members)
        if clean is not members:
            report.flag("redacted:properties")
        return clean

    def _redacted_url(self, url: str) -> str:
        if self._secret is not None and "=" in url:
            url = self._secret.sub(rf"\1{MARK}", url)
        if "@" in url:
            url = _USER_INFO.sub("", url)
        return redact_emails(url)


_ADDRESSES = frozenset({"page_url", "page_referrer"})


def redact_emails(text: str) -> str:
    """The text with everything that looks like an e-mail address replaced."""
    if "@" not in text and "%40" not in text:
        return text
    clean = _EMAIL.sub(MARK, text)
    return text if clean == text else clean


def _redact_deep(value: Any) -> Any:
    """The value redacted; the same object where nothing had to change."""
    kind = value.__class__
    if kind is str:
        return redact_emails(value)
    if kind is dict:
        members, same = {}, True
        for name, item in value.items():
            new_name, new_item = redact_emails(name), _redact_deep(item)
            same = same and new_name is name and new_item is item
            members[new_name] = new_item
        return value if same else members
    if kind is list:
        items = [_redact_deep(item) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    return value
