"""``hashCode()``, which templates use to make partition keys."""

from __future__ import annotations

import struct
from typing import Any

from clickstream_local.vtl.errors import MethodError
from clickstream_local.vtl.values import Collection, MapEntry


def java_hash(value: Any) -> int:
    """The hash of a string, number, boolean, list or map, as a signed 32-bit number.

    Raises
    ------
    MethodError
        For anything else: Java's answer differs from run to run.
    """
    return _signed(_hash(value))


def _hash(value: Any) -> int:
    total = 0
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1231 if value else 1237
    if isinstance(value, str):
        units = value.encode("utf-16-le", "surrogatepass")
        for low, high in zip(units[::2], units[1::2], strict=True):
            total = 31 * total + (low | high << 8) & 0xFFFFFFFF
        return total
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return value if -(1 << 31) <= value < 1 << 31 else _folded(value)
    if isinstance(value, float):
        return _folded(int.from_bytes(struct.pack(">d", value), "big"))
    if isinstance(value, MapEntry):
        return _hash(value.key) ^ _hash(value.value)
    if isinstance(value, dict):
        return sum(_signed(_hash(key) ^ _hash(item)) for key, item in value.items())
    if isinstance(value, list) and not isinstance(value, Collection):
        total = 1
        for item in value:
            total = 31 * total + _hash(item) & 0xFFFFFFFF
        return total
    raise MethodError("hashCode() is supported for strings, numbers, booleans, lists and maps only")


def _folded(value: int) -> int:
    """Upper and lower half of 64 bits, one over the other."""
    return (value ^ value >> 32) & 0xFFFFFFFF


def _signed(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value
