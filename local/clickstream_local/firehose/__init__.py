"""Firehose, locally: delivery streams with buffers, processors, conversion and delivery to S3."""

from __future__ import annotations

from clickstream_local.firehose.delivery import DeliveryError
from clickstream_local.firehose.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults
from clickstream_local.firehose.observer import Observer
from clickstream_local.firehose.service import FirehoseService

__all__ = ["DeliveryError", "Disagreements", "Faults", "FirehoseService", "Observer"]
