"""A running pipeline as tests use it: the reference app, synthesized, in the local runtime."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from clickstream_local.demo.runtime_process import RuntimeProcess
from clickstream_local.failures.objects import FailedRecord, failed_records
from clickstream_local.tables.landed_tables import LandedTables


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str]


class Pipeline:
    """What a test does with a running pipeline."""

    def __init__(self, runtime: RuntimeProcess, data_dir: Path) -> None:
        self.runtime = runtime
        self.data_dir = data_dir
        self.stage_url = next(iter(runtime.state()["endpoints"].values()))
        streams = runtime.state()["delivery_streams"]
        # The stream with a transform is the one that is not fed by it.
        self.stream = next(name for name in streams if "reject" not in name.lower())

    def post(
        self, body: bytes, *, path: str = "/events", content_type: str = "application/json", method: str = "POST"
    ) -> Answer:
        headers = {"Content-Type": content_type, "Origin": "https://shop.example"}
        request = urllib.request.Request(self.stage_url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), dict(error.headers))

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.runtime.state()["delivery_streams"][self.stream]
        return counts

    def flush(self) -> None:
        self.runtime.flush()

    def rows(self, where: str = "true") -> list[dict[str, Any]]:
        tables = LandedTables(self.data_dir)
        columns, rows = tables.query(f"SELECT * FROM events WHERE {where}")
        tables.close()
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def failed(self) -> list[FailedRecord]:
        return list(failed_records(self.data_dir))

    def firehose(self) -> Any:
        return boto3.client(
            "firehose",
            region_name="us-east-1",
            endpoint_url=self.runtime.url,
            aws_access_key_id="LOCAL",
            aws_secret_access_key="local",
        )

    def objects(self, kind: str) -> list[Path]:
        return sorted(path for path in (self.data_dir / "s3").glob(f"*/{kind}/**/*") if path.is_file())


def event(**members: Any) -> bytes:
    return json.dumps({"event_name": "click"} | members).encode()
