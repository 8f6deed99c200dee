"""Firehose, locally: delivery streams with buffers, transform, conversion and delivery to S3."""

from __future__ import annotations

from clickstream_local.firehose.delivery import DeliveryError
from clickstream_local.firehose.service import FirehoseService

__all__ = ["DeliveryError", "FirehoseService"]
