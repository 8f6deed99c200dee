"""CloudWatch Logs: facts/blueprints.md#cloudwatch-logs and goal 7."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.blueprints.cloudwatch_logs import CloudWatchLogs
from clickstream_transform.options import Options
from support.blueprints import FLOW, TEXT, Blueprint, assert_fits, assert_rows_fit, json_rows, log_document
from support.sample_data import shared_file
from support.transform_harness import Client, Running, columns_of, rows_of

APACHE = '203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23'


def test_each_log_event_is_a_row_with_where_and_when_it_was_logged() -> None:
    first, second = json_rows(Blueprint("cloudwatch_logs"), log_document("one", 'two\n"quoted"'))
    assert first == {
        "message": "one",
        "log_time": "2017-11-09T19:07:51.089Z",
        "log_event_id": "36" + "0" * 54,
        "log_group": "/web/access",
        "log_stream": "i-0abc",
        "log_owner": "123456789012",
    }
    assert second["message"] == 'two\n"quoted"'
    assert_fits(first, "cloudwatch_logs")


def test_a_stream_that_decompresses_sends_the_same_documents_plain() -> None:
    record = log_document("one")
    blueprint = Blueprint("cloudwatch_logs")
    assert blueprint.output(gzip.decompress(record)) == blueprint.output(record)


def test_a_control_message_is_dropped_and_leaves_no_trace() -> None:
    blueprint = Blueprint("cloudwatch_logs")
    assert blueprint.result(log_document("CWL CONTROL MESSAGE", kind="CONTROL_MESSAGE")) == "Dropped"
    assert blueprint.rejects() == []


def test_strict_writes_the_messages_alone() -> None:
    """facts/blueprints.md#cloudwatch-logs, step 1: message + newline, joined."""
    assert Blueprint("cloudwatch_logs", strict=True).output(log_document("one", "two\n")) == b"one\ntwo\n\n"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"\x1f\x8b no gzip", "invalid_gzip"),
        (gzip.compress(b"{"), "invalid_json"),
        (gzip.compress(b'{"logEvents":[]}'), "unknown_message_type"),
        (log_document("x", kind="OTHER_MESSAGE"), "unknown_message_type"),
        (log_document("x", logEvents=None), "no_log_events"),
        (gzip.compress(b"0" * (17 << 20)), "inflated_too_large"),
    ],
)
def test_a_poison_record_fails_alone(record: bytes, reason: str) -> None:
    """facts/blueprints.md#cloudwatch-logs, defects: it fails the published blueprint's whole batch."""
    blueprint = Blueprint("cloudwatch_logs")
    answers = blueprint(log_document("before"), record, log_document("after"))
    assert [answer["result"] for answer in answers] == ["Ok", "ProcessingFailed", "Ok"]
    assert blueprint.metrics[0][f"RecordsFailed.{reason}"] == 1


def test_a_log_event_without_a_text_is_rejected_alone_and_can_be_replayed() -> None:
    from support.transform_harness import raw_of

    blueprint = Blueprint("cloudwatch_logs")
    assert [row["message"] for row in json_rows(blueprint, log_document("good", 7, "good too"))] == ["good", "good too"]
    (reject,) = blueprint.rejects()
    document = json.loads(raw_of(reject))
    assert document["logGroup"] == "/web/access"
    assert [event["message"] for event in document["logEvents"]] == [7]


def test_messages_with_a_dropped_prefix_are_left_out() -> None:
    blueprint = Blueprint("cloudwatch_logs", drop_prefixes=["START ", "END "])
    assert [row["message"] for row in json_rows(blueprint, log_document("START 1", "work", "END 1"))] == ["work"]
    assert blueprint.result(log_document("START 2")) == "Dropped"


def test_apache_lines_in_messages_are_taken_apart() -> None:
    (row,) = json_rows(Blueprint("cloudwatch_logs", parse_messages="apache"), log_document(APACHE))
    assert (row["verb"], row["response"], row["log_stream"]) == ("GET", 200, "i-0abc")
    assert_fits(row, "apache", "cloudwatch_logs")


def test_syslog_in_messages_is_taken_apart() -> None:
    (row,) = json_rows(
        Blueprint("cloudwatch_logs", parse_messages="syslog"), log_document("Mar  1 01:02:03 h p[1]: hi")
    )
    assert (row["program"], row["message"], row["log_group"]) == ("p", "hi", "/web/access")
    assert_fits(row, "syslog", "cloudwatch_logs")


@pytest.mark.parametrize("parse", ["no", "json", "apache", "syslog", "vpc_flow"])
def test_text_that_is_no_utf8_is_flagged_whatever_the_messages_are_read_as(parse: str) -> None:
    message = {"json": '{"a":1}', "apache": APACHE, "syslog": "Mar  1 01:02:03 h p[1]: hi", "vpc_flow": FLOW}
    blueprint = Blueprint("cloudwatch_logs", parse_messages=parse)
    first, second = json_rows(blueprint, log_document(message.get(parse, "x"), logStream="\ud800") * 2)
    assert (first["log_stream"], first["enrich_flags"]) == ("\ufffd", ["encoding"])
    assert first == second


def test_json_messages_that_break_the_schema_are_rejected_one_by_one() -> None:
    columns = columns_of({"properties": {"a": {"type": "integer"}, "log_stream": {"type": "string"}}})
    options = Options(processor="cloudwatch_logs", parse_messages="json")
    running = Running(CloudWatchLogs(options, columns), options)
    (answer,) = running(log_document('{"a":1,"b":2}', '{"a":"x"}', '{"a":NaN}', '{"a":2}'))
    assert rows_of(answer) == [{"a": 1, "log_stream": "i-0abc"}, {"a": 2, "log_stream": "i-0abc"}]
    rules = [(reject["reasons"][0]["path"], reject["reasons"][0]["rule"]) for reject in running.rejects()]
    assert rules == [("a", "type"), ("a", "range")]
    assert running.metrics[-1]["RowsWithUnknownMembers"] == 2


def test_json_messages_become_rows_with_the_logs_columns_beside() -> None:
    message = json.dumps({"level": "info", "n": float("nan"), "log_group": "forged"})
    (row,) = json_rows(Blueprint("cloudwatch_logs", parse_messages="json"), log_document(message))
    assert (row["level"], row["n"], row["log_group"]) == ("info", None, "/web/access")
    assert row["enrich_flags"] == ["range"]
    assert "message" not in row


@pytest.mark.parametrize(
    ("parse", "rule"),
    [("json", "no_json_object"), ("apache", "no_apache_log"), ("syslog", "no_syslog"), ("vpc_flow", "no_vpc_flow_log")],
)
def test_a_message_that_is_not_what_it_should_be_is_rejected_by_name(parse: str, rule: str) -> None:
    assert Blueprint("cloudwatch_logs", parse_messages=parse).rules(log_document("[1]")) == [rule]


def test_what_does_not_fit_into_a_reply_is_split_until_it_does_and_comes_back_whole() -> None:
    """facts/blueprints.md#cloudwatch-logs, size: not halves but as many parts as it takes."""
    messages = [f"{number:07} " + "x" * 900 for number in range(7_000)]
    blueprint = Blueprint("cloudwatch_logs", strict=True)
    (answer,) = blueprint(log_document(*messages))
    assert answer["result"] == "Dropped"
    again = blueprint.client.accepted["clicks"]
    assert all(len(record) <= 251_000 for record in again)
    returned = b"".join(Blueprint("cloudwatch_logs", strict=True).output(record) for record in again)
    assert returned.decode().splitlines() == messages


def test_a_split_that_is_not_acknowledged_fails_the_record() -> None:
    client = Client(lambda stream, records: ["ServiceUnavailableException"] * len(records))
    blueprint = Blueprint("cloudwatch_logs", strict=True, client=client)
    assert blueprint.result(log_document(*["x" * 900] * 7_000)) == "ProcessingFailed"


def test_awss_own_sample_gives_nine_rows_and_drops_the_control_message() -> None:
    event = json.loads(shared_file("data/firehose_events/aws_sam_cloudwatch-logs-processor.testEvent.json").read_text())
    blueprint = Blueprint("cloudwatch_logs")
    answers = blueprint.reply(event)["records"]
    assert sorted(answer["result"] for answer in answers) == ["Dropped", "Ok", "Ok", "Ok"]
    assert blueprint.metrics[0]["EventsOut"] == 9


@settings(max_examples=80, deadline=None)
@given(
    message=TEXT,
    time=st.one_of(st.none(), st.integers(), st.floats(), TEXT),
    owner=st.one_of(st.none(), TEXT, st.integers()),
)
def test_rows_of_log_events_fit(message: str, time: object, owner: object) -> None:
    event = {"id": owner, "timestamp": time, "message": message}
    record = log_document(logEvents=[event], owner=owner, logGroup=owner)
    assert assert_rows_fit(Blueprint("cloudwatch_logs"), record, "cloudwatch_logs") == 1
