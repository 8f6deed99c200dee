"""Where partition values stand in the keys of objects: a table's partition projection, where it is not Hive's."""

from __future__ import annotations

import re

from clickstream_local.common.model import Table

_VALUE = re.compile(r"\$\{([^}]+)\}")


def key_pattern(table: Table) -> str | None:
    """A regular expression for paths of objects, one named group for each partition key.

    None where the keys stand as ``name=value/``, which needs no projection to be read, or where there are none. It is
    made of ``storage.location.template`` as Athena reads it: a value holds as many slashes as its
    ``projection.<key>.format``.
    """
    template = table.parameters.get("storage.location.template", "")
    if str(table.parameters.get("projection.enabled", "")).lower() != "true" or not template:
        return None
    names = [key.name for key in table.partition_keys]
    if not names or all(f"{name}=${{{name}}}" in template for name in names):
        return None
    literals = _VALUE.split(template.removeprefix("s3://").rstrip("/"))
    parts = ["/"]
    for place, text in enumerate(literals):
        parts.append(_group(table, text) if place % 2 else re.escape(text))
    return "".join(parts) + "/[^/]*$"


def _group(table: Table, name: str) -> str:
    slashes = str(table.parameters.get(f"projection.{name}.format", "")).count("/")
    return f"(?P<{name}>[^/]+(?:/[^/]+){{{slashes}}})"
