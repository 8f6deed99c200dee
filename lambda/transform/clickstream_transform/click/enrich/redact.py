"""What may be kept of a client's texts: no e-mail address, no signed token, no secret of a parameter, member, path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from clickstream_transform.click.enrich.emails import MARK, may_hold_email, redact_emails
from clickstream_transform.click.enrich.opaque import is_opaque, is_uuid, may_hold_path_secret, redact_paths
from clickstream_transform.click.enrich.query_keys import QueryKeys, SecretNames
from clickstream_transform.columns.text_cache import TextCache
from clickstream_transform.options import EVERY_COLUMN
from clickstream_transform.records.codec import UnusedNames
from clickstream_transform.records.work import CHANGE_STEPS, Work

ADDRESSES = frozenset({"page_url", "page_referrer", "element_href"})
"""Columns that hold an address and nothing else."""

_OVERFLOW = "properties"
# JSON Web Token, RFC 7519: two parts of JSON, whose first bytes are always the same, and a signature.
_VALUES_TELL = frozenset({"*email", "*emailaddress"})
"""Names of parameters that say nothing of a member: ``has_email`` may be ``yes``, and an address is found anyhow."""

_EVERYDAY = frozenset({"code", "sid", "sig*", "pass", "ticket", "*auth", "oauth*", "saml*", "*session*"})
"""Names that harmless members have as well (``signup_method``): there only an opaque value is a secret."""

_CONTAINERS = (dict, list)
TEXT_MEMBER = '\\":'
"""How the name of a member ends that stands in a text of an event's JSON."""

_COUNTED = ("token", "tokens")
_OPAQUE = 12
_SIGNED = r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]{5,}+(?:\.[\w-]*+)*+"


class Redactor:
    """Redacts the columns that a pipeline names.

    Parameters
    ----------
    chosen:
        Columns that are redacted, or ``EVERY_COLUMN``. Members that no column takes are redacted as ``properties``.
    query_keys:
        Parameters and members whose values are taken out of these columns. A column of its own is never a secret.
    client_columns:
        Columns that the client fills.
    """

    def __init__(self, chosen: tuple[str, ...], query_keys: tuple[str, ...], client_columns: frozenset[str]) -> None:
        every = EVERY_COLUMN in chosen
        self._columns = client_columns if every else client_columns.intersection(chosen)
        self._others = every or _OVERFLOW in chosen
        self._client_columns = client_columns
        self._keys = QueryKeys(query_keys)
        secret = SecretNames(set(query_keys) - _VALUES_TELL - _EVERYDAY)
        everyday = SecretNames(_EVERYDAY.intersection(query_keys))
        self._shortest = TextCache(lambda name: 1 if name in secret else _OPAQUE if name in everyday else 0)
        self.reads_events = self._others or bool(self._columns - ADDRESSES)

    def redacted(self, column: str, text: str) -> str:
        """What may be kept of the text of a column, or of an address up to or from its question mark."""
        return self._text(text, column in ADDRESSES) if column in self._columns else text

    def names_secret(self, names: Iterable[str]) -> bool:
        """Whether one of the names of members that are no columns of their own is that of a secret."""
        return any(map(self._shortest.__getitem__, names))

    def holds_secret_name(self, values: Iterable[Any]) -> bool:
        """Whether a member inside the values of an event has the name of a secret, however deep."""
        secret = self._shortest.__getitem__
        for value in values:
            if value.__class__ is dict:
                if any(map(secret, value)):
                    return True
                value = value.values()
            elif value.__class__ is not list:
                continue
            inner = [one for one in value if one.__class__ in _CONTAINERS]
            if inner and self.holds_secret_name(inner):
                return True
        return False

    def redacted_event(self, event: Mapping[str, Any], work: Work) -> tuple[Mapping[str, Any], list[str]]:
        """An event without what may not be kept, but for texts in ``ADDRESSES``, and the columns that this changed.

        Raises
        ------
        EventRejectedError
            The event costs more than one may.
        """
        work.begin_event()
        clean: dict[str, Any] = {}
        others: dict[str, Any] = {}
        changed = []
        for name, value in event.items():
            if name not in self._client_columns:
                others[name] = value
                continue
            new = value
            if name in self._columns and not (name in ADDRESSES and value.__class__ is str):
                new = self._deep(value, name in ADDRESSES, work.spend)
                if new is not value:
                    changed.append(name)
            clean[name] = new
        if others and self._others:
            new = self._deep(others, False, work.spend)
            if new is not others:
                others = new
                changed.append(_OVERFLOW)
        names = UnusedNames(clean, "_")
        clean |= {names.of(name): value for name, value in others.items()}
        return clean, changed

    def _text(self, text: str, address: bool) -> str:
        """The text redacted; the same object where nothing had to change."""
        clean = self._keys.redacted(text, address) if "=" in text or "%" in text else text
        if may_hold_email(clean):
            clean = redact_emails(clean)
        if may_hold_path_secret(clean):
            clean = redact_paths(clean)
        if '":' in clean:
            for members in _members_of_text():
                clean = members.sub(self._without_secret_in_text, clean)
        if "J" in clean and "eyJ" in clean:
            clean = re.sub(_SIGNED, MARK, clean, flags=re.ASCII)
        return text if clean == text else clean

    def _deep(self, value: Any, address: bool, spend: Callable[[int], None]) -> Any:
        """The value redacted, names too, however deep; the same object where nothing had to change."""
        kind = value.__class__
        if kind is str:
            clean = self._text(value, address)
            if clean is not value:
                spend(CHANGE_STEPS)
            return clean
        if kind is dict:
            spend(2 * len(value))
            members: dict[str, Any] = {}
            same = True
            names = UnusedNames(members, "_")
            for name, item in value.items():
                new_name = self._text(name, False)
                new_item = self._deep(self._without_secret(name, item, spend), address, spend)
                if new_name is not name:
                    spend(CHANGE_STEPS)
                same = same and new_name is name and new_item is item
                # Two names may be the same text now, and neither's value may go.
                members[names.of(new_name)] = new_item
            return value if same else members
        if kind is list:
            spend(len(value))
            items = [self._deep(item, address, spend) for item in value]
            return value if all(new is old for new, old in zip(items, value, strict=True)) else items
        return value

    def _without_secret(self, name: str, value: Any, spend: Callable[[int], None]) -> Any:
        """What may be kept of a member's value by its name; the same object where nothing had to change."""
        shortest = self._shortest[name]
        if not shortest:
            return value
        # Numbers of tokens are counts.
        numbers = shortest == 1 and not name.lower().endswith(_COUNTED)
        return self._without_texts(value, shortest, numbers, spend)

    def _without_secret_in_text(self, found: re.Match[str]) -> str:
        """A member of JSON in a text, as ``_without_secret`` leaves it."""
        name, text = found["name"], found["text"]
        shortest = self._shortest[name]
        if text is None:
            secret = shortest == 1 and not name.lower().endswith(_COUNTED)
        else:
            secret = shortest > 0 and _is_secret(text, shortest)
        if not secret:
            return found[0]
        end = found.start("number") if text is None else found.start("text")
        return found.string[found.start() : end] + MARK

    def _without_texts(self, value: Any, shortest: int, numbers: bool, spend: Callable[[int], None]) -> Any:
        kind = value.__class__
        if kind is dict or kind is list:
            spend(len(value))
            old = list(value.values()) if kind is dict else value
            new = [self._without_texts(item, shortest, numbers, spend) for item in old]
            if all(item is before for item, before in zip(new, old, strict=True)):
                return value
            return dict(zip(value, new, strict=True)) if kind is dict else new
        is_number = kind is int or kind is float
        secret = _is_secret(value, shortest) if kind is str else numbers and is_number
        if not secret or value == MARK:
            return value
        spend(CHANGE_STEPS)
        return MARK


def _is_secret(text: str, shortest: int) -> bool:
    """Whether a text is a secret where a name says that it may be: a UUID behind an everyday name is an id."""
    return bool(text) if shortest == 1 else is_opaque(text, shortest) and not is_uuid(text)


@lru_cache(maxsize=1)
def _members_of_text() -> tuple[re.Pattern[str], ...]:
    """Members of JSON in a text, and of JSON in a text of that, whose quotes are escaped."""
    number = r"(?P<number>-?\d[\d.eE+-]*+)"
    plain = rf'"(?P<name>[^"\\]{{1,64}})"\s*+:\s*+(?:"(?P<text>(?:[^"\\]|\\.)++)|{number})'
    escaped = rf'(\\++)"(?P<name>[^"\\]{{1,64}})\1"\s*+:\s*+(?:\1"(?P<text>[^"\\]++)|{number})'
    return re.compile(plain), re.compile(escaped)


def may_have_to_go(text: str) -> bool:
    """False where there is nothing to redact in JSON text; a cheap look at all of an event."""
    # Single characters first, which are found many times as fast as a text of three.
    return (
        "=" in text
        or "%" in text
        or "@" in text
        or (("&" in text or not text.isascii()) and may_hold_email(text))
        or ("/" in text and may_hold_path_secret(text))
        or ("J" in text and "eyJ" in text)
    )
