from __future__ import annotations

from pipeline_fixtures import assembly, pipeline

__all__ = ["assembly", "pipeline"]
