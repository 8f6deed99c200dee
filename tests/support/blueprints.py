"""What the blueprints' tests share: a harness on a blueprint, and records of log lines."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clickstream_transform.blueprints import make_blueprint
from clickstream_transform.columns.checks import Report
from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.contract.put import BatchPutter
from clickstream_transform.harness import Harness
from clickstream_transform.options import Options
from support.transform_harness import ARRIVAL, PACKAGE, Client, Context, batch, columns_of

SCHEMAS = PACKAGE / "blueprints"


class Blueprint:
    """A harness with a blueprint, its puts and its metrics kept."""

    def __init__(
        self, name: str, *, reject_stream: str | None = "rejects", client: Client | None = None, **options: Any
    ) -> None:
        self.client = client or Client()
        self.metrics: list[dict[str, Any]] = []
        chosen = Options.from_dict({"processor": name} | options)
        self.harness = Harness(
            make_blueprint(chosen),
            chosen,
            reject_stream=reject_stream,
            putter=BatchPutter(lambda: self.client, sleep=lambda seconds: None),
            emit=lambda line: self.metrics.append(json.loads(line)),
            now=lambda: (ARRIVAL + 1000) / 1000,
        )

    def __call__(self, *records: bytes) -> list[dict[str, Any]]:
        return self.reply(batch(*records))

    def reply(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = self.harness.handle(event, Context())["records"]
        return answers

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

    def rejects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for record in self.client.accepted.get("rejects", []) for line in record.splitlines()]

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
    """Each member of a row is a column, and of its type as a Glue table reads it (transforms.md 8, goal 8)."""
    compiled = _compiled(schemas)
    for name, value in row.items():
        report = Report()
        kept = compiled[name].check(value, report)
        assert (kept, report.reasons, report.flags) == (value, [], []), name


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
