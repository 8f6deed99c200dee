"""Sends click events to Amazon Data Firehose or Kinesis: packed, bounded, and only what failed is sent again.

>>> from clickstream_producer import FirehoseStream, Producer
>>> with Producer(FirehoseStream("clicks", region="eu-central-1")) as producer:  # doctest: +SKIP
...     producer.put({"event_name": "order_placed", "value": 12.5})

Importing this starts no thread and opens no file.
"""

from __future__ import annotations

from clickstream_producer.async_producer import AsyncProducer
from clickstream_producer.dead_letters import DeadLetters
from clickstream_producer.errors import (
    BufferFull,
    EventTooLarge,
    InvalidEvent,
    InvalidOption,
    ProducerClosed,
    ProducerError,
    SpoolBroken,
    TargetRefused,
    UnexpectedAnswer,
)
from clickstream_producer.full_policy import FullPolicy
from clickstream_producer.metrics.emf import EmfMetrics
from clickstream_producer.metrics.otel import OtelMetrics
from clickstream_producer.producer import Producer
from clickstream_producer.stats import DropReason, FlushResult, Stats
from clickstream_producer.targets.firehose import FirehoseStream
from clickstream_producer.targets.kinesis import KinesisStream

__all__ = [
    "AsyncProducer",
    "BufferFull",
    "DeadLetters",
    "DropReason",
    "EmfMetrics",
    "EventTooLarge",
    "FirehoseStream",
    "FlushResult",
    "FullPolicy",
    "InvalidEvent",
    "InvalidOption",
    "KinesisStream",
    "OtelMetrics",
    "Producer",
    "ProducerClosed",
    "ProducerError",
    "SpoolBroken",
    "Stats",
    "TargetRefused",
    "UnexpectedAnswer",
]
