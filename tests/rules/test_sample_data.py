"""Public sample data goes through: AWS's own sample events, real click events, hostile strings."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest

from support.blueprints import Blueprint
from support.sample_data import sample_lines, shared_file
from support.transform_harness import Transform, raw_of, request, rows_of

SAMPLES = [
    "aws_lambda_go_kinesis-firehose-event.json",
    "aws_sam_apachelog-to-json.testEvent.json",
    "aws_sam_cloudwatch-logs-processor.testEvent.json",
    "aws_sam_syslog-to-csv.testEvent.json",
    "powertools_kinesisFirehoseKinesisEvent.json",
    "powertools_kinesisFirehosePutEvent.json",
]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_event_is_answered_once_for_every_id(name: str) -> None:
    """None of them holds click events; what matters is that each gets an answer, ids that come twice included."""
    event = json.loads(shared_file(f"data/firehose_events/{name}").read_text("utf-8"))
    answers = Transform().reply(event)["records"]
    assert [answer["recordId"] for answer in answers] == list(dict.fromkeys(r["recordId"] for r in event["records"]))
    assert {answer["result"] for answer in answers} <= {"Dropped", "ProcessingFailed"}


def real_events() -> list[dict[str, Any]]:
    lines = gzip.decompress(
        shared_file("data/clickstream/aws_clickstream_3000_events.jsonl.gz").read_bytes()
    ).splitlines()
    return [json.loads(line) for line in lines]


def test_three_thousand_real_events_become_as_many_rows_with_everything_they_said() -> None:
    events = [{"event_name": event["event_type"]} | event for event in real_events()]
    records = [request(json.dumps(events[n : n + 100]).encode(), boundary=str(n)) for n in range(0, len(events), 100)]
    rows = Transform(redact=[]).rows(*records[:15]) + Transform(redact=[]).rows(*records[15:])
    assert [row["event_id"] for row in rows] == [event["event_id"] for event in events]
    for event, row in zip(events, rows, strict=True):
        kept = json.loads(row["properties"]) | row
        assert all(name in kept for name in event)
        assert kept["user"] == event["user"]


def test_events_without_a_name_are_all_in_the_reject_stream_as_they_came() -> None:
    events = real_events()[:500]
    lines = [json.dumps(event).encode() for event in events]
    transform = Transform()
    (answer,) = transform(b"\n".join(lines))
    assert answer["result"] == "Dropped"
    assert [raw_of(reject) for reject in transform.rejects()] == lines


EVENT_FILES = [
    "clickstream/aws_event_v2_session_dataset.jsonl",
    "clickstream/segment_spec_examples.jsonl",
    "vendor_sdks/amplitude.jsonl",
    "vendor_sdks/ga4.jsonl",
    "vendor_sdks/matomo.jsonl",
    "vendor_sdks/mixpanel.jsonl",
    "vendor_sdks/posthog.jsonl",
    "vendor_sdks/rudderstack.jsonl",
    "vendor_sdks/segment.jsonl",
    "vendor_sdks/snowplow.jsonl",
]


@pytest.mark.parametrize("name", EVENT_FILES)
def test_no_real_event_costs_a_tenth_of_what_one_may(name: str) -> None:
    from clickstream_transform.click.enrich.redact import Redactor
    from clickstream_transform.options import QUERY_KEYS
    from clickstream_transform.records.work import MAX_EVENT_STEPS, MAX_RECORD_STEPS, Work

    redactor = Redactor(("*",), QUERY_KEYS, frozenset())
    for line in sample_lines(name):
        work = Work()
        redactor.redacted_event({"event": json.loads(line)}, work)
        assert MAX_RECORD_STEPS - work._left < MAX_EVENT_STEPS / 10


def hostile_strings() -> list[str]:
    strings: list[str] = json.loads(shared_file("data/hostile/blns.json").read_text("utf-8"))
    for name in ("patt_xss_alert.txt", "patt_sqli_union.txt", "patt_command_exec.txt"):
        strings += shared_file(f"data/hostile/{name}").read_text("utf-8", "surrogateescape").splitlines()
    return strings


def test_hostile_strings_come_out_of_a_text_column_as_they_went_in() -> None:
    strings = hostile_strings()
    body = "\n".join(json.dumps({"event_name": "e", "page_title": text}) for text in strings)
    rows = Transform(redact=[]).rows(request(body.encode()))
    assert len(rows) == len(strings)
    for text, row in zip(strings, rows, strict=True):
        mended = text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
        if "encoding" not in row.get("enrich_flags", []):
            assert row.get("page_title", "") == mended[:2000]


def test_hostile_strings_in_every_column_never_cost_a_neighbour() -> None:
    from support.transform_harness import CLICK_SCHEMA

    transform = Transform()
    good = b'{"event_name":"good"}'
    for text in hostile_strings()[::7]:
        every = json.dumps(dict.fromkeys(CLICK_SCHEMA["properties"], text) | {text: text}).encode()
        (answer,) = transform(request(good + every + b"\n" + text.encode("utf-8", "surrogateescape") + b"\n" + good))
        assert [row["event_name"] for row in rows_of(answer)].count("good") == 2


def test_hostile_user_agents_and_addresses_are_carried_or_left_out() -> None:
    transform = Transform()
    for text in hostile_strings()[::5]:
        row = transform.row({"event_name": "e"}, user_agent=text, ip=text, country=text)
        assert "country" not in row or len(row["country"]) == 2


SAMPLES = [
    ("apache_log_to_json", "aws_sam_apachelog-to-json.testEvent.json", ["Ok"]),
    ("apache_log_to_csv", "aws_sam_apachelog-to-json.testEvent.json", ["Ok"]),
    # Two records with one id: the second is no syslog, and the id is answered once.
    ("syslog_to_csv", "aws_sam_syslog-to-csv.testEvent.json", ["Ok"]),
    ("general", "powertools_kinesisFirehosePutEvent.json", ["ProcessingFailed", "Ok"]),
    ("general", "aws_lambda_go_kinesis-firehose-event.json", ["ProcessingFailed", "ProcessingFailed"]),
]


@pytest.mark.parametrize(("name", "file", "results"), SAMPLES)
def test_published_sample_events_are_answered(name: str, file: str, results: list[str]) -> None:
    event = json.loads(shared_file(f"data/firehose_events/{file}").read_text("utf-8"))
    assert [answer["result"] for answer in Blueprint(name).reply(event)["records"]] == results


@pytest.mark.parametrize(
    ("blueprint", "name"),
    [
        ("apache_log_to_json", "apache/elastic_apache_logs.log"),
        ("syslog_to_json", "syslog/elastic_auth.log"),
        ("syslog_to_json", "syslog/rocky9_messages"),
        ("syslog_to_json", "syslog/freebsd13_messages"),
    ],
)
def test_every_word_of_a_log_line_is_in_a_column(blueprint: str, name: str) -> None:
    lines = [line.decode("utf-8", "replace") for line in sample_lines(name)]
    rows = Blueprint(blueprint).output("\n".join(lines).encode()).decode().splitlines()
    assert len(rows) == len(lines)
    for line, row in zip(lines, rows, strict=True):
        kept = " ".join(str(value) for value in json.loads(row).values())
        # A priority and an Apache time are kept in other words.
        text = re.sub(r"^<\d+>(?:1 )?|\[\d\d/\w{3}/\d{4}:[^\]]*\]", " ", line)
        assert [word for word in re.findall(r"\w{2,}", text) if word not in kept] == [], line
