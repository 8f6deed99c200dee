"""The Firehose contract, kept whatever is in the records.

Each record and each event in it is isolated; every record id is answered once, in order; the answer's size is counted
to the byte; what does not fit goes back into the stream; rejected events go to the reject stream, last of all.
Source: the developer guide's data-transformation pages.
"""

from __future__ import annotations

import time
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from . import overflow
from .chunks import Chunk, pack
from .envelope import Envelope, open_record
from .errors import EventRejectedError, Reason, UndecodableRecordError
from .inflate import InflateBudget
from .json_values import Broken
from .log import log_unexpected
from .metrics import Metrics
from .options import Options
from .processor import Batch, Processor
from .put import BatchPutter
from .reject import Reject, reject_line
from .reply import FAILED, LIMIT, OK, Entry, size_of

_RESERVE_SECONDS = 2.0
"""Kept back from the invocation's time, for marshalling the answer and for a put that is on its way."""

_BROKEN = {
    "invalid_json": "this part of the record is not JSON",
    "too_deep": "this part of the record is nested too deeply",
}


class LambdaContext(Protocol):
    """What is used of the context object of a Lambda invocation."""

    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is stopped."""


class _Answer:
    """What becomes of one record id."""

    __slots__ = ("arrival", "entry", "envelopes", "events", "put_back", "reason", "rejects", "rows", "unopened")

    def __init__(self, entry: Entry, arrival: int) -> None:
        self.entry = entry
        self.arrival = arrival
        self.rows = b""
        self.unopened: list[bytes] = []
        self.envelopes: list[Envelope] = []
        self.rejects: list[Reject] = []
        self.reason = ""
        self.events = 0
        self.put_back = False

    def fail(self, reason: str) -> None:
        """Leave the whole record to Firehose; the first reason is the one that counts."""
        self.reason = self.reason or reason
        self.entry.fail()

    def settle(self) -> None:
        """Choose the result by what was found."""
        if self.reason:
            self.entry.fail()
        elif self.rows:
            self.entry.succeed(self.rows)
        else:
            self.entry.drop()


class Harness:
    """Runs a processor over batches of Firehose records.

    Args:
        processor: turns events into rows.
        options: the pipeline's options.
        reject_stream: the delivery stream for rejected events; None makes their records ProcessingFailed.
        putter: puts records into streams.
        emit: writes a line of metrics.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        processor: Processor,
        options: Options,
        *,
        reject_stream: str | None,
        putter: BatchPutter | None = None,
        emit: Callable[[str], None] = print,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._processor = processor
        self._quick = processor.quick
        self._options = options
        self._reject_stream = reject_stream
        self._putter = putter or BatchPutter()
        self._emit = emit
        self._now = now

    def handle(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one invocation.

        Raises:
            ValueError: the event is no batch of Firehose records; nothing in it could be answered.
        """
        records = event.get("records")
        if not isinstance(records, list):
            raise ValueError("the event has no list of records: this function transforms Amazon Data Firehose batches")
        metrics = Metrics()
        answers = self._answers(records, metrics)
        self._handle_overflow(answers, event, context)
        self._put_rejects(answers, context, metrics)
        self._count(answers, metrics)
        arn = event.get("deliveryStreamArn")
        stream = arn.rpartition("/")[2] if isinstance(arn, str) else "unknown"
        self._emit(metrics.line(stream, int(self._now() * 1000)))
        return {"records": [answer.entry.as_dict() for answer in answers]}

    def _answers(self, records: list[Any], metrics: Metrics) -> list[_Answer]:
        options = self._options
        batch = self._processor.begin()
        budget = InflateBudget(options.max_inflated_record_bytes, options.max_inflated_call_bytes)
        answers: dict[str, _Answer] = {}
        for record in records:
            record_id = record.get("recordId") if isinstance(record, dict) else None
            if not isinstance(record_id, str):
                continue  # there is nothing that an answer could name
            data_key = "kafkaRecordValue" if "kafkaRecordValue" in record else "data"
            answer = answers.get(record_id)
            if answer is None:
                arrival = _arrival(record.get("approximateArrivalTimestamp"), self._now)
                answer = answers[record_id] = _Answer(Entry(record_id, data_key), arrival)
            try:
                self._open(record.get(data_key), answer, batch, budget)
            except UndecodableRecordError as error:
                answer.fail(error.reason)
            except Exception as error:
                log_unexpected(error)
                answer.fail("unexpected_error")
        for answer in answers.values():
            if answer.rejects and self._reject_stream is None:
                answer.fail("no_reject_stream")
            answer.settle()
        metrics.values["EventsDeduplicated"] = batch.deduplicated
        return list(answers.values())

    def _open(self, data: Any, answer: _Answer, batch: Batch, budget: InflateBudget) -> None:
        if not isinstance(data, str):
            raise UndecodableRecordError("no_data")
        try:
            raw = a2b_base64(data)
        except (Base64Error, ValueError):
            raise UndecodableRecordError("invalid_base64") from None
        if self._quick is not None:
            quick_rows = self._quick(raw)
            if quick_rows is not None:
                answer.rows += quick_rows
                answer.events += 1
                answer.unopened.append(raw)
                return
        envelope = open_record(raw, answer.entry.record_id, answer.arrival, budget, self._processor.read)
        answer.envelopes.append(envelope)
        if envelope.rows is not None:
            answer.rows += envelope.rows
            answer.events += envelope.rows.count(b"\n")
            return
        values = envelope.events.values
        answer.events += envelope.events.count
        rows = []
        for index, value in enumerate(values):
            try:
                if value.__class__ is Broken:
                    raise EventRejectedError([Reason("", value.rule, _BROKEN[value.rule])])
                row = batch.rows(value, index, envelope)
            except EventRejectedError as rejected:
                answer.rejects.append(Reject(envelope, index, rejected.reasons))
            except UndecodableRecordError:
                raise
            except RecursionError:
                reason = Reason("", "too_deep", _BROKEN["too_deep"])
                answer.rejects.append(Reject(envelope, index, [reason]))
            except Exception as error:
                log_unexpected(error)
                reason = Reason("", "unexpected_error", f"the transform raised {type(error).__name__}")
                answer.rejects.append(Reject(envelope, index, [reason]))
            else:
                if row is not None:
                    rows.append(row)
        envelope.events.release()
        answer.rows += b"".join(rows)

    def _handle_overflow(self, answers: list[_Answer], event: Mapping[str, Any], context: LambdaContext) -> None:
        size = size_of(answer.entry for answer in answers)
        stream = overflow.own_stream(event) if self._options.overflow == "put_back" else None
        chunks: list[Chunk] = []
        for index in range(len(answers) - 1, -1, -1):
            if size <= LIMIT:
                break
            answer = answers[index]
            if answer.entry.result != OK:
                continue
            size -= answer.entry.size
            opened = stream is not None and self._open_late(answer)
            attempts = max((envelope.attempt for envelope in answer.envelopes), default=0)
            if not opened or attempts >= self._options.overflow_attempts:
                answer.fail("overflow")
            else:
                # Its rejected events go back with it: they come to the reject stream when they come round again.
                answer.entry.drop()
                answer.put_back = True
                answer.rejects = []
                for envelope in answer.envelopes:
                    chunks += overflow.split(envelope, index)
            size += answer.entry.size
        if stream is not None:
            for owner in self._put(stream, chunks, context):
                answers[owner].put_back = False
                answers[owner].fail("overflow_put_failed")

    def _open_late(self, answer: _Answer) -> bool:
        """Open what the processor's short cut left unopened, since putting back needs envelopes; whether that works."""
        budget = InflateBudget(0, 0)  # gzip that a processor passes on unread is not taken apart
        try:
            for raw in answer.unopened:
                envelope = open_record(raw, answer.entry.record_id, answer.arrival, budget, self._processor.read)
                answer.envelopes.append(envelope)
        except UndecodableRecordError:
            return False
        return True

    def _put_rejects(self, answers: list[_Answer], context: LambdaContext, metrics: Metrics) -> None:
        lines: list[tuple[int, bytes]] = []
        now = int(self._now() * 1000)
        for index, answer in enumerate(answers):
            for reject in answer.rejects:
                metrics.values["EventsRejected"] += 1
                for rule in {reason.rule for reason in reject.reasons}:
                    metrics.rejected_by_rule[rule] += 1
            if answer.entry.result == FAILED:
                continue  # the error prefix gets the whole record
            for reject in answer.rejects:
                entry = answer.entry
                line = reject_line(reject, entry.record_id, answer.arrival, now, context.invoked_function_arn)
                lines.append((index, line))
        if self._reject_stream is not None:
            for owner in self._put(self._reject_stream, pack(lines), context):
                answers[owner].fail("reject_put_failed")

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

    def _count(self, answers: list[_Answer], metrics: Metrics) -> None:
        values = metrics.values
        good = [answer.rows for answer in answers if answer.entry.result == OK]
        failed = [answer.reason for answer in answers if answer.entry.result == FAILED]
        put_back = sum(answer.put_back for answer in answers)
        values["RecordsIn"] = len(answers)
        values["RecordsOk"] = len(good)
        values["RecordsDropped"] = len(answers) - len(good) - len(failed) - put_back
        values["RecordsFailed"] = len(failed)
        values["RecordsPutBack"] = put_back
        values["EventsIn"] = sum(answer.events for answer in answers)
        # A processor that keeps to a blueprint may write a row without a newline.
        values["EventsOut"] = sum(rows.count(b"\n") or 1 for rows in good)
        values["BytesOut"] = sum(map(len, good))
        values.setdefault("EventsRejected", 0)
        for reason in failed:
            values[f"RecordsFailed.{reason}"] += 1


def _arrival(given: Any, now: Callable[[], float]) -> int:
    """Epoch milliseconds of a record's arrival; older sample events write it as ISO text."""
    if given.__class__ in (int, float) and 0 <= given < 253_402_300_800_000:
        return int(given)
    if isinstance(given, str):
        try:
            return int(datetime.fromisoformat(given).timestamp() * 1000)
        except (ValueError, OverflowError):
            pass
    return int(now() * 1000)
