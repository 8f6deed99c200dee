"""What an observer is told."""

from __future__ import annotations

from clickstream_local.firehose.observer import Observer
from clickstream_local.s3.directory_store import StoredObject
from support.local_firehose import BACKUP, LocalFirehose


class Seen(Observer):
    """Keeps everything."""

    def __init__(self) -> None:
        self.objects: list[tuple[str, str, int]] = []
        self.buffers: list[tuple[str, int, int]] = []
        self.failures: list[tuple[str, str, int]] = []

    def object_written(self, stream: str, kind: str, written: StoredObject, records: int) -> None:
        assert stream == "clicks"
        self.objects.append((kind, written.key.partition("/")[0], records))

    def buffer_filled(self, stream: str, buffer: str, records: int, length: int) -> None:
        self.buffers.append((buffer, records, length))

    def record_failed(self, stream: str, kind: str, code: str, message: str, records: int) -> None:
        self.failures.append((kind, code, records))


def test_objects_buffers_and_failures_are_told(local: LocalFirehose) -> None:
    local.function("return answer(record, data, 'Ok' if data == b'good' else 'ProcessingFailed')")
    local.stream(
        ProcessingConfiguration=local.processing(),
        **BACKUP,
    )
    seen = Seen()
    local.deliver(b"good", b"bad", observer=seen)
    assert sorted(seen.objects) == [("backup", "raw", 2), ("data", "data", 1), ("processing-failed", "errors", 1)]
    assert {("transform", 2, 7), ("backup", 2, 7), ("data", 1, 4)} <= set(seen.buffers)
    assert seen.failures == [("processing-failed", "Lambda.ProcessingFailedStatus", 1)]


def test_failed_conversions_are_told_without_quoting_values(local: LocalFirehose) -> None:
    seen = Seen()
    local.stream(DataFormatConversionConfiguration=local.conversion())
    local.deliver(b'{"n": "secret"}', observer=seen)
    assert seen.failures == [("format-conversion-failed", "DataFormatConversion.MalformedData", 1)]
