"""The Firehose target: its names."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_producer import FirehoseStream, InvalidOption, Producer


@pytest.mark.parametrize("name", ["", "a" * 65, "a b", "arn:aws:firehose:x", "clicks\n", 5, None])
def test_a_stream_name_that_firehose_has_not_is_refused(name: Any) -> None:
    # facts/firehose.md#put-records: 1 to 64 characters of [a-zA-Z0-9_.-].
    with pytest.raises(InvalidOption, match="must be 1 to 64 letters"):
        FirehoseStream(name)


def test_a_partition_key_is_refused_since_firehose_has_none() -> None:
    with pytest.raises(InvalidOption, match="partition_key='a': stream clicks has no partition keys"):
        Producer(FirehoseStream("clicks", region="eu-central-1")).put({}, partition_key="a")
