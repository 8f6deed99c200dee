"""The command ``clickstream-producer``."""

from __future__ import annotations

from clickstream_producer.cli.main import main

__all__ = ["main"]
