"""Objects without conversion: what is between records, and what counts as a row (facts/firehose.md#object-names,
#dynamic-partitioning).
"""

from __future__ import annotations

import asyncio

from support.local_firehose import LocalFirehose, enabled, processor


def test_records_are_concatenated_with_nothing_in_between(local: LocalFirehose) -> None:
    """facts/firehose.md#object-names."""
    local.stream()
    local.deliver(b"abc", b"def\n", b"ghi")
    assert local.bodies() == [b"abcdef\nghi"]


def test_the_delimiter_stands_between_records_and_not_after_the_last(local: LocalFirehose) -> None:
    """facts/firehose.md#dynamic-partitioning: between; a second AppendDelimiterToRecord has no extra effect; templates
    write ``\\n``.
    """
    append = processor("AppendDelimiterToRecord", Delimiter="\\n")
    local.stream(ProcessingConfiguration=enabled(append, append))
    local.deliver(b"one", b"two")
    assert local.bodies("data/") == [b"one\ntwo"]
    assert local.state()["rows_delivered"] == 2


def test_a_full_buffer_is_delivered_without_waiting(local: LocalFirehose) -> None:
    """facts/firehose.md#buffering: SizeInMBs counts before compression."""
    local.stream(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900}, CompressionFormat="GZIP")

    async def scenario() -> int:
        await local.put(b"x" * 600_000, b"y" * 448_576)
        for _ in range(100):
            if local.keys():
                break
            await asyncio.sleep(0.02)
        return len(local.keys())

    assert local.run(scenario) == 1
