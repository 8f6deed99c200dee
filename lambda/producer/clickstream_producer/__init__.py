"""Sends click events to Amazon Data Firehose or Kinesis: packed, bounded, and only what failed is sent again.

>>> from clickstream_producer import FirehoseStream, Producer
>>> with Producer(FirehoseStream("clicks", region="eu-central-1")) as producer:  # doctest: +SKIP
...     producer.put({"event_name": "order_placed", "value": 12.5})

Importing this starts no thread and opens no file.
"""

from __future__ import annotations

from .async_producer import AsyncProducer
from .dead_letters import DeadLetters
from .emf import EmfMetrics
from .errors import (
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
from .firehose import FirehoseStream
from .full_policy import FullPolicy
from .kinesis import KinesisStream
from .otel import OtelMetrics
from .producer import Producer
from .stats import DropReason, FlushResult, Stats

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
