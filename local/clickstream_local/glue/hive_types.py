"""Hive type strings, as Glue columns have them, and the Arrow types that stand for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from clickstream_local.glue.errors import GlueError


@dataclass(frozen=True)
class Primitive:
    """A type without parameters, such as ``bigint``."""

    name: str


@dataclass(frozen=True)
class Sized:
    """``char(n)`` and ``varchar(n)``."""

    name: str
    length: int


@dataclass(frozen=True)
class Decimal:
    """``decimal(precision, scale)``."""

    precision: int
    scale: int


@dataclass(frozen=True)
class Array:
    """``array<element>``."""

    element: HiveType


@dataclass(frozen=True)
class Map:
    """``map<key,value>``."""

    key: HiveType
    value: HiveType


@dataclass(frozen=True)
class Struct:
    """``struct<name:type,…>``."""

    members: tuple[tuple[str, HiveType], ...]


HiveType = Primitive | Sized | Decimal | Array | Map | Struct

_ARROW_PRIMITIVES = {
    "boolean": "bool",
    "tinyint": "int8",
    "smallint": "int16",
    "int": "int32",
    "bigint": "int64",
    "float": "float32",
    "double": "float64",
    "string": "string",
    "binary": "binary",
    # Microseconds hold the years 1 to 9999; the nanoseconds of INT96 are more than any JSON form here brings.
    "timestamp": "timestamp[us]",
    "date": "date32",
}
_ALIASES = {"integer": "int"}
_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.$-]*|\d+|[<>(),:])")


def parse_type(text: str) -> HiveType:
    """Read a type such as ``array<struct<name:string,price:decimal(10,2)>>``. Raises :class:`GlueError`."""
    return _TypeParser(text).parse()


def arrow_type(hive: HiveType) -> Any:
    """The Arrow type of a Hive type."""
    import pyarrow as pa  # here, as everywhere on this road: a runtime starts faster without it

    match hive:
        case Primitive(name):
            return pa.type_for_alias(_ARROW_PRIMITIVES[name])
        case Sized():
            return pa.string()
        case Decimal(precision, scale):
            return pa.decimal128(precision, scale)
        case Array(element):
            return pa.list_(arrow_type(element))
        case Map(key, value):
            return pa.map_(arrow_type(key), arrow_type(value))
        case Struct(members):
            return pa.struct([pa.field(name, arrow_type(member)) for name, member in members])


class _TypeParser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)

    def parse(self) -> HiveType:
        hive = self._type()
        if self._tokens:
            raise self._error(f"{self._tokens[0]!r} follows the end of the type")
        return hive

    def _split(self, text: str) -> list[str]:
        tokens, position = [], 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._error(f"{text[position]!r} at position {position} does not belong in a type")
            tokens.append(match[1])
            position = match.end()
        return tokens

    def _type(self) -> HiveType:
        name = self._next("a type").lower()
        name = _ALIASES.get(name, name)
        if name in _ARROW_PRIMITIVES:
            return Primitive(name)
        if name == "decimal":
            return self._decimal()
        if name in {"char", "varchar"}:
            (length,) = self._numbers(1)
            return Sized(name, length)
        if name == "array":
            self._expect("<")
            element = self._type()
            self._expect(">")
            return Array(element)
        if name == "map":
            self._expect("<")
            key = self._type()
            self._expect(",")
            value = self._type()
            self._expect(">")
            return self._map(key, value)
        if name == "struct":
            return self._struct()
        raise self._error(f"{name!r} is not a Hive type that Firehose converts")

    def _map(self, key: HiveType, value: HiveType) -> Map:
        if not isinstance(key, Primitive | Sized | Decimal):
            raise self._error("the key of a map must be a primitive type")
        return Map(key, value)

    def _decimal(self) -> Decimal:
        if not self._tokens or self._tokens[0] != "(":
            return Decimal(10, 0)
        precision, scale = self._numbers(2)
        if not 1 <= precision <= 38 or scale > precision:
            raise self._error(f"decimal({precision},{scale}) needs a precision of 1 to 38 and a scale no larger")
        return Decimal(precision, scale)

    def _struct(self) -> Struct:
        self._expect("<")
        members: list[tuple[str, HiveType]] = []
        while True:
            name = self._next("a member's name").lower()
            self._expect(":")
            members.append((name, self._type()))
            separator = self._next("',' or '>'")
            if separator == ">":
                self._check_members([name for name, _ in members])
                return Struct(tuple(members))
            if separator != ",":
                raise self._error(f"',' or '>' was expected, not {separator!r}")

    def _check_members(self, names: list[str]) -> None:
        repeated = [name for name in names if names.count(name) > 1]
        if repeated:
            raise self._error(f"a struct has two members named {repeated[0]!r}")

    def _numbers(self, count: int) -> list[int]:
        self._expect("(")
        numbers = []
        for index in range(count):
            if index:
                self._expect(",")
            token = self._next("a number")
            if not token.isdigit():
                raise self._error(f"a number was expected, not {token!r}")
            numbers.append(int(token))
        self._expect(")")
        return numbers

    def _next(self, wanted: str) -> str:
        if not self._tokens:
            raise self._error(f"it ends where {wanted} was expected")
        return self._tokens.pop(0)

    def _expect(self, token: str) -> None:
        found = self._next(repr(token))
        if found != token:
            raise self._error(f"{token!r} was expected, not {found!r}")

    def _error(self, reason: str) -> GlueError:
        return GlueError(f"Hive type {self._text!r}: {reason}")
