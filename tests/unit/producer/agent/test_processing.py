"""The processing options of the Kinesis Agent: what it sends for a line (its source and its tests at aa0d908)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clickstream_producer import InvalidOption
from clickstream_producer.agent.log_formats import LOG_FORMATS
from clickstream_producer.agent.processing import processing_steps


def process(line: str, *options: dict[str, Any]) -> str | None:
    text: str | None = line
    for step in processing_steps(options):
        assert text is not None
        text = step(text)
    return text


@pytest.mark.parametrize(
    ("parse_options", "expected"),
    [
        ([], '{"a": 1}'),
        (["NO_TRIM"], '{  "a": 1 }'),
        (["ESCAPE_NEW_LINE"], r'{\\n"a": 1\\n}'),
    ],
)
def test_single_line_joins_the_lines_of_a_record(parse_options: list[str], expected: str) -> None:
    option = {"optionName": "SINGLELINE", "parseOptions": parse_options}
    assert process('{\n  "a": 1\n }', option) == expected


@pytest.mark.parametrize(
    ("line", "delimiter", "expected"),
    [
        ("1, 2,3", ",", {"x": "1", "y": " 2", "z": "3"}),
        ("1,2", ",", {"x": "1", "y": "2", "z": None}),
        ("1,,3,4", ",", {"x": "1", "y": "", "z": "3"}),
        ("1,,", ",", {"x": "1", "y": None, "z": None}),
        ("1\t2\t3", "\\t", {"x": "1", "y": "2", "z": "3"}),
        ("1|2|3", "|", {"x": "1", "y": "2", "z": "3"}),
        ("1|2|3", "\\|", {"x": "1", "y": "2", "z": "3"}),
    ],
)
def test_csv_to_json_names_the_columns(line: str, delimiter: str, expected: dict[str, str | None]) -> None:
    option = {"optionName": "CSVTOJSON", "customFieldNames": ["x", "y", "z"], "delimiter": delimiter}
    assert json.loads(process(line, option) or "") == expected


APACHE = '203.0.113.9 - ann [27/Oct/2026:09:27:09 -0400] "GET /a?b=\\"c\\" HTTP/1.1" 200 10450'

ERROR_TIME = "Fri Sep 09 10:42:29.902022 2026"


@pytest.mark.parametrize(
    ("log_format", "line", "expected"),
    [
        (
            "COMMONAPACHELOG",
            f'{APACHE} "-" "what no field takes"',
            {
                "host": "203.0.113.9",
                "ident": None,
                "authuser": "ann",
                "datetime": "27/Oct/2026:09:27:09 -0400",
                "request": 'GET /a?b=\\"c\\" HTTP/1.1',
                "response": "200",
                "bytes": "10450",
                "rest": '"-" "what no field takes"',
            },
        ),
        (
            "COMBINEDAPACHELOG",
            '2001:db8::1 - - [27/Oct/2026:09:27:09 +0000] "-" 408 - "-" "Mozilla/5.0"',
            {
                "host": "2001:db8::1",
                "ident": None,
                "authuser": None,
                "datetime": "27/Oct/2026:09:27:09 +0000",
                "request": None,
                "response": "408",
                "bytes": None,
                "referer": None,
                "agent": "Mozilla/5.0",
            },
        ),
        (
            "APACHEERRORLOG",
            f"[{ERROR_TIME}] [core:error] [pid 35708:tid 4328] [client 203.0.113.9:123] File does not exist",
            {
                "timestamp": ERROR_TIME,
                "module": "core",
                "severity": "error",
                "processid": "35708",
                "threadid": "4328",
                "client": "203.0.113.9:123",
                "message": "File does not exist",
            },
        ),
        (
            "APACHEERRORLOG",
            f"[{ERROR_TIME}] [error] [pid 35708] AH00489: started",
            {
                "timestamp": ERROR_TIME,
                "module": None,
                "severity": "error",
                "processid": "35708",
                "threadid": None,
                "client": None,
                "message": "AH00489: started",
            },
        ),
        (
            "APACHEERRORLOG",
            f"[{ERROR_TIME}] [:warn] [pid 1:tid 14] [client 2001:db8::1:60890] PHP Warning:  Division by zero",
            {
                "timestamp": ERROR_TIME,
                "module": None,
                "severity": "warn",
                "processid": "1",
                "threadid": "14",
                "client": "2001:db8::1:60890",
                "message": "PHP Warning:  Division by zero",
            },
        ),
        (
            "APACHEERRORLOG",
            "[Fri Sep 09 10:42:29 2026] [error] [client 203.0.113.9] File does not exist: /srv/favicon.ico",
            {
                "timestamp": "Fri Sep 09 10:42:29 2026",
                "module": None,
                "severity": "error",
                "processid": None,
                "threadid": None,
                "client": "203.0.113.9",
                "message": "File does not exist: /srv/favicon.ico",
            },
        ),
        (
            "SYSLOG",
            "Mar  2 12:00:08 web-1 rcd[308]: Loaded 12 packages ",
            {
                "timestamp": "Mar  2 12:00:08",
                "hostname": "web-1",
                "program": "rcd",
                "processid": "308",
                "message": "Loaded 12 packages ",
            },
        ),
        (
            "RFC3339SYSLOG",
            "2026-11-21T12:01:02.5+01:00 <1.6> web-1 snort: Ports: 21",
            {
                "timestamp": "2026-11-21T12:01:02.5+01:00",
                "hostname": "web-1",
                "program": "snort",
                "processid": None,
                "message": "Ports: 21",
                "rest": "<1.6>",
            },
        ),
    ],
)
def test_log_to_json_takes_lines_apart(log_format: str, line: str, expected: dict[str, str | None]) -> None:
    assert json.loads(process(line, {"optionName": "LOGTOJSON", "logFormat": log_format}) or "") == expected


def test_a_line_of_another_format_is_left_out() -> None:
    for log_format in LOG_FORMATS:
        assert process("something else", {"optionName": "LOGTOJSON", "logFormat": log_format}) is None


def test_fields_can_be_renamed_and_the_pattern_replaced() -> None:
    option = {"optionName": "LOGTOJSON", "logFormat": "SYSLOG", "matchPattern": r"(\w+) (\w+)"}
    assert process("a b", {**option, "customFieldNames": ["x", "y"]}) == '{"x":"a","y":"b"}'
    renamed = {"optionName": "LOGTOJSON", "logFormat": "SYSLOG", "customFieldNames": list("abcde")}
    assert process("Mar 12 12:00:08 h p: m", renamed) == '{"a":"Mar 12 12:00:08","b":"h","c":"p","d":null,"e":"m"}'


def test_metadata_and_brackets_are_added() -> None:
    option = {"optionName": "ADDMETADATA", "metadata": {"host": "web-1"}}
    assert process('say "ü"', option) == '{"metadata":{"host":"web-1"},"data":"say \\"ü\\""}'
    stamped = json.loads(process("x", {**option, "timestamp": "true"}) or "")
    assert list(stamped) == ["ts", "metadata", "data"]
    assert len(stamped["ts"]) == len("2026-11-21T12:00:00.000Z")
    assert process('"a":1', {"optionName": "ADDBRACKETS"}) == '{"a":1}'


def test_options_are_applied_in_their_order() -> None:
    csv = {"optionName": "CSVTOJSON", "customFieldNames": ["x", "y"]}
    assert process("1,\n2", {"optionName": "SINGLELINE"}, csv) == '{"x":"1","y":"2"}'


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({}, "optionName=None"),
        ({"optionName": "ADDEC2METADATA"}, "optionName='ADDEC2METADATA' must be one of SINGLELINE"),
        ({"optionName": "CSVTOJSON"}, "CSVTOJSON needs customFieldNames"),
        ({"optionName": "CSVTOJSON", "customFieldNames": "x"}, "customFieldNames='x' must be a list of names"),
        (
            {"optionName": "CSVTOJSON", "customFieldNames": ["x"], "delimiter": "(("},
            "must be one character or a regular expression",
        ),
        ({"optionName": "CSVTOJSON", "customFieldNames": ["x"], "delimiter": ""}, "leave it out for a comma"),
        ({"optionName": "LOGTOJSON", "logFormat": "NGINX"}, "logFormat='NGINX' must be one of COMMONAPACHELOG"),
        (
            {"optionName": "LOGTOJSON", "logFormat": "SYSLOG", "matchPattern": "x"},
            "matchPattern needs customFieldNames",
        ),
        (
            {"optionName": "LOGTOJSON", "logFormat": "SYSLOG", "matchPattern": r"\p{Alpha}", "customFieldNames": ["x"]},
            "must be a regular expression of Python",
        ),
        (
            {"optionName": "LOGTOJSON", "logFormat": "SYSLOG", "customFieldNames": ["x"]},
            "customFieldNames has 1 names; the format has 5 fields",
        ),
    ],
)
def test_an_option_that_cannot_be_followed_is_named(option: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        processing_steps([option])
    assert message in str(caught.value)
