"""What must hold of the transform whatever bytes come in: the function that the fuzzer calls.

One input is a few records of one batch. Beside them stand two good records whose answer is known. An exception that the
harness has to catch as unexpected counts as a finding too, although the batch would survive it. So does what costs more
than its size allows, and what is lost or invented (``oracles.py``).
"""

from __future__ import annotations

import gzip
import json
import zlib
from binascii import a2b_base64, b2a_base64
from contextlib import suppress
from pathlib import Path
from typing import Any

import clickstream_transform
from bench.fuzz import oracles
from clickstream_transform import harness as harness_module
from clickstream_transform.contract.per_event import PerEvent
from clickstream_transform.contract.put import BatchPutter
from clickstream_transform.contract.record_result import LIMIT
from clickstream_transform.handler import _processor
from clickstream_transform.harness import Harness
from clickstream_transform.options import Options
from clickstream_transform.records.envelope import Envelope, open_record
from clickstream_transform.records.inflate import InflateBudget

PACKAGE = Path(clickstream_transform.__file__).parent
ARRIVAL = 1_795_255_200_999
CONTEXT_LINE = b'{"clickstream":1,"kind":"request","received_at":1795255200123,"ip":"203.0.113.9","boundary":"b=1"}\n'
MAX_INFLATED = 1 << 20
SEPARATOR = b"\x00\xfe\x00"
"""Between the records of one input."""

APACHE = b'64.242.88.10 - - [07/Mar/2004:16:10:02 -0800] "GET /a?b=c HTTP/1.1" 200 6291 "http://a.example/" "curl/8"'
SYSLOG = b"Jan 12 06:30:00 host sshd[12]: Accepted publickey for someone"
SYSLOG_5424 = b'<34>1 2003-10-11T22:14:15.003Z h su 1 ID47 [a@1 b="c\\]"] \xef\xbb\xbfm'
LOGS = gzip.compress(
    b'{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":["f"],'
    b'"logEvents":[{"id":"1","timestamp":1510109208016,"message":"m 1"},'
    b'{"id":"2","timestamp":1510109208017,"message":"n"}]}',
    mtime=0,
)
CLICK = (
    b'{"event_name":"click","event_id":"1","client_time":"2026-11-21T09:00:00.000Z","sent_at":"2026-11-21T10:00:01+01:00",'
    b'"page_url":"https://u:p@a.example:8443/b%20c?utm_source=x&gclid=1&email=a@b.example#d","page_referrer":"https://t.co/1",'
    b'"session_number":1.0,"viewport_width":99999,"value":1e400,"properties":{"a":[null,true,"x@y.example"]},"plan":"free"}'
)

SEEDS: dict[str, list[bytes]] = {
    "click": [
        CLICK,
        b"[" + CLICK + b",7,{}]",
        b'{\n "event_name": "a",\n "properties": {"\\ud800": NaN}\n}{"event_name":"b"}\n{oops',
        CONTEXT_LINE + CLICK + b"\nb=1\n",
        CONTEXT_LINE.replace(b"request", b"split").replace(b'"boundary":"b=1"', b'"identity":"i","first":2,"attempt":1')
        + CLICK,
        CONTEXT_LINE.replace(b"request", b"transformed").replace(b'"boundary":"b=1"', b'"attempt":1') + b'{"a":1}\n',
        gzip.compress(CLICK, mtime=0),
    ],
    "per_event": [b'{"a":1}', b'[{"a":"b"},{"c":NaN}]', b"\xff"],
    "general": [b'{"a":1}', b"text", b"\xff"],
    "apache_log_to_json": [APACHE, APACHE.replace(b"64.242.88.10", b"a.example:443 ::1"), b"\n".join([APACHE] * 3)],
    "apache_log_to_csv": [APACHE, APACHE.replace(b"GET /a", b'=\\"x, y')],
    "syslog_to_json": [SYSLOG, SYSLOG_5424, b"<13>" + SYSLOG],
    "syslog_to_csv": [SYSLOG, SYSLOG.replace(b"Accepted", b'@SUM(1), "q"')],
    "cloudwatch_logs": [LOGS, gzip.compress(b'{"messageType":"CONTROL_MESSAGE"}', mtime=0), b"{}"],
}


class LambdaContext:
    """An invocation with a minute left."""

    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:transform"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Firehose:
    """Takes whatever is put, and keeps it."""

    def __init__(self) -> None:
        self.records: list[bytes] = []

    def put_record_batch(self, *, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> Any:  # noqa: N803
        self.records += [record["Data"] for record in Records]
        return {"RequestResponses": [{} for _ in Records]}


class UnexpectedError(AssertionError):
    """The harness had to catch something that no part of the transform meant to raise."""


def raise_unexpected(error: BaseException) -> None:
    raise UnexpectedError(f"{type(error).__name__}: {error}") from error


class Target:
    """Calls the handler's harness with one input and asserts what must hold."""

    def __init__(self, processor: str) -> None:
        options = Options.from_dict({"processor": processor, "max_inflated_record_bytes": MAX_INFLATED})
        self._columns = json.loads((PACKAGE / "click.schema.json").read_text("utf-8"))["properties"]
        self._name = processor
        self._processor = PerEvent(dict) if processor == "per_event" else _processor(str(PACKAGE), options)
        self._firehose = Firehose()
        self._metrics: dict[str, Any] = {}
        self._harness = Harness(
            self._processor,
            options,
            reject_stream="rejects",
            putter=BatchPutter(lambda: self._firehose),
            emit=lambda line: self._metrics.update(json.loads(line)),
        )
        self._good = SEEDS[processor][0]
        # The harness would log it and go on.
        harness_module.log_unexpected = raise_unexpected  # type: ignore[attr-defined]
        self._clean = self._answers([self._good, self._good + b" "])

    def __call__(self, data: bytes) -> None:
        """One input: its first byte says how its records are wrapped."""
        wrap = data[0] if data else 0
        records = data[1:].split(SEPARATOR)[:8]
        if wrap & 1:
            records = [CONTEXT_LINE + record + b"\nb=1\n" for record in records]
        if wrap & 2:
            records = [gzip.compress(record, 1, mtime=0) for record in records]
        records = [self._good, *records, self._good + b" "]
        size = sum(len(record) + len(oracles.inflated(record)) for record in records)
        answers = oracles.counted(lambda: self._answers(records), size)
        assert [answers[0], answers[-1]] == self._clean, "a good record came out otherwise than alone"
        for record, answer in zip(records, answers, strict=True):
            self._check(answer, self._name == "click" and not passes_on(record))
        self._check_conservation(records, answers)
        rows = sum(len(answer.get("data", "")) * 3 // 4 for answer in answers)
        put = sum(map(len, self._firehose.records))
        oracles.check_bytes(rows + put, size, len(records), self._metrics["EventsOut"])

    def _answers(self, records: list[bytes]) -> list[dict[str, Any]]:
        ids = ["first", *[f"record{number}" for number in range(len(records) - 2)], "last"]
        event = {
            "deliveryStreamArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks",
            "records": [
                {
                    "recordId": record_id,
                    "approximateArrivalTimestamp": ARRIVAL,
                    "data": b2a_base64(record, newline=False).decode(),
                }
                for record_id, record in zip(ids, records, strict=True)
            ],
        }
        self._firehose.records.clear()
        self._metrics.clear()
        reply = self._harness.handle(event, LambdaContext())
        assert len(json.dumps(reply)) <= LIMIT, "the answer is above the limit"
        answers: list[dict[str, Any]] = reply["records"]
        assert [answer["recordId"] for answer in answers] == ids, "not every record is answered once, in order"
        return answers

    def _check_conservation(self, records: list[bytes], answers: list[dict[str, Any]]) -> None:
        oracles.check_events(self._metrics)
        found = [json.loads(line) for put in self._firehose.records for line in put.splitlines()]
        if self._metrics["EventsDeduplicated"] or any("events" in reject for reject in found):
            return  # which row is whose, and which of many rejected events share one, is not told
        rejects = {reject["reject_id"]: reject for reject in found}
        for record, answer in zip(records, answers, strict=True):
            if answer["result"] == "ProcessingFailed":
                continue  # Firehose keeps the record
            envelope = self._opened(record, answer["recordId"])
            if envelope.rows is not None:  # passed on unchanged
                continue
            if self._name != "cloudwatch_logs":
                oracles.check_reading(
                    oracles.inflated(record), envelope, of_json=self._name in ("click", "per_event", "general")
                )
            events = oracles.accepted(answer["recordId"], envelope, rejects)
            oracles.check_rows(self._name, a2b_base64(answer.get("data", "")), events)

    def _opened(self, record: bytes, record_id: str) -> Envelope:
        budget = InflateBudget(MAX_INFLATED, MAX_INFLATED)
        return open_record(record, record_id, ARRIVAL, budget, self._processor.read)

    def _check(self, answer: dict[str, Any], ours: bool) -> None:
        if answer["result"] != "Ok":
            assert answer["result"] in ("Dropped", "ProcessingFailed")
            assert set(answer) == {"recordId", "result"}, "data on a record that is not Ok"
            return
        rows = a2b_base64(answer["data"])
        assert rows, "Ok without rows"
        if ours:
            assert rows.endswith(b"\n")
            for line in rows.decode().split("\n")[:-1]:
                self._check_row(json.loads(line, parse_constant=refuse))

    def _check_row(self, row: dict[str, Any]) -> None:
        for name, value in row.items():
            kind = self._columns[name]["type"]
            if kind == "integer":
                assert type(value) is int, name
                assert -(2**63) <= value < 2**63, name
            else:
                assert type(value) in TYPES[kind], name


def passes_on(record: bytes) -> bool:
    """Whether a record may be of the kind ``transformed``, whose rows are not ours to judge."""
    with suppress(OSError, EOFError, zlib.error):
        record = gzip.decompress(record)
    return b"transformed" in record


TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "object": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
}


def refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")
