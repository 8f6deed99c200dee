"""General processing, and what all blueprints share."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.contract.record_result import LIMIT
from clickstream_transform.errors import ConfigError
from clickstream_transform.options import BLUEPRINTS, Options
from support.blueprints import Blueprint, log_document
from support.sample_data import shared_file
from support.transform_harness import batch, request, rows_of

GOOD = {
    "general": b'{"a":1}',
    "apache_log_to_json": b'203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23',
    "apache_log_to_csv": b'203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23',
    "syslog_to_json": b"Mar  1 01:02:03 h p[1]: hi",
    "syslog_to_csv": b"Mar  1 01:02:03 h p[1]: hi",
    "cloudwatch_logs": log_document("hi"),
}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (b'{ "a": 1,\n "b": [1, 2] }', [{"a": 1, "b": [1, 2]}]),
        (b'{"a":1}{"a":2}\n{"a":3}', [{"a": 1}, {"a": 2}, {"a": 3}]),
        (b'[{"a":1},{"a":2}]', [{"a": 1}, {"a": 2}]),
        (request(b'{"a":1}'), [{"a": 1}]),
        (b'{"a":NaN,"b":1e999}', [{"a": None, "b": None}]),
        (b'{"clickstream":2}', [{"clickstream": 2}]),
    ],
)
def test_json_of_any_shape_is_one_line_an_object(record: bytes, expected: list[dict[str, object]]) -> None:
    (answer,) = Blueprint("general")(record)
    assert rows_of(answer) == expected


def test_a_lone_surrogate_is_mended() -> None:
    assert Blueprint("general").output(b'{"a":"x\\ud800"}') == '{"a":"x\ufffd"}\n'.encode()


@pytest.mark.parametrize("record", [b"1", b'"text"', b"[[1]]"])
def test_what_is_no_object_is_rejected(record: bytes) -> None:
    assert Blueprint("general").rules(record) == ["type"]


@pytest.mark.parametrize("record", [b"", b"text\n", b"\x00\xff", b'{"a":1}', b"\x1f\x8bnot gzip"])
def test_strict_passes_on_every_byte_and_adds_no_newline(record: bytes) -> None:
    """transforms.md 3.1."""
    (answer,) = Blueprint("general", strict=True)(record)
    assert (answer["result"], base64.b64decode(answer.get("data", ""))) == ("Ok" if record else "Dropped", record)


@pytest.mark.parametrize("name", BLUEPRINTS)
@pytest.mark.parametrize("strict", [False, True])
def test_every_id_is_answered_once_whatever_the_records_hold(name: str, strict: bool) -> None:
    """transforms.md 8, goal 1, with every poison of section 7."""
    poison = [
        b"",
        b"\n\n",
        b"not json",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + GOOD[name],
        b"[" * 100_000,
        b"1" * 5_000,
        b"{" * 2_000,
        b'"\\ud800"',
        b"\x1f\x8b",
        b'{"clickstream":1,"kind":"split"}\n',
        b'{"clickstream":1,"kind":"request","boundary":"x"}\nbody',
    ]
    blueprint = Blueprint(name, strict=strict)
    clean = Blueprint(name, strict=strict).output(GOOD[name])
    answers = blueprint(*[record for one in poison for record in (one, GOOD[name])])
    assert len(answers) == 2 * len(poison)
    assert all(base64.b64decode(answer["data"]) == clean for answer in answers[1::2])


@pytest.mark.parametrize("name", BLUEPRINTS)
@settings(max_examples=40, deadline=None)
@given(records=st.lists(st.binary(max_size=300), max_size=6), strict=st.booleans())
def test_no_bytes_break_a_batch(name: str, records: list[bytes], strict: bool) -> None:
    answers = Blueprint(name, strict=strict)(GOOD[name], *records)
    assert [answer["recordId"] for answer in answers] == [f"record{number}" for number in range(len(records) + 1)]
    assert answers[0]["result"] == "Ok"
    assert not [answer for answer in answers if answer["result"] != "Ok" and "data" in answer]


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, line in GOOD.items() if name not in ("general", "cloudwatch_logs")]
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_reply_that_would_be_too_large_is_put_back_and_comes_round_to_the_same_rows(
    name: str, line: bytes, strict: bool
) -> None:
    """transforms.md 8, goal 2."""
    lines = [line + b" %07d " % number + b"x" * 2_000 for number in range(2_400)]
    blueprint = Blueprint(name, strict=strict)
    answers = blueprint(*lines)
    assert len(json.dumps({"records": answers})) <= LIMIT
    kept = [answer for answer in answers if answer["result"] == "Ok"]
    again = blueprint.client.accepted.get("clicks", [])
    if not again:  # JSON and CSV of an Apache line leave out what stands behind it
        assert len(kept) == len(lines)
        return
    fresh = Blueprint(name, strict=strict)
    returned = [row for record in again for row in fresh.output(record).splitlines()]
    assert sorted(returned) == sorted(fresh.output(line).rstrip(b"\n") for line in lines[len(kept) :])


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
    assert [answer["result"] for answer in Blueprint(name).reply(event)] == results


def test_without_a_reject_stream_a_bad_line_fails_its_record() -> None:
    blueprint = Blueprint("syslog_to_json", reject_stream=None)
    assert blueprint.result(GOOD["syslog_to_json"] + b"\n") == "Ok"
    assert blueprint.result(b"Hello") == "ProcessingFailed"


@pytest.mark.parametrize("name", ["apache_log_to_json", "syslog_to_json", "general"])
def test_one_record_of_many_lines_gives_the_rows_of_as_many_records(name: str) -> None:
    blueprint = Blueprint(name)
    together = blueprint.output(b"\n".join([GOOD[name]] * 3) + b"\r\n")
    assert together == blueprint.output(GOOD[name]) * 3


def test_the_metrics_count_rows_without_a_newline_too() -> None:
    blueprint = Blueprint("apache_log_to_json", strict=True)
    blueprint.output(GOOD["apache_log_to_json"])
    assert (blueprint.metrics[0]["EventsIn"], blueprint.metrics[0]["EventsOut"]) == (1, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"processor": "apache"}, "option 'processor' is 'apache'; allowed are click, per_event, general"),
        ({"parse_messages": "xml"}, "option 'parse_messages' is 'xml'; allowed are no, json"),
        ({"drop_prefixes": "START"}, "option 'drop_prefixes' is 'START'; it must be a list"),
        ({"strict": 1}, "option 'strict' is 1; allowed are true and false"),
        ({"function": ""}, "option 'function' is ''; it must be a non-empty string"),
    ],
)
def test_an_option_that_cannot_work_is_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Options.from_dict(options)


def test_a_batch_of_three_mebibytes_takes_seconds_at_most() -> None:
    start = time.process_time()
    Blueprint("syslog_to_json").reply(batch(*[GOOD["syslog_to_json"] + b" " + b"x" * 400] * 6_000))
    assert time.process_time() - start < 3
