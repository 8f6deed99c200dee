from __future__ import annotations

from support.moto_server import s3, server
from support.pipeline_fixtures import assembly, pipeline

__all__ = ["assembly", "pipeline", "s3", "server"]
