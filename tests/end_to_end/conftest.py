from __future__ import annotations

from support.pipeline_fixtures import assembly, pipeline

__all__ = ["assembly", "pipeline"]
