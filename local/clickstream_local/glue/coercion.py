"""From a JSON value to a value of a column's type, or the reason why not (facts/firehose.md#openx, #hive)."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable
from typing import Any

import orjson

from clickstream_local.glue.errors import GlueError, MalformedDataError, bad_input, mismatch
from clickstream_local.glue.hive_types import Array, Decimal, HiveType, Map, Primitive, Sized, Struct
from clickstream_local.glue.key_plans import KeyPlans
from clickstream_local.glue.serde import SerDe
from clickstream_local.glue.timestamps import calendar_date

Coercion = Callable[[Any], Any]
"""Takes a JSON value that is not null; may give None. Raises :class:`MalformedDataError`."""

_INTEGER_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_LARGEST_FLOAT = 3.4028234663852886e38
_DIGITS_OF_64_BITS = 1 << 63
_JAVA_BLANKS = "".join(map(chr, range(33)))
"""What ``String.trim`` takes away."""


class ExactNumbersNeededError(Exception):
    """A number lost digits when it was read; the record has to be read again with all of them."""


def coercion(hive: HiveType, serde: SerDe) -> Coercion:
    """The function that reads the values of a type. Raises :class:`GlueError` for a type the deserializer refuses."""
    match hive:
        case Primitive("string"):
            return _text(serde)
        case Sized(_, length):
            text = _text(serde)
            return lambda value: text(value)[:length]
        case Primitive("boolean"):
            return _boolean
        case Primitive("float"):
            return _number(serde, _LARGEST_FLOAT)
        case Primitive("double"):
            return _number(serde, math.inf)
        case Primitive("timestamp"):
            return serde.timestamp
        case Primitive("date"):
            return calendar_date
        case Primitive(name) if name in _INTEGER_BITS:
            return _integer(serde, _INTEGER_BITS[name])
        case Primitive():
            raise GlueError(
                "One or more columns have types that are not supported by org.openx.data.JsonSerDe "
                f"({hive.name}): declare them as string"
            )
        case Decimal(precision, scale):
            return _decimal(serde, precision, scale)
        case Array(element):
            return _array(coercion(element, serde), serde)
        case Map(key, value):
            return _map(coercion(key, serde), coercion(value, serde), serde)
        case Struct(members):
            return _struct([(name, coercion(member, serde)) for name, member in members], serde)


def lower_keys(value: Any) -> Any:
    """A JSON value with the keys of all its objects lower-cased."""
    if value.__class__ is dict:
        return {key.lower(): lower_keys(member) for key, member in value.items()}
    if value.__class__ is list:
        return [lower_keys(member) for member in value]
    return value


def _text(serde: SerDe) -> Coercion:
    def coerce(value: Any) -> str:
        kind = value.__class__
        if kind is str:
            return value  # type: ignore[no-any-return]
        if kind is bool:
            return "true" if value else "false"
        if kind is int:
            return str(value)
        if kind is float:
            if abs(value) >= _DIGITS_OF_64_BITS:
                raise ExactNumbersNeededError
            return repr(value)
        if not serde.lenient:
            summary = "One or more fields have incorrect format."
            raise MalformedDataError(summary, "Exception when validating field (root)")
        return _compact(lower_keys(value) if serde.lowercase_keys else value)

    return coerce


def _compact(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        raise mismatch("An integer beyond 64 bits stands inside of an object in a string column.") from None


def _boolean(value: Any) -> bool:
    if value.__class__ is bool:
        return value
    # The open-source SerDe reads any other text as false; a probe of the service saw it refused
    # (facts/firehose.md#openx).
    if value.__class__ is str and value.lower() in {"true", "false"}:
        return bool(value.lower() == "true")
    raise _unfit(value)


def _integer(serde: SerDe, bits: int) -> Coercion:
    limit = 1 << (bits - 1)

    def coerce(value: Any) -> int:
        kind = value.__class__
        if kind is str and serde.lenient:
            try:
                number = int(_digits(value), 16 if value[:2] in {"0x", "0X"} else 10)
            except ValueError:
                raise bad_input(value) from None
        elif kind is int or (kind is float and value.is_integer()):
            number = int(value)
        else:
            raise _unfit(value, numeric=True)
        if not -limit <= number < limit:
            raise mismatch(f"Value {number} is out of range for {bits} bits.")
        return number

    return coerce


def _number(serde: SerDe, limit: float) -> Coercion:
    def coerce(value: Any) -> float:
        kind = value.__class__
        if kind is str and serde.lenient:
            try:
                number = float(_digits(value))
            except ValueError:
                raise bad_input(value) from None
        elif kind is float or kind is int:
            try:
                number = float(value)
            except OverflowError:
                raise bad_input(value) from None
        else:
            raise _unfit(value, numeric=True)
        if not math.isfinite(number) or abs(number) > limit:
            raise bad_input(value)
        return number

    return coerce


def _decimal(serde: SerDe, precision: int, scale: int) -> Coercion:
    step = decimal.Decimal(1).scaleb(-scale)
    limit = decimal.Decimal(10) ** (precision - scale)
    context = decimal.Context(prec=80, rounding=decimal.ROUND_HALF_UP)

    def coerce(value: Any) -> decimal.Decimal:
        kind = value.__class__
        if kind is float and abs(value) >= _DIGITS_OF_64_BITS:
            raise ExactNumbersNeededError
        if not (kind is int or kind is float or (kind is str and serde.lenient)):
            raise _unfit(value, numeric=True)
        try:
            number = decimal.Decimal(value if kind is int else _digits(str(value)))
        except (decimal.InvalidOperation, ValueError):
            raise bad_input(value) from None
        if not number.is_finite() or abs(number) >= limit:
            raise mismatch(f"Value {value} is out of range for decimal({precision},{scale}).")
        rounded = number.quantize(step, context=context)
        if abs(rounded) >= limit:
            raise mismatch(f"Value {value} is out of range for decimal({precision},{scale}).")
        return rounded

    return coerce


def _digits(text: str) -> str:
    """A number's text, without the underscores that Python would take and Java does not."""
    if "_" in text:
        raise ValueError(text)
    return text


def _array(element: Coercion, serde: SerDe) -> Coercion:
    def coerce(value: Any) -> list[Any] | None:
        if value.__class__ is not list:
            if not serde.lenient:
                raise mismatch("java.io.IOException: Start of Array expected")
            return None if value == "" else [element(value)]
        return [None if member is None else element(member) for member in value]

    return coerce


def _map(key: Coercion, member: Coercion, serde: SerDe) -> Coercion:
    def coerce(value: Any) -> list[tuple[Any, Any]] | None:
        if value.__class__ is not dict:
            if not serde.lenient:
                raise mismatch("java.io.IOException: Start of Object expected")
            if _is_blank(value):
                return None
            raise mismatch("A map column needs a JSON object.")
        # A dict, because two keys may become one when their case goes.
        named = {name.lower(): entry for name, entry in value.items()} if serde.lowercase_keys else value
        return [(key(name), None if entry is None else member(entry)) for name, entry in named.items()]

    return coerce


def _struct(members: list[tuple[str, Coercion]], serde: SerDe) -> Coercion:
    plans = KeyPlans([(name, (name, member)) for name, member in members], serde)
    unset = dict.fromkeys(name for name, _ in members)

    def coerce(value: Any) -> dict[str, Any] | None:
        if value.__class__ is dict:
            found = unset.copy()
            for key, (name, member) in plans.of(value):
                entry = value[key]
                if entry is not None:
                    found[name] = member(entry)
            return found
        if not serde.lenient:
            raise mismatch("java.io.IOException: Start of Object expected")
        if value.__class__ is not list:
            if _is_blank(value):
                return None
            raise mismatch(f"Data is not JSONObject  but {_java_type(value)} with value {value}")
        # OpenX fills the members of a struct by position, and makes nothing of an empty array.
        by_position = zip(members, [*value, *[None] * len(members)], strict=False)
        return (
            {name: None if entry is None else member(entry) for (name, member), entry in by_position} if value else None
        )

    return coerce


def _is_blank(value: Any) -> bool:
    """Whether OpenX takes a value for nothing where an object belongs: an empty text."""
    return value.__class__ is str and not value.strip(_JAVA_BLANKS)


def _unfit(value: Any, *, numeric: bool = False) -> MalformedDataError:
    if value.__class__ is list or value.__class__ is dict:
        return mismatch("A column of a primitive type cannot hold a JSON object or array.")
    if numeric and value.__class__ is str:
        return mismatch("Current token (VALUE_STRING) not numeric, can not use numeric value accessors")
    return bad_input(str(value).lower() if value.__class__ is bool else value)


def _java_type(value: Any) -> str:
    return {bool: "java.lang.Boolean", int: "java.lang.Long", float: "java.lang.Double"}.get(
        value.__class__, "java.lang.String"
    )
