from __future__ import annotations

from support.local_lambda import invoke

__all__ = ["invoke"]
