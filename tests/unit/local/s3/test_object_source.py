from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.common.window import Window
from clickstream_local.s3.directory_store import DirectoryStore
from clickstream_local.s3.endpoint_store import EndpointStore
from clickstream_local.s3.object_source import DirectorySource, EndpointSource, FoundObject, lines_of
from clickstream_local.s3.store import StoreError

KEYS = ["errors/a/dt=2026-11-01/x", "errors/a/dt=2026-11-30/y", "errors/z", "other"]
DAY = Window.of("2026-11-30", "2026-12-01", datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize("body", [b"a\nbb\n\nc", b"a\nbb\n\nc\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_lines_are_the_same_however_the_body_comes(body: bytes, size: int) -> None:
    for content in (body, gzip.compress(body), gzip.compress(body[:4]) + gzip.compress(body[4:])):
        pieces = [content[place : place + size] for place in range(0, len(content), size)]
        if size > 1 or content is body:
            assert list(lines_of(pieces)) == [b"a", b"bb", b"", b"c"]


def test_broken_gzip_is_told() -> None:
    with pytest.raises(StoreError, match="no gzip that can be read"):
        list(lines_of([b"\x1f\x8bnonsense"]))


def test_a_data_directory_is_walked_without_the_days_that_are_not_wanted(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    for key in KEYS:
        store.put("lake", key, b"body")
    source = DirectorySource(tmp_path / "s3")
    assert [found.key for found in source.walk("lake/errors/", Window())] == KEYS[:3]
    assert [found.key for found in source.walk("lake/errors/", DAY)] == KEYS[1:3]
    assert list(source.walk("lake/nothing/", Window())) == []
    assert b"".join(source.chunks(FoundObject("lake", KEYS[0], 4))) == b"body"


def test_buckets_are_walked_without_the_days_that_are_not_wanted(s3: Any, server: str) -> None:
    s3.create_bucket(Bucket="lake")
    for key in (*KEYS, "errors/a/"):
        s3.put_object(Bucket="lake", Key=key, Body=b"body")
    source = EndpointSource(EndpointStore(server))
    assert [found.key for found in source.walk("lake/errors/", Window())] == KEYS[:3]
    # An object that was written before the range, by S3's clock, has no record of it.
    assert list(source.walk("lake/errors/", Window(since=1 << 50))) == []
    since_forever = Window(until=DAY.since - 5 * 86_400_000)
    assert sorted(found.key for found in source.walk("lake/errors/", since_forever)) == [KEYS[0], KEYS[2]]
    assert b"".join(source.chunks(FoundObject("lake", KEYS[0], 4))) == b"body"
    with pytest.raises(StoreError, match="cannot read s3://lake/gone"):
        list(source.chunks(FoundObject("lake", "gone", 4)))
