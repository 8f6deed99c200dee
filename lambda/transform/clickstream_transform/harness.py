"""The Firehose contract, kept whatever is in the records.

Each record and each event in it is isolated; every record id is answered once, in order; the reply's size is counted
to the byte; what does not fit is requeued into the stream; rejected events go to the reject stream, last of all.
Source: the developer guide's data-transformation pages.
"""

from __future__ import annotations

import time
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from clickstream_transform.contract import overflow
from clickstream_transform.contract.overflow import Chunk
from clickstream_transform.contract.processor import Batch, Processor
from clickstream_transform.contract.put import BatchPutter
from clickstream_transform.contract.record_result import FAILED, LIMIT, OK, RecordResult, size_of
from clickstream_transform.contract.reject import Reject, RejectBudget, reject_lines
from clickstream_transform.errors import EventRejectedError, Reason, UndecodableRecordError
from clickstream_transform.log import log_unexpected
from clickstream_transform.metrics import Metrics
from clickstream_transform.options import Options
from clickstream_transform.records.envelope import Envelope, open_record
from clickstream_transform.records.inflate import InflateBudget
from clickstream_transform.records.json_values import Broken
from clickstream_transform.timestamps import YEAR_10000

_RESERVE_SECONDS = 2.0
"""Kept back from the invocation's time, for marshalling the reply and for a put that is on its way."""

_BROKEN = {
    "invalid_json": "this part of the record is not JSON",
    "too_deep": "this part of the record is nested too deeply",
}


class LambdaContext(Protocol):
    """What is used of the context object of a Lambda invocation."""

    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is stopped."""


class _Invocation:
    """What one invocation may still use up, and its batch."""

    __slots__ = ("batch", "inflate", "rejects", "unknown_tokens")

    def __init__(self, batch: Batch, inflate: InflateBudget, rejects: RejectBudget) -> None:
        self.batch = batch
        self.inflate = inflate
        self.rejects = rejects
        self.unknown_tokens = 0


class Harness:
    """Runs a processor over batches of Firehose records.

    Parameters
    ----------
    processor:
        Turns events into rows.
    options:
        The pipeline's options.
    reject_stream:
        The delivery stream for rejected events; ``None`` makes their records ``ProcessingFailed``.
    context_tokens:
        By which context lines are believed; the first is written into those of requeued records. Without any, every
        context line is believed: only for streams that nobody fills with what strangers send.
    putter:
        Puts records into streams.
    emit:
        Writes a line of metrics.
    now:
        Seconds since the epoch.
    """

    def __init__(
        self,
        processor: Processor,
        options: Options,
        *,
        reject_stream: str | None,
        context_tokens: Sequence[str] = (),
        putter: BatchPutter | None = None,
        emit: Callable[[str], None] = print,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._processor = processor
        self._keys = options.partition_keys if options.partition_keys else None
        # Partition keys come from what the fast path does not read.
        self._fast_path = processor.fast_path if self._keys is None else None
        self._options = options
        self._reject_stream = reject_stream
        self._tokens = frozenset(context_tokens)
        self._own_token = context_tokens[0] if context_tokens else None
        self._putter = putter or BatchPutter()
        self._emit = emit
        self._now = now

    def handle(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one invocation.

        Raises
        ------
        ValueError
            The event is no batch of Firehose records; nothing in it could be answered.
        """
        records = event.get("records")
        if not isinstance(records, list):
            raise ValueError("the event has no list of records: this function transforms Amazon Data Firehose batches")
        metrics = Metrics()
        results = self._results(records, metrics)
        self._handle_overflow(results, event, context)
        self._put_rejects(results, context, metrics)
        self._count(results, metrics)
        arn = event.get("deliveryStreamArn")
        stream = arn.rpartition("/")[2] if isinstance(arn, str) else "unknown"
        self._emit(metrics.line(stream, int(self._now() * 1000)))
        return {"records": [result.as_dict() for result in results]}

    def _results(self, records: list[Any], metrics: Metrics) -> list[RecordResult]:
        options = self._options
        invocation = _Invocation(
            self._processor.begin(),
            InflateBudget(options.max_inflated_record_bytes, options.max_inflated_call_bytes),
            RejectBudget(),
        )
        results: dict[str, RecordResult] = {}
        for record in records:
            record_id = record.get("recordId") if isinstance(record, dict) else None
            if not isinstance(record_id, str):
                continue  # there is nothing that a result could name
            data_key = "kafkaRecordValue" if "kafkaRecordValue" in record else "data"
            result = results.get(record_id)
            if result is None:
                arrival = record.get("approximateArrivalTimestamp")
                if arrival.__class__ is not int or not 0 <= arrival < YEAR_10000:
                    arrival = _arrival(arrival, self._now)
                result = results[record_id] = RecordResult(record_id, data_key, arrival)
            try:
                self._transform(record.get(data_key), result, invocation)
            except UndecodableRecordError as error:
                result.rejects = ()  # the error prefix gets the whole record
                result.fail(error.reason)
            except Exception as error:
                log_unexpected(error)
                result.fail("unexpected_error")
            if result.rejects and self._reject_stream is None:
                result.fail("no_reject_stream")
        metrics.values["EventsDeduplicated"] = invocation.batch.deduplicated
        if unknown := invocation.batch.unknown_members:
            metrics.values["RowsWithUnknownMembers"] = unknown
        if invocation.unknown_tokens:
            metrics.values["RecordsWithUnknownToken"] = invocation.unknown_tokens
        return list(results.values())

    def _transform(self, data: Any, result: RecordResult, invocation: _Invocation) -> None:
        if not isinstance(data, str):
            raise UndecodableRecordError("no_data")
        try:
            raw = a2b_base64(data)
        except (Base64Error, ValueError):
            raise UndecodableRecordError("invalid_base64") from None
        result.sources += (data,)
        if self._fast_path is not None:
            rows = self._fast_path(raw)
            if rows is not None:
                result.unopened = True
                result.events += 1
                result.add(rows, self._lines([rows]))
                return
        envelope = open_record(
            raw, result.record_id, result.arrival, invocation.inflate, self._processor.read, self._tokens
        )
        invocation.unknown_tokens += envelope.unknown_token
        if self._keys is not None and result.partition_keys is None:
            result.partition_keys = self._keys.of(envelope, result.arrival)
        if envelope.rows is not None:
            count = envelope.rows.count(b"\n")
            result.events += count
            result.add(envelope.rows, count)
            return
        result.events += envelope.events.count
        found = self._rows(envelope, result, invocation)
        result.add(b"".join(found), self._lines(found))
        envelope.events.release()

    def _lines(self, rows: list[bytes]) -> int:
        """How many rows of the table what the events of a record gave holds."""
        if self._processor.one_row_an_event:
            return len(rows)
        # A processor that keeps to a blueprint may write a row without any newline.
        return sum([1 if row.find(b"\n", 0, -1) < 0 else row.count(b"\n") for row in rows])

    def _rows(self, envelope: Envelope, result: RecordResult, invocation: _Invocation) -> list[bytes]:
        """The rows of a record's good events; the others become rejects of the result."""
        make_row = invocation.batch.rows
        rows = []
        for index, value in enumerate(envelope.events.values):
            try:
                if value.__class__ is Broken:
                    raise EventRejectedError([Reason("", value.rule, _BROKEN[value.rule])])
                row = make_row(value, index, envelope)
                if row is not None:
                    rows.append(row)
                continue
            except EventRejectedError as rejected:
                reasons = rejected.reasons
            except UndecodableRecordError:
                raise
            except RecursionError:
                reasons = [Reason("", "too_deep", _BROKEN["too_deep"])]
            except Exception as error:
                log_unexpected(error)
                reasons = [Reason("", "unexpected_error", f"the transform raised {type(error).__name__}")]
            result.rejects += (Reject(envelope, index, reasons),)
            invocation.rejects.spend(len(result.rejects))
        return rows

    def _handle_overflow(self, results: list[RecordResult], event: Mapping[str, Any], context: LambdaContext) -> None:
        size = size_of(results)
        stream = overflow.own_stream(event) if self._options.overflow == "requeue" else None
        chunks: list[Chunk] = []
        for index in range(len(results) - 1, -1, -1):
            if size <= LIMIT:
                break
            result = results[index]
            if result.result != OK:
                continue
            size -= result.size
            envelopes = self._open_again(result) if stream is not None else []
            if not envelopes or max(envelope.attempt for envelope in envelopes) >= self._options.overflow_attempts:
                result.fail("overflow")
            else:
                try:
                    parts = [
                        chunk for envelope in envelopes for chunk in overflow.split(envelope, index, self._own_token)
                    ]
                except UndecodableRecordError as error:
                    result.fail(error.reason)
                else:
                    result.requeue()
                    chunks += parts
            size += result.size
        if stream is not None:
            for owner in self._put(stream, chunks, context):
                results[owner].fail("overflow_put_failed")

    def _open_again(self, result: RecordResult) -> list[Envelope]:
        """Open what came under a record id once more; empty where nothing can be taken apart."""
        # Gzip that a processor passed on unread stays whole.
        bound = 0 if result.unopened else self._options.max_inflated_record_bytes
        name, arrival, read = result.record_id, result.arrival, self._processor.read
        try:
            envelopes = [
                open_record(a2b_base64(data), name, arrival, InflateBudget(bound, bound), read, self._tokens)
                for data in result.sources
            ]
        except UndecodableRecordError:
            return []
        for envelope in envelopes:
            envelope.events.release()
        return envelopes

    def _put_rejects(self, results: list[RecordResult], context: LambdaContext, metrics: Metrics) -> None:
        lines: list[tuple[int, bytes]] = []
        now = int(self._now() * 1000)
        for index, result in enumerate(results):
            for reject in result.rejects:
                metrics.values["EventsRejected"] += 1
                for rule in {reason.rule for reason in reject.reasons}:
                    metrics.rejected_by_rule[rule] += 1
            if result.result == FAILED or not result.rejects:
                continue  # the error prefix gets the whole record that failed
            try:
                found = reject_lines(
                    result.rejects, result.record_id, result.arrival, now, context.invoked_function_arn
                )
            except UndecodableRecordError as error:
                result.fail(error.reason)
                continue
            lines += [(index, line) for line in found]
        if self._reject_stream is not None:
            for owner in self._put(self._reject_stream, overflow.pack(lines), context):
                results[owner].fail("reject_put_failed")

    def _put(self, stream: str, chunks: list[Chunk], context: LambdaContext) -> set[int]:
        """Put chunks; the owners of those that were not acknowledged."""
        if not chunks:
            return set()
        seconds = context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS
        done = self._putter.put(stream, [bytes(chunk.data) for chunk in chunks], seconds)
        return {
            owner
            for chunk, acknowledged in zip(chunks, done, strict=True)
            if not acknowledged
            for owner in chunk.owners
        }

    def _count(self, results: list[RecordResult], metrics: Metrics) -> None:
        values = metrics.values
        good = [result for result in results if result.result == OK]
        failed = [result.reason for result in results if result.result == FAILED]
        requeued = sum([result.requeued for result in results])
        values["RecordsIn"] = len(results)
        values["RecordsOk"] = len(good)
        values["RecordsDropped"] = len(results) - len(good) - len(failed) - requeued
        values["RecordsFailed"] = len(failed)
        values["RecordsRequeued"] = requeued
        values["EventsIn"] = sum([result.events for result in results])
        values["EventsOut"] = sum([result.rows for result in good])
        values["BytesOut"] = sum([result.bytes_out for result in good])
        values.setdefault("EventsRejected", 0)
        for reason in failed:
            values[f"RecordsFailed.{reason}"] += 1


def _arrival(given: Any, now: Callable[[], float]) -> int:
    """Epoch milliseconds of a record's arrival; older sample events write it as ISO text."""
    if given.__class__ in (int, float) and 0 <= given < YEAR_10000:
        return int(given)
    if isinstance(given, str):
        try:
            return int(datetime.fromisoformat(given).timestamp() * 1000)
        except (ValueError, OverflowError):
            pass
    return int(now() * 1000)
