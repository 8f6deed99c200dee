"""E-mail addresses in a text: plain, percent-encoded however often, with HTML entities, in any script."""

from __future__ import annotations

import re
from functools import lru_cache

MARK = "redacted"
"""What stands in place of what was taken out."""

# Each begins with what is quick to look for, and a text is read once: no run of characters is tried twice.
_ENCODED = r"%(?:25)*+"
_AT = (
    rf"(?:[@＠﹫]|{_ENCODED}(?:40|EF{_ENCODED}BC{_ENCODED}A0)|%u0040"
    rf"|(?:&|{_ENCODED}26)(?:amp(?:;|{_ENCODED}3B))*+(?:commat|(?:#|{_ENCODED}23)0*+(?:64|x0*+40))(?:;|{_ENCODED}3B)?)"
)
_BETWEEN_WORDS = r"[01][0-9A-F]|2[023689CF]|3[A-F]|5[B-D]|40"
_LOCAL = rf"(?:[\w\u0300-\u036f.!'$*^`{{|}}~+-]++|(?!{_AT}){_ENCODED}(?!{_BETWEEN_WORDS})[0-9A-F]{{2}})++"
_LABEL = rf"(?:[\w\u0300-\u036f-]++|{_ENCODED}(?!{_BETWEEN_WORDS}|2E)[0-9A-F]{{2}})++"
_DOT = rf"(?:[.。．｡]|{_ENCODED}2E|&#0*+46;)"
_EMAIL = rf'(?:"[^"\\\s@]{{1,64}}"|{_LOCAL})(?:{_AT}(?:{_LABEL}((?:{_DOT}{_LABEL})*+)|\[([0-9A-F:.]++)\]))?'
_USER_INFO = rf'((?:/|{_ENCODED}2F){{2}})(?:[^/?#%\s"<>]|%(?!(?:25)*+(?:2F|3F|23)))*(?:@|{_ENCODED}40)'


def may_hold_email(text: str) -> bool:
    """False for nearly every text that holds no e-mail address; quicker than to look for one."""
    return (
        "@" in text
        or ("%" in text and ("40" in text or "A0" in text or "a0" in text or "64" in text or "ommat" in text))
        or ("&" in text and ("&#" in text or "&amp;" in text or "&commat" in text))
        or (not text.isascii() and ("＠" in text or "﹫" in text))
    )


def redact_emails(text: str) -> str:
    """The text without the user in an address (``//user:password@host``), and a mark for each e-mail address."""
    email, user_info = _patterns()
    return email.sub(_marked, user_info.sub(r"\1", text))


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # At first use: most batches have nothing to look for, and a cold start does not pay.
    return re.compile(_EMAIL, re.IGNORECASE), re.compile(_USER_INFO, re.IGNORECASE)


def _marked(found: re.Match[str]) -> str:
    # A domain has a dot, and behind it more than digits: react@18.2.0 is a package.
    labels, address = found.groups()
    named = labels and not labels.replace(".", "").isdigit()
    return MARK if named or address else found[0]
