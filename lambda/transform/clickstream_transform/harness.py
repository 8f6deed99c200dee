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

from clickstream_transform.contract import overflow
from clickstream_transform.contract.chunks import Chunk, pack
from clickstream_transform.contract.processor import Batch, Processor
from clickstream_transform.contract.put import BatchPutter
from clickstream_transform.contract.record_result import Answer
from clickstream_transform.contract.reject import Reject, RejectBudget, reject_line
from clickstream_transform.contract.reply import FAILED, LIMIT, OK, size_of
from clickstream_transform.errors import EventRejectedError, Reason, UndecodableRecordError
from clickstream_transform.log import log_unexpected
from clickstream_transform.metrics import Metrics
from clickstream_transform.options import Options
from clickstream_transform.records.envelope import Envelope, open_record
from clickstream_transform.records.inflate import InflateBudget
from clickstream_transform.records.json_values import Broken
from clickstream_transform.timestamps import YEAR_10000

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


class _Invocation:
    """What one invocation may still use up, and its batch."""

    __slots__ = ("batch", "inflate", "rejects")

    def __init__(self, batch: Batch, inflate: InflateBudget, rejects: RejectBudget) -> None:
        self.batch = batch
        self.inflate = inflate
        self.rejects = rejects


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
        self._keys = options.partition_keys if options.partition_keys else None
        # Partition keys come from what the short cut does not read.
        self._quick = processor.quick if self._keys is None else None
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
        return {"records": [answer.as_dict() for answer in answers]}

    def _answers(self, records: list[Any], metrics: Metrics) -> list[Answer]:
        options = self._options
        invocation = _Invocation(
            self._processor.begin(),
            InflateBudget(options.max_inflated_record_bytes, options.max_inflated_call_bytes),
            RejectBudget(),
        )
        answers: dict[str, Answer] = {}
        for record in records:
            record_id = record.get("recordId") if isinstance(record, dict) else None
            if not isinstance(record_id, str):
                continue  # there is nothing that an answer could name
            data_key = "kafkaRecordValue" if "kafkaRecordValue" in record else "data"
            answer = answers.get(record_id)
            if answer is None:
                arrival = record.get("approximateArrivalTimestamp")
                if arrival.__class__ is not int or not 0 <= arrival < YEAR_10000:
                    arrival = _arrival(arrival, self._now)
                answer = answers[record_id] = Answer(record_id, data_key, arrival)
            try:
                self._transform(record.get(data_key), answer, invocation)
            except UndecodableRecordError as error:
                answer.rejects = ()  # the error prefix gets the whole record
                answer.give_up(error.reason)
            except Exception as error:
                log_unexpected(error)
                answer.give_up("unexpected_error")
            if answer.rejects and self._reject_stream is None:
                answer.give_up("no_reject_stream")
        metrics.values["EventsDeduplicated"] = invocation.batch.deduplicated
        return list(answers.values())

    def _transform(self, data: Any, answer: Answer, invocation: _Invocation) -> None:
        if not isinstance(data, str):
            raise UndecodableRecordError("no_data")
        try:
            raw = a2b_base64(data)
        except (Base64Error, ValueError):
            raise UndecodableRecordError("invalid_base64") from None
        answer.sources += (data,)
        if self._quick is not None:
            rows = self._quick(raw)
            if rows is not None:
                answer.unread = True
                answer.events += 1
                answer.add(rows)
                return
        envelope = open_record(raw, answer.record_id, answer.arrival, invocation.inflate, self._processor.read)
        if self._keys is not None and answer.partition_keys is None:
            answer.partition_keys = self._keys.of(envelope, answer.arrival)
        if envelope.rows is not None:
            answer.events += envelope.rows.count(b"\n")
            answer.add(envelope.rows)
            return
        answer.events += envelope.events.count
        answer.add(self._rows(envelope, answer, invocation))
        envelope.events.release()

    def _rows(self, envelope: Envelope, answer: Answer, invocation: _Invocation) -> bytes:
        """The rows of a record's good events; the others become rejects of the answer."""
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
            answer.rejects += (Reject(envelope, index, reasons),)
            invocation.rejects.spend(len(answer.rejects))
        return b"".join(rows)

    def _handle_overflow(self, answers: list[Answer], event: Mapping[str, Any], context: LambdaContext) -> None:
        size = size_of(answers)
        stream = overflow.own_stream(event) if self._options.overflow == "put_back" else None
        chunks: list[Chunk] = []
        for index in range(len(answers) - 1, -1, -1):
            if size <= LIMIT:
                break
            answer = answers[index]
            if answer.result != OK:
                continue
            size -= answer.size
            envelopes = self._open_again(answer) if stream is not None else []
            if not envelopes or max(envelope.attempt for envelope in envelopes) >= self._options.overflow_attempts:
                answer.give_up("overflow")
            else:
                # Its rejected events go back with it: they come to the reject stream when they come round again.
                answer.drop()
                answer.put_back = True
                answer.rejects = ()
                for envelope in envelopes:
                    chunks += overflow.split(envelope, index)
            size += answer.size
        if stream is not None:
            for owner in self._put(stream, chunks, context):
                answers[owner].put_back = False
                answers[owner].give_up("overflow_put_failed")

    def _open_again(self, answer: Answer) -> list[Envelope]:
        """Open what came under an answer's id once more; empty where nothing can be taken apart."""
        # Gzip that a processor passed on unread stays whole.
        bound = 0 if answer.unread else self._options.max_inflated_record_bytes
        name, arrival, read = answer.record_id, answer.arrival, self._processor.read
        try:
            envelopes = [
                open_record(a2b_base64(data), name, arrival, InflateBudget(bound, bound), read)
                for data in answer.sources
            ]
        except UndecodableRecordError:
            return []
        for envelope in envelopes:
            envelope.events.release()
        return envelopes

    def _put_rejects(self, answers: list[Answer], context: LambdaContext, metrics: Metrics) -> None:
        lines: list[tuple[int, bytes]] = []
        now = int(self._now() * 1000)
        for index, answer in enumerate(answers):
            for reject in answer.rejects:
                metrics.values["EventsRejected"] += 1
                for rule in {reason.rule for reason in reject.reasons}:
                    metrics.rejected_by_rule[rule] += 1
            if answer.result == FAILED:
                continue  # the error prefix gets the whole record
            for reject in answer.rejects:
                line = reject_line(reject, answer.record_id, answer.arrival, now, context.invoked_function_arn)
                lines.append((index, line))
        if self._reject_stream is not None:
            for owner in self._put(self._reject_stream, pack(lines), context):
                answers[owner].give_up("reject_put_failed")

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

    def _count(self, answers: list[Answer], metrics: Metrics) -> None:
        values = metrics.values
        good = [answer for answer in answers if answer.result == OK]
        failed = [answer.reason for answer in answers if answer.result == FAILED]
        put_back = sum(answer.put_back for answer in answers)
        values["RecordsIn"] = len(answers)
        values["RecordsOk"] = len(good)
        values["RecordsDropped"] = len(answers) - len(good) - len(failed) - put_back
        values["RecordsFailed"] = len(failed)
        values["RecordsPutBack"] = put_back
        values["EventsIn"] = sum(answer.events for answer in answers)
        values["EventsOut"] = sum(answer.rows for answer in good)
        values["BytesOut"] = sum(answer.bytes_out for answer in good)
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
