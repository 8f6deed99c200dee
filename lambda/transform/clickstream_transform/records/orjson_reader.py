"""Reading bodies with orjson, where a pipeline has put its wheel beside the package: faster, with the same values.

orjson reads the common body, one document and nothing else. Whatever it refuses (several values, NaN, numbers beyond a
double, lone surrogates, bytes that are no UTF-8) is read as without it, and so is a body with a long integer, which it
would turn into a float.
"""

from __future__ import annotations

from collections.abc import Callable

from clickstream_transform.errors import ConfigError
from clickstream_transform.records.envelope import Events, read_json
from clickstream_transform.records.json_values import JsonValues

_DIGITS = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x20 for byte in range(256))
_LONG_INTEGER = b"0" * 19
"""19 digits may be more than 64 bits hold."""


def make_reader() -> Callable[[bytes, bool], Events]:
    """A function that does what ``read_json`` does.

    Raises:
        ConfigError: orjson cannot be imported.
    """
    try:
        from orjson import loads
    except ImportError:
        raise ConfigError(
            "option 'json_reader' is 'orjson', which cannot be imported; put its wheel for the function's platform "
            "beside the package, or leave the option out"
        ) from None

    def read(body: bytes, explode: bool) -> Events:
        if body[:1] in (b"{", b"[") and _LONG_INTEGER not in body.translate(_DIGITS):
            try:
                value = loads(body)
            except ValueError:
                pass
            else:
                return JsonValues(body.decode(), explode=explode, whole=value)
        return read_json(body, explode)

    return read
