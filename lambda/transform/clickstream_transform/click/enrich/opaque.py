"""Texts that machines make, such as tokens, and those in a path behind ``/reset/``, ``/verify/`` and the like."""

from __future__ import annotations

import re
from functools import lru_cache

from clickstream_transform.click.enrich.emails import MARK

_SLASH = r"(?:/|%(?:25)*+2F)"
_SEGMENT = r'(?:[^/?#&;=%\s"<>]|%(?!(?:25)*+(?:2F|3F|23|26|3D|3B))[0-9A-F]{2})++'
_PURPOSE = (
    rf"{_SLASH}(?:(?:[\w.~-]{{0,32}}[-_.~])?(?:reset|verif|confirm|activat|invit|unsubscri|magic[-_]?link|otp(?![a-z]))"
    r"|[\w.~-]{0,32}(?:token|passw|passcode|secret|api[-_]?key))[\w.~-]*+"
)
# Django's are /reset/<user>/<token>/: what a page is for may stand two segments before its token.
_BEHIND = rf"({_PURPOSE})((?:{_SLASH}{_SEGMENT}){{1,3}})"
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_BASE64 = r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[\w+/=~.-]{20,}"


def is_opaque(text: str, shortest: int) -> bool:
    """Whether a text is no word that a person chose: letters among digits, at least ``shortest`` of them in a row."""
    return _opaque(shortest).search(text) is not None


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID, as ``550e8400-e29b-41d4-a716-446655440000``."""
    return re.fullmatch(_UUID, text, re.IGNORECASE) is not None


def may_hold_path_secret(text: str) -> bool:
    """False for nearly every text that holds none; quicker than to look for one."""
    if "%2" not in text:
        text = "/".join(_segments().findall(text)) if text.count("/") > 1 else ""
        if not text:
            return False
    text = text.lower()
    return (
        ("reset" in text or "verif" in text or "confirm" in text or "activat" in text or "invit" in text)
        or ("token" in text or "pass" in text or "secret" in text or "key" in text or "otp" in text)
        or ("magic" in text or "unsubscri" in text)
    )


def redact_paths(text: str) -> str:
    """The text with a mark for each opaque segment behind one that names a token's purpose."""
    behind, segment = _patterns()
    return behind.sub(lambda found: found[1] + segment.sub(_marked, found[2]), text)


def _marked(found: re.Match[str]) -> str:
    return found[1] + MARK if is_opaque(found[2], 8) else found[0]


@lru_cache(maxsize=2)
def _opaque(shortest: int) -> re.Pattern[str]:
    run = rf"(?=[0-9]*[A-Za-z])(?=[A-Za-z]*[0-9])[A-Za-z0-9]{{{shortest},}}"
    return re.compile(rf"(?<![A-Za-z0-9]){run}|\A(?:(?i:{_UUID})|{_BASE64})\Z")


@lru_cache(maxsize=1)
def _segments() -> re.Pattern[str]:
    """Segments with another behind them; what stands behind the slashes of user agents and of dates is none."""
    return re.compile(r'/([^/ "]++)(?=/)')


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # At first use, as those of e-mail addresses.
    return re.compile(_BEHIND, re.IGNORECASE), re.compile(f"({_SLASH})({_SEGMENT})", re.IGNORECASE)
