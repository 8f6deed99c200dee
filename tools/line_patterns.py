"""Writes the agent's copies of the transform's line patterns: run it with ``make docs``.

The agent's LOGTOJSON and the transform's blueprints read the same lines, and neither package imports the other.
"""

from __future__ import annotations

from pathlib import Path

_LAMBDA = Path(__file__).parents[1] / "lambda"
SOURCES = _LAMBDA / "transform" / "clickstream_transform" / "blueprints"
COPIES = _LAMBDA / "producer" / "clickstream_producer" / "agent"
NAMES = ("apache_line.py", "syslog_line.py")


def content(name: str) -> str:
    """The copy of a file of the transform."""
    return f"# Generated from the transform's blueprints/{name} by `make docs`.\n{(SOURCES / name).read_text('utf-8')}"


if __name__ == "__main__":
    for name in NAMES:
        (COPIES / name).write_text(content(name), encoding="utf-8")
