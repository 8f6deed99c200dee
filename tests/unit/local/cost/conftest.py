from __future__ import annotations

from support.pipeline_fixtures import assembly

__all__ = ["assembly"]
