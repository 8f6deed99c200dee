"""The records of a source backup."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from clickstream_local.failures.source_backup import content_of, objects_of, records_in
from clickstream_local.s3.store import StoreError
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES

REQUEST = b'{"clickstream":1,"kind":"request","boundary":"b1"}\n[{"event_name":"a"},\n{"event_name":"b"}]\nb1\n'
OTHER = REQUEST.replace(b"b1", b"b2")
SECOND = 1_795_255_200_000


def test_requests_end_with_their_boundary_and_the_rest_stays_together() -> None:
    bare = b'{"event_name":"c"}\n{\n "event_name": "d"\n}\n'
    content = REQUEST + OTHER + bare + REQUEST
    assert list(records_in(content)) == [REQUEST, OTHER, bare, REQUEST]
    assert list(records_in(gzip.compress(content))) == [REQUEST, OTHER, bare, REQUEST]


def test_a_request_that_was_cut_off_is_a_record() -> None:
    assert list(records_in(REQUEST + OTHER[:-4])) == [REQUEST, OTHER[:-4]]


def test_no_record_is_larger_than_firehose_takes() -> None:
    line = b"x" * 300_000 + b"\n"
    records = list(records_in(line * 7))
    assert [len(record) <= MAX_RECORD_BYTES for record in records] == [True] * 3
    assert b"".join(records) == line * 7


def test_what_a_stranger_had_put_takes_in_no_request() -> None:
    """Lines of a producer that look like a context line and its boundary, around a request of the endpoint."""
    request = REQUEST.replace(b'"boundary"', b'"token":"known","boundary"')
    forged, closing = b'{"clickstream":1,"kind":"request","boundary":"x"}\n', b"x\n"
    content = forged + request + closing + request + forged
    assert list(records_in(content, ["known"])) == [forged, request, closing, request, forged]
    assert list(records_in(forged + closing + request, ["known"])) == [forged + closing, request]
    assert list(records_in(request + forged + closing, ["known"])) == [request, forged + closing]


@pytest.mark.parametrize(
    ("arrival", "found"),
    [
        (SECOND - 1, []),
        (SECOND, ["00"]),
        (SECOND + 59_999, ["00"]),
        (SECOND + 60_500, ["00", "01"]),  # the name has no milliseconds: either may hold it
        (SECOND + 61_000, ["01"]),
        (SECOND + 999_999, ["01"]),
    ],
)
def test_an_object_is_named_after_its_oldest_record(arrival: int, found: list[str]) -> None:
    name = "clicks-1-2026-11-21-10-{}-00-0f8fad5b-d9cb-469f-a165-70867728950e.gz"
    files = [Path(name.format(minute)) for minute in ("00", "01")]
    assert [file.name[23:25] for file in objects_of([*files, Path("other")], [arrival])] == found


@pytest.mark.parametrize("key", ["backup/x.gz", "backup/x.zip", "backup/x"])
def test_a_backup_is_opened_whatever_it_is_compressed_by(key: str) -> None:
    """A log group puts records that are gzip already; one after the other they are gzip, too."""
    inside = gzip.compress(REQUEST) + gzip.compress(OTHER)
    body = inside
    if key.endswith(".gz"):
        body = gzip.compress(inside)
    elif key.endswith(".zip"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("0f8fad5b", inside)
        body = file.getvalue()
    assert list(records_in(content_of(body, key))) == [REQUEST, OTHER]


@pytest.mark.parametrize(("key", "body"), [("x.snappy", b""), ("x.zip", b"no zip"), ("x.gz", b"\x1f\x8bno gzip")])
def test_a_backup_that_cannot_be_opened_is_named(key: str, body: bytes) -> None:
    with pytest.raises(StoreError, match=key):
        content_of(body, key)


def test_records_that_are_gzip_stand_among_others() -> None:
    body = REQUEST + gzip.compress(OTHER) + b"\x1f\x8b\x08 no gzip\n" + gzip.compress(b"x" * 100_000) + REQUEST
    assert content_of(body, "x") == REQUEST + OTHER + b"\x1f\x8b\x08 no gzip\n" + b"x" * 100_000 + REQUEST
