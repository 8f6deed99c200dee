"""Which properties of a resource CloudFormation cannot change in place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class CreateOnly:
    """Paths such as ``TableInput.Name`` whose change replaces the resource, always or sometimes."""

    always: frozenset[str]
    sometimes: frozenset[str]


@cache
def create_only() -> Mapping[str, CreateOnly]:
    """The properties by resource type; a type that is not here is not known."""
    text = (files("clickstream_local.plan") / "replacement.json").read_text(encoding="utf-8")
    return {
        resource_type: CreateOnly(frozenset(entry["always"]), frozenset(entry.get("sometimes", ())))
        for resource_type, entry in json.loads(text)["types"].items()
    }


def create_only_of(resource_type: str) -> CreateOnly:
    """Those of one type; none for a type that is not known."""
    return create_only().get(resource_type, CreateOnly(frozenset(), frozenset()))
