"""The columns of a pipeline, read as the synth has compiled and checked them (``cdk_clickstream.schema``)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from clickstream_transform.columns.checks import make_check


class CompiledColumn:
    """One column.

    Attributes
    ----------
    name:
        Of the column, and of the event's member that it is read from.
    check:
        Gives the value as the column holds it.
    read_only:
        Whether the server fills it.
    requirements:
        What a value must be, by the rule that it can break; ``None`` where the client need not give one.
    is_time:
        Whether it holds a time in UTC.
    is_nested:
        Whether its values may be objects or arrays.
    takes_members:
        Whether it keeps a free object of the client as JSON text, so that members which no column takes can go there.
    fast_path_limit:
        A text of at most this length is taken as it is, without the check (-1: no text is).
    fast_path_range:
        An integer within these two is taken as it is, without the check.
    """

    __slots__ = (
        "check",
        "fast_path_limit",
        "fast_path_range",
        "is_nested",
        "is_time",
        "name",
        "read_only",
        "requirements",
        "takes_members",
    )

    def __init__(self, name: str, compiled: Mapping[str, Any]) -> None:
        given = compiled["check"]
        kind = given["kind"]
        self.name = name
        self.check = make_check(name, given)
        self.read_only: bool = compiled.get("read_only", False)
        self.requirements: Mapping[str, str] | None = compiled.get("requirements")
        self.is_time = kind == "date_time"
        self.is_nested = kind in ("array", "struct", "mapping", "json_text")
        self.takes_members = kind == "json_text" and given.get("type") == "object" and not self.read_only
        plain = kind == "string" and given.keys() <= {"kind", "max_length", "integers"}
        self.fast_path_limit: int = given.get("max_length", sys.maxsize) if plain else -1
        whole = kind == "integer" and "allowed" not in given
        self.fast_path_range: tuple[int, int] = (given["low"], given["high"]) if whole else (1, 0)


Columns = Mapping[str, CompiledColumn]


def read_columns(compiled: Mapping[str, Mapping[str, Any]]) -> Columns:
    """The columns of ``columns.json``, in its order."""
    return {name: CompiledColumn(name, column) for name, column in compiled.items()}
