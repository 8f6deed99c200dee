"""TypeScript types of what a client may send, from the event schema: nothing else declares a member."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
SCHEMA = CHECKOUT / "lambda/transform/clickstream_transform/click.schema.json"


def event_types(schema: dict[str, Any]) -> str:
    """The file ``src/event.ts``. Members that the server makes (``readOnly``) are not in it."""
    required = set(schema["required"])
    lines = [
        "// Written by `make tracker` from click.schema.json; change the schema instead.",
        "",
        "/** One event, as a client sends it. */",
        "export interface ClickEvent {",
    ]
    for name, member in schema["properties"].items():
        if member.get("readOnly"):
            continue
        limits = [f"{key} {member[key]}" for key in ("maxLength", "maxItems", "minimum", "maximum") if key in member]
        note = f" ({', '.join(limits)})" if limits else ""
        lines.append(f"  /** {member['description']}{note} */")
        lines.append(f"  {name}{'' if name in required else '?'}: {_type(member)};")
    return "\n".join([*lines, "}", ""])


def limits(schema: dict[str, Any]) -> str:
    """The file ``src/limits.ts``: kind, least and most of each member, and what an event's name must match."""
    rows = []
    for name, member in schema["properties"].items():
        if member.get("readOnly"):
            continue
        kind = _type(member)
        kind = "array" if kind.endswith("[]") else "object" if kind.startswith("Record") else kind
        most = member.get("maximum", member.get("maxLength", member.get("maxItems")))
        rows.append(f"  {name}: {json.dumps([kind, member.get('minimum'), most])},")
    return "\n".join(
        [
            "// Written by `make tracker` from click.schema.json; change the schema instead.",
            "",
            "/** Kind, least and most of each member. */",
            "export const LIMITS: Record<string, [string, number | null, number | null]> = {",
            *rows,
            "};",
            "",
            f"export const EVENT_NAME = /{schema['properties']['event_name']['pattern']}/;",
            "",
        ]
    )


def _type(schema: dict[str, Any]) -> str:
    match schema["type"]:
        case "integer" | "number":
            return "number"
        case "array":
            return f"{_type(schema['items'])}[]"
        case "object":
            return "Record<string, unknown>"
        case kind:
            return str(kind)


def read_schema() -> dict[str, Any]:
    """The bundled schema of click events."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema
