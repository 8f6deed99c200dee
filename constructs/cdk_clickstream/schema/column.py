"""A member of the schema as a column of the table and of the transform's rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_clickstream._validation import checked, refuse
from cdk_clickstream.schema.compiler import compile_member

_COLUMN_NAME = re.compile(r"[a-z_][a-z0-9_]{0,127}")
_COMMENT_LENGTH = 255
# Glue takes no line breaks, control characters or halves of a surrogate pair in a comment.
_NO_COMMENT = re.compile(r"\s*[^\t\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]+\s*")
_REQUIREMENTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "pattern": ("must match", {"pattern": "{}"}),
    "format": ("must be", {"format": "a {} of RFC 3339"}),
    "length": (
        "must have",
        {"minLength": "at least {} characters", "minItems": "at least {} items", "maxLength": "at most {} characters"},
    ),
    "range": (
        "must be",
        {
            "minimum": "at least {}",
            "exclusiveMinimum": "above {}",
            "maximum": "at most {}",
            "exclusiveMaximum": "below {}",
        },
    ),
}
"""By the rule that a value can break: the keywords that ask for it, in words."""


@checked
@dataclass(frozen=True)
class Column:
    """A column of the table: name, Glue type, the JSON member it is read from, and a comment.

    Attributes
    ----------
    compiled:
        What the click transform has to know of it: its ``check``; ``read_only`` where the server fills it;
        ``requirements`` where the client must, which say by rule what the value must be.
    """

    name: str
    type: str
    json_key: str
    comment: str
    compiled: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of_member(cls, key: str, schema: Any, *, required: bool) -> Column:
        """Compile a member of the event.

        Parameters
        ----------
        key:
            Name of the member in the event.
        schema:
            Its schema, in the dialect that :class:`~cdk_clickstream.EventSchema` takes.
        required:
            Whether an event without it is rejected.
        """
        path = f"#/properties/{key}"
        glue_type, check = compile_member(schema, path)
        name = key if _COLUMN_NAME.fullmatch(key) else _snake_case(key)
        if not _COLUMN_NAME.fullmatch(name):
            refuse(
                "schema", path, f"gives no column name ({name!r})", "name it [a-z_][a-z0-9_]*, at most 128 characters"
            )
        comment = _NO_COMMENT.sub(" ", str(schema.get("description", ""))).strip()
        if len(comment) > _COMMENT_LENGTH:
            comment = comment[: _COMMENT_LENGTH - 1] + "…"
        if check["kind"] == "string" and "allowed" not in check and _takes_integers(name):
            check = {**check, "integers": True}
        compiled: dict[str, Any] = {"check": check}
        if schema.get("readOnly"):
            compiled["read_only"] = True
        elif required:
            compiled["requirements"] = _requirements(schema, check["kind"])
        return cls(name, glue_type, key, comment, compiled)


def _takes_integers(name: str) -> bool:
    """Whether a column of text takes whole numbers: many senders have numbers for identifiers."""
    return name.endswith("_id") or name == "schema_version"


def _requirements(schema: Mapping[str, Any], kind: str) -> dict[str, str]:
    """What a required value must be, by the rule that it can break: for the reasons of rejected events."""
    said = {"range": "must be a number that the column can hold"} if kind in ("integer", "number") else {}
    for rule, (verb, words) in _REQUIREMENTS.items():
        wanted = [text.format(schema[keyword]) for keyword, text in words.items() if keyword in schema]
        if wanted:
            said[rule] = f"{verb} {' and '.join(wanted)}"
    if "pattern" in schema and "x-pattern-description" in schema:
        said["pattern"] = f"must {schema['x-pattern-description']}"
    return said


def _snake_case(key: str) -> str:
    """``pageURL`` and ``page-url`` both become ``page_url``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", key)
    return re.sub(r"[^a-z0-9_]", "_", words.lower())
