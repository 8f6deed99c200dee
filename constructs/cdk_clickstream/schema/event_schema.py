"""The event schema: one JSON Schema file, from which everything else is derived."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cdk_clickstream._validation import checked, refuse
from cdk_clickstream.schema.column import Column
from cdk_clickstream.schema.keywords import check_required, refuse_others
from cdk_clickstream.schema.references import inline_references

_OTHERS = "properties"


@checked
@dataclass(frozen=True)
class EventSchema:
    """A pipeline's JSON Schema (draft-07), checked. Made by its methods.

    Only the part of JSON Schema that both a Glue table and the transform can honour is accepted; anything else is
    refused with the JSON path and the way out, which usually is ``"x-glue-type": "string"``: the value is then kept
    as JSON text. ``"x-pattern-description": "have small letters only"`` beside a ``pattern`` is what the reasons of
    rejected events say instead of the regular expression.
    """

    text: str
    columns: tuple[Column, ...]

    @classmethod
    def click(cls) -> EventSchema:
        """The bundled click event."""
        return cls.from_file(transform_package() / "click.schema.json")

    @classmethod
    def from_file(cls, path: str | Path) -> EventSchema:
        """Read a schema file.

        Parameters
        ----------
        path:
            A JSON Schema in UTF-8, of the members of one event.
        """
        file = Path(path)
        try:
            schema = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            refuse("schema", str(path), f"cannot be read ({error.strerror})", "give the path of a JSON Schema file")
        except ValueError as error:
            refuse("schema", str(path), f"is not JSON ({error})", "correct the file")
        return cls.from_dict(schema)

    @classmethod
    def from_dict(cls, schema: Mapping[str, Any]) -> EventSchema:
        """Take a schema as Python data.

        Parameters
        ----------
        schema:
            A JSON Schema of type ``object``, of the members of one event.

        Raises
        ------
        ConfigurationError
            Where the schema uses what has no column type, has no ``event_name`` of type string (the gate checks
            that one), or gives two members the same column name.
        """
        checked = cls.of_rows(schema)
        _check_event_name(checked.columns)
        return checked

    @classmethod
    def of_rows(cls, schema: Mapping[str, Any]) -> EventSchema:
        """Take the schema of rows that no endpoint checks, such as log lines: no ``event_name`` is asked of them.

        Parameters
        ----------
        schema:
            A JSON Schema of type ``object``, of the columns of one row.

        Raises
        ------
        ConfigurationError
            As :meth:`from_dict` otherwise.
        """
        whole = inline_references(schema)
        properties = whole.get("properties")
        if whole.get("type") != "object" or not isinstance(properties, dict) or not properties:
            refuse("schema", "#", "is not of type object with properties", "describe one event as an object")
        refuse_others(
            whole,
            "#",
            ("type", "properties", "required", "additionalProperties"),
            "describe each member under properties",
        )
        check_required(whole, "#")
        required = whole.get("required", [])
        columns = tuple(Column.of_member(key, value, required=key in required) for key, value in properties.items())
        _check_unique(columns)
        # Member order is column order, and column order is append-only: the text keeps it.
        return cls(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), columns)

    def check_member(self, option: str, name: str, *, others: bool) -> None:
        """Refuse a name that clients cannot fill, or that is probably misspelt.

        Parameters
        ----------
        option:
            Which names it.
        name:
            Of a member.
        others:
            Whether a member that has no column may be meant. It lies in ``properties`` where the schema has that.
        """
        columns = {column.json_key: column for column in self.columns}
        filled = [key for key, column in columns.items() if not column.compiled.get("read_only")]
        rest = columns.get(_OTHERS)
        check = rest.compiled["check"] if rest else {}
        takes_others = others and _OTHERS in filled and (check["kind"], check.get("type")) == ("json_text", "object")
        close = get_close_matches(name, filled, cutoff=0.8)
        if name in filled or (takes_others and name not in columns and not close):
            return
        refuse(
            option,
            name,
            "is not a column of the schema that clients fill",
            f"name one of {', '.join(get_close_matches(name, filled) or filled)}",
        )

    @property
    def json_key_mappings(self) -> dict[str, str]:
        """Column to JSON member where the two differ, for OpenX (which matches exactly, see DeliveryStream)."""
        return {column.name: column.json_key for column in self.columns if column.name != column.json_key}

    @property
    def compiled_columns(self) -> dict[str, Mapping[str, Any]]:
        """What the click transform reads: each column, in their order, by its name."""
        return {column.name: column.compiled for column in self.columns}


def transform_package() -> Path:
    """Folder of the transform's code, found without importing it: beside this package or elsewhere on the path."""
    spec = find_spec("clickstream_transform")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent
    return Path(__file__).resolve().parents[3] / "lambda" / "transform" / "clickstream_transform"


def _check_unique(columns: tuple[Column, ...]) -> None:
    by_name: dict[str, Column] = {}
    for column in columns:
        other = by_name.setdefault(column.name, column)
        if other is not column:
            refuse(
                "schema",
                f"#/properties/{column.json_key}",
                f"gives column {column.name!r}, which #/properties/{other.json_key} gives already",
                "rename one of the two members",
            )


def _check_event_name(columns: tuple[Column, ...]) -> None:
    if not any(column.name == "event_name" and column.type == "string" for column in columns):
        refuse(
            "schema",
            "#/properties/event_name",
            "is missing or not a string, and the request model requires it of every event",
            'add "event_name": {"type": "string"}',
        )
