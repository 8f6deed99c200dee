"""What the blueprints' tests share: a harness on a blueprint, and records of log lines."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from clickstream_transform.blueprints import make_blueprint
from clickstream_transform.columns.checks import Report
from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.options import Options
from support.transform_harness import PACKAGE, Client, Running, columns_of

SCHEMAS = PACKAGE / "blueprints"
APACHE_COMMON = '203.0.113.9 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
APACHE_COMBINED = APACHE_COMMON + ' "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'
APACHE_GOLDEN = '64.242.88.10 - - [07/Mar/2004:16:10:02 -0800] "GET /mailman/listinfo/hsdivision HTTP/1.1" 200 6291'
SYSLOG_LINE = "Jan 12 06:30:00 1.2.3.4 apache_server[77]: GET /foo, done"
SYSLOG_FILES = {
    "elastic_auth.log": 7_121,
    "freebsd13_messages": 1_556,
    "rocky9_messages": 2_432,
    "rocky9_secure": 545,
    "ubuntu16_kern.log": 1_087,
}
"""Files of the sample data, and how many lines each has."""
FLOW = "2 123456789012 eni-0a 192.0.2.1 198.51.100.7 443 49152 6 10 840 1418530010 1418530070 ACCEPT OK"
TEXT = st.text(st.characters(exclude_characters="\n"), max_size=30)
WORD = TEXT.map(lambda text: "".join(text.split()) or "-")
DIGITS = st.integers(0, 10**21).map(str)


class Blueprint(Running):
    """A blueprint with options."""

    def __init__(
        self,
        name: str,
        *,
        reject_stream: str | None = "rejects",
        client: Client | None = None,
        context_tokens: Sequence[str] = (),
        **options: Any,
    ) -> None:
        chosen = Options.from_dict({"processor": name} | options)
        super().__init__(
            make_blueprint(chosen), chosen, client=client, reject_stream=reject_stream, context_tokens=context_tokens
        )

    def output(self, record: bytes) -> bytes:
        """What one record becomes; it has to be Ok."""
        (answer,) = self(record)
        assert answer["result"] == "Ok", (answer, self.rejects())
        return base64.b64decode(answer["data"])

    def row(self, line: str) -> dict[str, Any]:
        """The one JSON row of one line."""
        text = self.output(line.encode())
        assert text.endswith(b"\n")
        (row,) = [json.loads(one) for one in text.splitlines()]
        return dict(row)

    def result(self, record: bytes) -> str:
        (answer,) = self(record)
        return str(answer["result"])

    def rules(self, record: bytes) -> list[str]:
        """The rule of each reason for which what one record holds is rejected."""
        self(record)
        return [reason["rule"] for reject in self.rejects() for reason in reject["reasons"]]


def columns(name: str) -> dict[str, Any]:
    """The columns of one of the bundled schemas."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    properties: dict[str, Any] = schema["properties"]
    return properties


def assert_fits(row: Mapping[str, Any], *schemas: str) -> None:
    """Each member of a row is a column, and of its type as a Glue table reads it (facts/goals.md#transform, goal 8)."""
    compiled = _compiled(schemas)
    for name, value in row.items():
        report = Report()
        kept = compiled[name].check(value, report)
        assert (kept, report.reasons, report.flags) == (value, [], []), name


def assert_rows_fit(blueprint: Blueprint, record: bytes, *schemas: str) -> int:
    """Each row fits; returns how many there are."""
    (answer,) = blueprint(record)
    if answer["result"] != "Ok":
        return 0
    rows = base64.b64decode(answer["data"]).decode().split("\n")
    assert rows.pop() == ""
    for row in rows:
        assert_fits(json.loads(row), *schemas)
    return len(rows)


def json_rows(blueprint: Blueprint, record: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in blueprint.output(record).splitlines()]


@lru_cache
def _compiled(schemas: tuple[str, ...]) -> Columns:
    return columns_of({"properties": {name: one for schema in schemas for name, one in columns(schema).items()}})


def log_document(*messages: Any, kind: str = "DATA_MESSAGE", **more: Any) -> bytes:
    """A record as a subscription filter sends it."""
    document = {
        "messageType": kind,
        "owner": "123456789012",
        "logGroup": "/web/access",
        "logStream": "i-0abc",
        "subscriptionFilters": ["all"],
        "logEvents": [
            {"id": f"36{number:054}", "timestamp": 1_510_254_471_089 + number, "message": message}
            for number, message in enumerate(messages)
        ],
    }
    return gzip.compress(json.dumps(document | more).encode())


GOOD_RECORDS = {
    "general": b'{"a":1}',
    "apache_log_to_json": b'203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23',
    "apache_log_to_csv": b'203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23',
    "syslog_to_json": b"Mar  1 01:02:03 h p[1]: hi",
    "syslog_to_csv": b"Mar  1 01:02:03 h p[1]: hi",
    "cloudwatch_logs": log_document("hi"),
}
