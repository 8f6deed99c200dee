"""Writes click.columns.json, the bundled click event as the synth compiles it: run it with ``make docs``.

The transform reads it where no asset brings columns of its own: in tests, benchmarks and the fuzzer.
"""

from __future__ import annotations

import json

from cdk_clickstream import EventSchema
from cdk_clickstream.schema.event_schema import transform_package

FILE = transform_package() / "click.columns.json"


def content() -> str:
    """One column a line."""
    columns = EventSchema.click().compiled_columns.items()
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(column)}" for name, column in columns) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(content(), encoding="utf-8")
