"""Kinesis data streams, locally: shards in memory behind the service's wire API."""

from __future__ import annotations

from clickstream_local.kinesis.data_stream import DataStream
from clickstream_local.kinesis.service import KinesisService
from clickstream_local.kinesis.shard import Shard

__all__ = ["DataStream", "KinesisService", "Shard"]
