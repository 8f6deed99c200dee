"""The runtime's own pages under ``/_local/``: state, flush, and a page that shows what happens while it happens."""

from __future__ import annotations

from clickstream_local.live.pages import LivePages

__all__ = ["LivePages"]
