"""Firehose, locally: delivery streams with buffers, processors, conversion and delivery to S3."""

from __future__ import annotations

from clickstream_local.firehose.api.service import FirehoseService
from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults
from clickstream_local.firehose.metering.observer import Observer
from clickstream_local.firehose.stages.delivery import DeliveryError

__all__ = ["DeliveryError", "Disagreements", "Faults", "FirehoseService", "Observer"]
