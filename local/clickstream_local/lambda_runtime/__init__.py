"""Lambda, locally: Python functions from their own assets, in processes of their own."""

from __future__ import annotations

from clickstream_local.lambda_runtime.sandbox import MAX_PAYLOAD_BYTES, InvokeResult
from clickstream_local.lambda_runtime.service import LambdaService, unsupported

__all__ = ["MAX_PAYLOAD_BYTES", "InvokeResult", "LambdaService", "unsupported"]
