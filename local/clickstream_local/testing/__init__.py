"""Pipelines inside tests: from a stack object or a template to delivered rows, without AWS and without waiting.

With pytest, the fixture ``local_pipeline`` is there as soon as the package is installed.
"""

from __future__ import annotations

from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults
from clickstream_local.testing.local_pipeline import Answer, LocalPipeline, LocalPipelineError

__all__ = ["Answer", "Disagreements", "Faults", "LocalPipeline", "LocalPipelineError"]
