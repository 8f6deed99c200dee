"""The blueprints in the harness against the logic of the published ones, carried over to Python 3.

    python bench/blueprints.py [rounds]

Whole handlers on the same batches: base64 in, base64 out, reply built. Ours isolate records, count the reply and write
metrics; the others do what facts/blueprints.md#general says of them. Interleaved, CPU time, best round of each; the
ratio is ours
over theirs, so more is better. Log lines are the sample data's where it lies beside the checkout, else made up.
Writes ``bench/reports/blueprints.md``.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dateutil import parser as dates

sys.path.insert(0, str(Path(__file__).parents[1] / "lambda" / "transform"))

from clickstream_transform.blueprints import make_blueprint
from clickstream_transform.harness import Harness
from clickstream_transform.options import Options

SHARED = Path(os.environ.get("CLICKSTREAM_SHARED", Path(__file__).parents[2] / "shared"))
REPORT = Path(__file__).parent / "reports" / "blueprints.md"
STREAM = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs"
APACHE = (
    '192.0.2.{} - - [17/May/2015:10:05:{:02} +0000] "GET /shop/{} HTTP/1.1" 200 {} "https://a.example/" "Mozilla/5.0"'
)
SYSLOG = "Mar 27 13:06:{:02} web-{} sshd[{}]: Accepted publickey for user from 192.0.2.7 port {} ssh2"

Handler = Callable[[dict[str, Any]], Any]
Batch = dict[str, Any]


class Context:
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:transform"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def lines(name: str, template: str, count: int) -> list[bytes]:
    file = SHARED / "data" / name
    if file.exists():
        return [line for line in file.read_bytes().split(b"\n") if line][:count]
    return [template.format(n % 60, n % 60, n, n).encode() for n in range(count)]


def batch(records: list[bytes]) -> Batch:
    return {
        "invocationId": "bench",
        "deliveryStreamArn": STREAM,
        "region": "eu-west-1",
        "records": [
            {
                "recordId": f"4954{n:052}000000",
                "approximateArrivalTimestamp": 1_795_255_200_999,
                "data": base64.b64encode(record).decode(),
            }
            for n, record in enumerate(records)
        ],
    }


def ours(processor: str, **options: Any) -> Handler:
    chosen = Options(processor=processor, **options)
    harness = Harness(make_blueprint(chosen), chosen, reject_stream="rejects", emit=lambda line: None)
    return lambda event: harness.handle(event, Context())


def theirs(row: Callable[[str], str | None]) -> Handler:
    def handle(event: Batch) -> Batch:
        answers = []
        for record in event["records"]:
            result = row(base64.b64decode(record["data"]).decode("utf-8"))
            if result is None:
                answer = {"recordId": record["recordId"], "result": "ProcessingFailed", "data": record["data"]}
            else:
                data = base64.b64encode(result.encode("utf-8")).decode()
                answer = {"recordId": record["recordId"], "result": "Ok", "data": data}
            answers.append(answer)
        return {"records": answers}

    return handle


APACHE_JSON = re.compile(r'^([\d.]+) (\S+) (\S+) \[([\w:/]+)(\s[\+\-]\d{4}){0,1}\] "(.+?)" (\d{3}) (\d+)')
APACHE_CSV = re.compile(r'^([\d.]+) (\S+) (\S+) \[([\w:/]+\s[\+\-]\d{4})\] "(.+?)" (\d{3}) (\d+)')
SYSLOG_LINE = re.compile(
    r"^((?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\s+(?:0[1-9]|[12][0-9]|3[01]|[1-9])\s+(?:2[0-3]|[01]?[0-9]):[0-5][0-9]:"
    r"(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?) (?:<[0-9]+\.[0-9]+> )?([a-zA-Z0-9._-]+) ([\w\._/%-]+)"
    r"(?:\[([1-9][0-9]*)\])?: (.*)"
)


def apache_json(text: str) -> str | None:
    found = APACHE_JSON.match(text)
    if found is None:
        return None
    host, ident, user, when, offset, request, status, size = found.groups()
    row: dict[str, Any] = {"host": host, "ident": ident, "authuser": user}
    row["@timestamp"] = dates.parse(when.replace(":", " ", 1)).isoformat()
    row |= {"request": request, "response": int(status), "bytes": int(size)}
    if len(words := request.split(" ")) > 1:
        row["verb"] = words[0]
    if offset:
        row["timezone"] = offset.strip()
        row["@timestamp_utc"] = dates.parse(when.replace(":", " ", 1) + offset).astimezone(UTC).isoformat()
    return json.dumps(row)


def apache_csv(text: str) -> str | None:
    found = APACHE_CSV.match(text)
    return None if found is None else ",".join(found.groups()) + "\n"


def syslog_json(text: str) -> str | None:
    found = SYSLOG_LINE.match(text)
    if found is None:
        return None
    names = ("timestamp", "hostname", "program", "processid", "message")
    return json.dumps(dict(zip(names, found.groups(), strict=True)))


def syslog_csv(text: str) -> str | None:
    found = SYSLOG_LINE.match(text)
    return None if found is None else ",".join(group or "null" for group in found.groups()) + "\n"


def general(text: str) -> str:
    value = json.loads(text)
    value["processed"] = True
    return json.dumps(value) + "\n"


def message_line(event: dict[str, Any]) -> str:
    return str(event["message"]) + "\n"


def cloudwatch(event: Batch) -> Batch:
    answers = []
    for record in event["records"]:
        document = json.loads(gzip.decompress(base64.b64decode(record["data"])))
        text = "".join(message_line(one) for one in document["logEvents"])
        data = base64.b64encode(text.encode("utf-8")).decode()
        answers.append({"data": data, "result": "Ok", "recordId": record["recordId"]})
    size = 0
    for answer in answers:
        if answer["result"] != "Ok":
            continue
        if len(answer["data"]) > 6_000_000:
            raise ValueError("the batches here are small enough")
        size += len(answer["data"]) + len(answer["recordId"])
    return {"records": answers, "size": size}


def log_documents(messages: list[bytes], size: int) -> list[bytes]:
    documents = []
    for start in range(0, len(messages), size):
        events = [
            {"id": f"3367980014469742255441539541{n:028}", "timestamp": 1_510_254_471_089 + n, "message": text.decode()}
            for n, text in enumerate(messages[start : start + size])
        ]
        document = {"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/web", "logStream": "i-1"}
        documents.append(gzip.compress(json.dumps(document | {"logEvents": events}).encode(), 6))
    return documents


def measure(handlers: list[Handler], event: Batch, rounds: int) -> list[float]:
    best = [float("inf")] * len(handlers)
    for _ in range(rounds):
        for index, handler in enumerate(handlers):
            start = time.process_time()
            handler(event)
            best[index] = min(best[index], time.process_time() - start)
    return best


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    apache = batch(lines("apache/elastic_apache_logs.log", APACHE, 4_000))
    messages = lines("syslog/elastic_auth.log", SYSLOG, 6_000)
    syslog = batch(messages)
    clicks = [
        json.dumps(
            {"event_id": f"{n:032x}", "event_name": "click", "page_url": f"https://shop.example/{n}", "x": n} | PAD
        )
        for n in range(6_000)
    ]
    documents = batch(log_documents(lines("apache/elastic_apache_logs.log", APACHE, 6_000), 40))
    rows: list[tuple[str, Handler, Handler, Batch, int, float | None]] = [
        (
            "general",
            ours("general"),
            theirs(general),
            batch([c.encode() for c in clicks]),
            len(clicks),
            0.95,
        ),
        ("Apache to JSON", ours("apache_log_to_json"), theirs(apache_json), apache, len(apache["records"]), 5.5),
        ("Apache to CSV", ours("apache_log_to_csv"), theirs(apache_csv), apache, len(apache["records"]), None),
        ("syslog to JSON", ours("syslog_to_json"), theirs(syslog_json), syslog, len(messages), 1.0),
        ("syslog to CSV", ours("syslog_to_csv"), theirs(syslog_csv), syslog, len(messages), None),
        (
            "CloudWatch Logs, messages as they are",
            ours("cloudwatch_logs", strict=True),
            cloudwatch,
            documents,
            6_000,
            0.95,
        ),
        ("CloudWatch Logs, rows", ours("cloudwatch_logs"), cloudwatch, documents, 6_000, None),
    ]
    report = [
        "# Speed of the blueprints",
        "",
        f"`python -m bench blueprints` on {datetime.now(UTC):%Y-%m-%d}: Python {platform.python_version()}.",
        f"Events a CPU second of ours and of the published logic on Python 3, the best of {rounds} interleaved rounds.",
        "",
        "| blueprint | ours | published | ours over published | goal |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, mine, other, event, events, goal in rows:
        own, peer = measure([mine, other], event, rounds)
        figures = f"{events / own:,.0f} | {events / peer:,.0f} | {peer / own:.2f}"
        report.append(f"| {name} | {figures} | {goal or ''} |")
    text = "\n".join(report) + "\n"
    print(text)
    REPORT.write_text(text, "utf-8")


PAD = {
    "client_time": "2026-01-02T03:04:05.123Z",
    "page_title": "Running shoes for the long way round - Shop",
    "page_referrer": "https://search.example/?q=running+shoes",
    "anonymous_id": "0b7f6a52-6a3c-4a53-9f0e-1f2a3b4c5d6e",
    "session_id": "8c1f5b7e-9f0e-4a53-9f0e-1f2a3b4c5d6e",
    "properties": {"variant": "b", "price": 89.9, "sizes": [41, 42, 43], "in_stock": True},
}

if __name__ == "__main__":
    main()
