"""What the tests of the durable spool share: a writer to kill, producers on a directory, and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clickstream_producer import FlushResult, Producer
from support.producer.sink import Sink

WRITER = """
import sys
from clickstream_producer import FirehoseStream, FullPolicy, Producer
url, spool, start, packed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
target = FirehoseStream("clicks", region="eu-central-1", endpoint_url=url,
                        credentials={"access_key_id": "A", "secret_access_key": "s"})
producer = Producer(target, spool=spool, linger=0.01, record_bytes=5000, batch_bytes=20000, events_per_record=packed,
                    retry_initial=0.01, when_full=FullPolicy.block(60))
number = start
while True:
    assert producer.put(b'{"seq":%d,"padding":"0123456789abcdef0123456789abcdef"}' % number)
    number += 1
    sys.stdout.write("%d\\n" % number)
    sys.stdout.flush()
"""


def written(number: int) -> bytes:
    return b'{"seq":%d,"padding":"0123456789abcdef0123456789abcdef"}' % number


def producer_at(sink: Sink, path: Path, **options: Any) -> Producer:
    return Producer(sink.target(), spool=path, **{"retry_initial": 0.01, "linger": 0.02, **options})


def stop(producer: Producer, timeout: float = 0.1) -> FlushResult:
    """Close, and wait until the request that was under way has come to its end: it may still arrive after close."""
    result = producer.close(timeout)
    thread = producer._core._sender._thread
    assert thread is not None
    thread.join(10)
    return result


def segments(path: Path) -> list[Path]:
    return sorted(path.rglob("*.seg"))
