"""E-mail-like text and the values of secret query parameters, taken out of addresses and free members."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from clickstream_transform.columns.checks import Report
from clickstream_transform.records.codec import UnusedNames
from clickstream_transform.records.work import CHANGE_STEPS, Work

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

    ``query_keys`` are parameters whose values are taken out of ``page_url`` and ``page_referrer``, if these are named;
    ``texts`` are the named columns that are neither addresses nor free members.
    """

    def __init__(self, columns: tuple[str, ...], query_keys: tuple[str, ...]) -> None:
        self._addresses = _ADDRESSES.intersection(columns)
        self.texts = tuple(name for name in columns if name != "properties" and name not in _ADDRESSES)
        self._members = "properties" in columns
        self._keys = tuple(key.lower() for key in query_keys)
        keys = "|".join(re.escape(key) for key in query_keys)
        self._secret = re.compile(rf"([?&;#](?:{keys})=)[^&;#]+", re.IGNORECASE) if keys else None

    def redact(self, row: dict[str, Any], report: Report) -> None:
        """Redact the named text columns of a row that are no addresses, flagging each that changed."""
        for name in self.texts:
            text = row.get(name)
            if text.__class__ is str:
                clean = redact_emails(text)
                if clean is not text:
                    row[name] = clean
                    report.flag(f"redacted:{name}")

    def redacted(self, column: str, address: str) -> str:
        """What may be kept of ``page_url`` or ``page_referrer``."""
        if column not in self._addresses:
            return address
        if self._secret is not None and "=" in address and self._may_name_a_key(address):
            address = self._secret.sub(rf"\1{MARK}", address)
        if "@" in address:
            address = _USER_INFO.sub("", address)
        return redact_emails(address)

    def _may_name_a_key(self, address: str) -> bool:
        """False where no query key can be in an address; quicker than to search all of it, and nearly always so."""
        if not address.isascii():
            return True  # the pattern knows letters as equal that are not so in lower case
        return any(map(address.lower().__contains__, self._keys))

    def redacted_whole(self, column: str, text: str) -> str:
        """What may be kept of a text that is too long for its column; half an address is not recognized any more."""
        return redact_emails(text) if column in self.texts else self.redacted(column, text)

    def redacted_members(self, members: Any, text: str, work: Work) -> Any:
        """Free members, whose JSON text is given too, with every text in them redacted, names too, however deep.

        The same object where nothing had to change.

        Raises
        ------
        EventRejectedError
            They cost more than an event may.
        """
        if not self._members or ("@" not in text and "%40" not in text):
            return members
        work.begin_event()
        return _redact_deep(members, work.spend)


_ADDRESSES = frozenset({"page_url", "page_referrer"})


def redact_emails(text: str) -> str:
    """The text with everything that looks like an e-mail address replaced."""
    if "@" not in text and "%40" not in text:
        return text
    clean = _EMAIL.sub(MARK, text)
    return text if clean == text else clean


def _redact_deep(value: Any, spend: Callable[[int], None]) -> Any:
    """The value redacted; the same object where nothing had to change."""
    kind = value.__class__
    if kind is str:
        clean = redact_emails(value)
        if clean is not value:
            spend(CHANGE_STEPS)
        return clean
    if kind is dict:
        spend(2 * len(value))
        members: dict[str, Any] = {}
        same = True
        names = UnusedNames(members, "_")
        for name, item in value.items():
            new_name, new_item = redact_emails(name), _redact_deep(item, spend)
            if new_name is not name:
                spend(CHANGE_STEPS)
            same = same and new_name is name and new_item is item
            # Two names may be the same text now, and neither's value may go.
            members[names.of(new_name)] = new_item
        return value if same else members
    if kind is list:
        spend(len(value))
        items = [_redact_deep(item, spend) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    return value
