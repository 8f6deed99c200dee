"""How much of the public sample data the transforms take, file by file: ``python -m bench acceptance``.

Each line, event or string of a file is a record of its own. What becomes of each is counted: a row, a rejected event
with its reasons, a copy of an event before it, or a record that fails. Ends with an error where the counts
are not what they should be (facts/blueprints.md#real-logs, facts/goals.md#transform, goal 5); a file that is not here
is named.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import clickstream_transform
from clickstream_transform.contract.put import BatchPutter
from clickstream_transform.handler import _processor
from clickstream_transform.harness import Harness
from clickstream_transform.options import Options

SAMPLES = Path(os.environ.get("CLICKSTREAM_SHARED", Path(__file__).parents[2] / "shared")) / "data"
STREAM = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/samples"
SYSLOG = ("elastic_auth.log", "rocky9_messages", "rocky9_secure", "freebsd13_messages", "ubuntu16_kern.log")
HOSTILE = ("blns.json", "patt_xss_alert.txt", "patt_sqli_union.txt", "patt_command_exec.txt")

ENVELOPES = ("", "_nozip", "_page_url_web", "_with_items")

Read = Callable[[bytes], list[bytes]]


class Case(NamedTuple):
    """A file, what reads its records, what they go through, and how many of them become no row."""

    file: str
    read: Read
    options: dict[str, Any]
    misses: int


class Counts(NamedTuple):
    """What became of a file's records."""

    records: int
    rows: int
    rejected: int
    failed: int
    copies: int


class Rejects:
    """Takes what is put into the reject stream, and counts its lines."""

    def __init__(self) -> None:
        self.count = 0

    def put_record_batch(self, *, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> Any:  # noqa: N803
        self.count += sum(record["Data"].count(b"\n") for record in Records)
        return {"RequestResponses": [{"RecordId": "id"} for _ in Records]}


class Context:
    """An invocation with a minute left."""

    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:transform"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def counted(records: list[bytes], options: dict[str, Any]) -> Counts:
    """Send records through a processor, at most 2,000 at once."""
    chosen, rejects, emitted = Options.from_dict(options), Rejects(), list[str]()
    processor = _processor(str(Path(clickstream_transform.__file__).parent), chosen)
    harness = Harness(
        processor, chosen, reject_stream="rejects", putter=BatchPutter(lambda: rejects), emit=emitted.append
    )
    failed = 0
    for start in range(0, len(records), 2_000):
        batch = [
            {"recordId": str(start + index), "data": b64encode(record).decode()}
            for index, record in enumerate(records[start : start + 2_000])
        ]
        answers = harness.handle({"deliveryStreamArn": STREAM, "records": batch}, Context())["records"]
        if [answer["recordId"] for answer in answers] != [record["recordId"] for record in batch]:
            raise AssertionError("a record was not answered once")
        failed += sum(answer["result"] == "ProcessingFailed" for answer in answers)
    metrics = [json.loads(line) for line in emitted]
    rows, copies = (sum(line[name] for line in metrics) for name in ("EventsOut", "EventsDeduplicated"))
    return Counts(len(records), rows, rejects.count, failed, copies)


def lines(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.strip()]


def named_by(member: str) -> Read:
    """Events that are click events once the member that names them is called ``event_name``."""

    def read(data: bytes) -> list[bytes]:
        events = [json.loads(line) for line in lines(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)]
        events = [event["event"] if isinstance(event.get("event"), dict) else event for event in events]
        return [json.dumps({"event_name": event.get(member)} | event).encode() for event in events]

    return read


def collected(data: bytes) -> list[bytes]:
    """Events in the envelopes of a collector, one a line: ``data`` is JSON as text, or base64 of its gzip."""
    events = []
    for line in lines(data):
        text = json.loads(line)["data"]
        found = json.loads(text if text[:1] in "[{" else gzip.decompress(b64decode(text)))
        events += found if isinstance(found, list) else [found]
    return [json.dumps({"event_name": event["event_type"]} | event).encode() for event in events]


def exported(data: bytes) -> list[bytes]:
    """Rows of a GA4 export: cells are texts, so all but the event's name and the visitor are free members."""
    rows = csv.DictReader(data.decode().splitlines())
    return [
        json.dumps({"event_name": row["name"], "anonymous_id": row["user_pseudo_id"], "properties": row}).encode()
        for row in rows
    ]


def batched(data: bytes) -> list[bytes]:
    """The records of a batch as Firehose hands it to a function."""
    return [b64decode(record["data"]) for record in json.loads(data)["records"]]


def titles(data: bytes) -> list[bytes]:
    """Events that have a hostile string for their title."""
    texts = json.loads(data) if data[:1] == b"[" else data.decode("utf-8", "surrogateescape").splitlines()
    return [json.dumps({"event_name": "e", "page_title": text}).encode() for text in texts]


CASES = [
    Case("apache/elastic_apache_logs.log", lines, {"processor": "apache_log_to_json"}, 0),
    Case("apache/elastic_apache_logs.log", lines, {"processor": "apache_log_to_csv"}, 0),
    Case("apache/elastic_apache_logs.log", lines, {"processor": "apache_log_to_json", "strict": True}, 669),
    Case("apache/apachelogs_vhost_combined.log", lines, {"processor": "apache_log_to_json"}, 1),
    *(Case(f"syslog/{name}", lines, {"processor": "syslog_to_json"}, 0) for name in SYSLOG),
    *(Case(f"syslog/{name}", lines, {"processor": "syslog_to_csv"}, 0) for name in SYSLOG),
    *(
        Case(f"syslog/{name}", lines, {"processor": "syslog_to_json", "strict": True}, int(name == "rocky9_messages"))
        for name in SYSLOG
    ),
    Case("clickstream/aws_clickstream_3000_events.jsonl.gz", named_by("event_type"), {}, 0),
    Case("clickstream/segment_spec_examples.jsonl", named_by("type"), {}, 0),
    *(Case(f"clickstream/aws_raw_original_data{name}.json", collected, {}, 0) for name in ENVELOPES),
    # One event, sent three times.
    Case("clickstream/aws_raw_original_data_nozip_client_time.json", collected, {}, 2),
    Case("clickstream/fivetran_ga4_event_data.csv", exported, {}, 0),
    # Rows of another system's: its session_number is a text, and all of them are rejected for it.
    Case("clickstream/aws_event_v2_session_dataset.jsonl", lines, {}, 10),
    *(Case(f"hostile/{name}", titles, {}, 0) for name in HOSTILE),
    Case("firehose_events/aws_sam_apachelog-to-json.testEvent.json", batched, {"processor": "apache_log_to_json"}, 0),
    # The second of two is an Apache line.
    Case("firehose_events/aws_sam_syslog-to-csv.testEvent.json", batched, {"processor": "syslog_to_csv"}, 1),
    # "Hello World" is no JSON.
    Case("firehose_events/powertools_kinesisFirehosePutEvent.json", batched, {"processor": "general"}, 1),
    Case("firehose_events/powertools_kinesisFirehoseKinesisEvent.json", batched, {"processor": "general"}, 1),
    Case("firehose_events/aws_lambda_go_kinesis-firehose-event.json", batched, {"processor": "general"}, 2),
]


def main() -> int:
    """Print the table; the number of files whose counts are wrong."""
    wrong = 0
    print(f"{'file':66}{'through':30}{'records':>8}{'rows':>8}{'rate':>8}{'rejected':>10}{'failed':>8}{'copies':>8}")
    for case in CASES:
        file = SAMPLES / case.file
        through = " ".join([case.options.get("processor", "click"), *(["strict"] if "strict" in case.options else [])])
        if not file.exists():
            print(f"{case.file:66}{through:30}{'not here':>8}")
            continue
        counts = counted(case.read(file.read_bytes()), case.options)
        complete = counts.rows + counts.rejected + counts.failed + counts.copies == counts.records
        good = complete and counts.records - counts.rows == case.misses
        wrong += not good
        print(
            f"{case.file:66}{through:30}{counts.records:>8,}{counts.rows:>8,}{counts.rows / counts.records:>8.1%}"
            f"{counts.rejected:>10,}{counts.failed:>8,}{counts.copies:>8,}"
            + ("" if good else f"   wrong: {case.misses} misses are known")
        )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
