"""``$util``: the functions that API Gateway gives a mapping template.

None, which an unresolved reference is, counts as the empty string (facts/api-gateway.md#mapping-templates:
``urlEncode`` recorded on AWS).
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus

from clickstream_local.vtl import json_text
from clickstream_local.vtl.errors import MethodError
from clickstream_local.vtl.methods import register
from clickstream_local.vtl.values import to_text

_ESCAPED: Final = re.compile("[\x00-\x1f\"'/\\\\]|[^\x00-\x7f]")
_SHORT: Final = {
    "\b": "\\b",
    "\n": "\\n",
    "\t": "\\t",
    "\f": "\\f",
    "\r": "\\r",
    "'": "\\'",
    '"': '\\"',
    "/": "\\/",
    "\\": "\\\\",
}
_REMEMBERED: Final = 300
"""Characters of a text that is worth remembering; longer than most user agents."""

_BAD_PERCENT: Final = re.compile("%(?![0-9a-fA-F]{2})")


class Util:
    """The object behind ``$util``. It has no state, and printed whole it is nothing: recorded on AWS."""

    def __str__(self) -> str:
        return ""

    def escape_java_script(self, value: object) -> str:
        r"""As commons-lang 2.6: ``'`` becomes ``\'`` and ``/`` becomes ``\/``; beyond ASCII ``\uXXXX``.

        ``\'`` is not valid JSON: templates append ``.replaceAll("\\'","'")``.
        """
        text = to_text(value)
        return _escaped(text) if len(text) <= _REMEMBERED else _ESCAPED.sub(_escape, text)

    def base64_encode(self, value: object) -> str:
        """Base64 of the UTF-8 text; a lone surrogate is ``?``, as in Java."""
        return binascii.b2a_base64(to_text(value).encode("utf-8", "replace"), newline=False).decode("ascii")

    def base64_decode(self, text: str | None) -> str:
        """The UTF-8 text of a base64 string, padded or not; U+FFFD for what is not UTF-8."""
        text = text or ""
        try:
            data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError) as error:
            raise MethodError(f"base64Decode(): {error}") from error
        return data.decode("utf-8", "replace")

    def url_encode(self, text: str | None) -> str:
        """Form style: a space is ``+``, and only letters, digits and ``.-*_`` stay."""
        return quote_plus((text or "").encode("utf-8", "replace"), safe="*").replace("~", "%7E")

    def url_decode(self, text: str | None) -> str:
        """The opposite of ``urlEncode``."""
        if _BAD_PERCENT.search(text or ""):
            raise MethodError("urlDecode(): a % is not followed by two hexadecimal digits")
        return unquote_plus(text or "")

    def parse_json(self, text: str | None) -> Any:
        """A JSON text as an object to navigate, read as permissively as a body."""
        try:
            return json_text.parse(text or "")
        except ValueError as error:
            raise MethodError("parseJson(): the argument is not JSON") from error


@lru_cache(maxsize=1024)
def _escaped(text: str) -> str:
    """The same user agents and addresses come again and again."""
    return _ESCAPED.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    short = _SHORT.get(character)
    if short is not None:
        return short
    if character <= "\uffff":
        return f"\\u{ord(character):04X}"
    rest = ord(character) - 0x10000
    return f"\\u{0xD800 + (rest >> 10):04X}\\u{0xDC00 + (rest & 0x3FF):04X}"


register(
    Util,
    {
        "escapeJavaScript": (("o", Util.escape_java_script),),
        "base64Encode": (("o", Util.base64_encode),),
        "base64Decode": (("s", Util.base64_decode),),
        "urlEncode": (("s", Util.url_encode),),
        "urlDecode": (("s", Util.url_decode),),
        "parseJson": (("s", Util.parse_json),),
    },
)
