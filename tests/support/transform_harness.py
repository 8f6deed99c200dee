"""What the transform's tests share: batches, a recording Firehose client, a harness on the click schema."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import clickstream_transform
from clickstream_transform.click.click import ClickProcessor
from clickstream_transform.columns.compiled_column import Columns, read_columns
from clickstream_transform.contract.processor import Processor
from clickstream_transform.contract.put import BatchPutter
from clickstream_transform.harness import Harness
from clickstream_transform.options import Options

ARRIVAL = 1_795_255_200_999
RECEIVED_AT = 1_795_255_200_123
PACKAGE = Path(clickstream_transform.__file__).parent
CLICK_SCHEMA = json.loads((PACKAGE / "click.schema.json").read_text("utf-8"))
CLICK_COLUMNS = read_columns(json.loads((PACKAGE / "click.columns.json").read_text("utf-8")))
GOOD_EVENT = b'{"event_name":"click","event_id":"good"}'
BAD_EVENT = b'{"event_name":7}'
TOKEN = "0b7c6d2e-1f7a-4d55-9c1b-7d0d8f4f1a11"
STREAM_ARN = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks"


class Client:
    """Stands at the edge where the Firehose service would be: keeps what is put, answers as told.

    ``answer`` takes the stream and the records of a call and returns an error code or None for each record, or raises.
    """

    def __init__(self, answer: Callable[[str, list[bytes]], Iterable[str | None]] | None = None) -> None:
        self.calls: list[tuple[str, list[bytes]]] = []
        self.accepted: dict[str, list[bytes]] = {}
        self._answer = answer or (lambda stream, records: [None] * len(records))

    def put_record_batch(self, *, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> dict[str, Any]:  # noqa: N803
        records = [record["Data"] for record in Records]
        self.calls.append((DeliveryStreamName, records))
        codes = list(self._answer(DeliveryStreamName, records))
        kept = self.accepted.setdefault(DeliveryStreamName, [])
        kept += [record for record, code in zip(records, codes, strict=True) if code is None]
        return {
            "FailedPutCount": sum(code is not None for code in codes),
            "RequestResponses": [
                {"RecordId": "id"} if code is None else {"ErrorCode": code, "ErrorMessage": "Slow down."}
                for code in codes
            ],
        }


class Context:
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:transform"

    def __init__(self, seconds: float = 60) -> None:
        self._millis = int(seconds * 1000)

    def get_remaining_time_in_millis(self) -> int:
        return self._millis


class Running:
    """A processor in a harness, its puts and its metrics kept."""

    def __init__(
        self,
        processor: Processor,
        options: Options,
        *,
        client: Client | None = None,
        reject_stream: str | None = "rejects",
        context_tokens: Sequence[str] = (),
    ) -> None:
        self.client = client or Client()
        self.metrics: list[dict[str, Any]] = []
        self.harness = Harness(
            processor,
            options,
            reject_stream=reject_stream,
            context_tokens=context_tokens,
            putter=BatchPutter(lambda: self.client, sleep=lambda seconds: None, jitter=lambda: 1.0),
            emit=lambda line: self.metrics.append(json.loads(line)),
            now=lambda: (ARRIVAL + 1000) / 1000,
        )

    def __call__(self, *records: bytes, seconds: float = 60, **event: Any) -> list[dict[str, Any]]:
        return self.reply(batch(*records, **event), seconds)["records"]

    def reply(self, event: Mapping[str, Any], seconds: float = 60) -> dict[str, Any]:
        return self.harness.handle(event, Context(seconds))

    def rejects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for record in self.client.accepted.get("rejects", []) for line in record.splitlines()]


class Transform(Running):
    """The click processor with a schema and options."""

    def __init__(
        self,
        *,
        client: Client | None = None,
        schema: Mapping[str, Any] = CLICK_SCHEMA,
        reject_stream: str | None = "rejects",
        context_tokens: Sequence[str] = (),
        **options: Any,
    ) -> None:
        chosen = Options.from_dict(options)
        columns = CLICK_COLUMNS if schema is CLICK_SCHEMA else columns_of(schema)
        processor = ClickProcessor(columns, chosen)
        super().__init__(processor, chosen, client=client, reject_stream=reject_stream, context_tokens=context_tokens)

    def rows(self, *records: bytes) -> list[dict[str, Any]]:
        """The rows of all records, each of which has to be Ok."""
        return [row for answer in self(*records) for row in rows_of(answer)]

    def row(self, event: Mapping[str, Any], **context: Any) -> dict[str, Any]:
        """The one row of one event, sent as a request."""
        (row,) = self.rows(request(json.dumps(event).encode(), **context))
        return row

    def reasons(self, event: Any) -> list[tuple[str, str]]:
        """Path and rule of each reason for which one event is rejected."""
        (answer,) = self(request(json.dumps(event).encode()))
        assert answer["result"] == "Dropped"
        return [(reason["path"], reason["rule"]) for reason in self.rejects()[-1]["reasons"]]


def columns_of(schema: Mapping[str, Any]) -> Columns:
    """The columns of a JSON Schema, compiled as at synth and read as from the asset."""
    from cdk_clickstream import EventSchema  # the CDK takes seconds to import, and most tests do without

    compiled = EventSchema.of_rows({"type": "object"} | schema).compiled_columns
    return read_columns(json.loads(json.dumps(compiled)))


def batch(*records: bytes, **event: Any) -> dict[str, Any]:
    return {
        "invocationId": "2b4d1ad9-2f48-94bd-a088-767c317e994a",
        "deliveryStreamArn": STREAM_ARN,
        "region": "eu-west-1",
        "records": [
            {"recordId": f"record{number}", "approximateArrivalTimestamp": ARRIVAL, "data": encoded(record)}
            for number, record in enumerate(records)
        ],
    } | event


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def marshalled(reply: Mapping[str, Any]) -> int:
    """Bytes of a reply as the Lambda runtime writes it."""
    return len(json.dumps(reply).encode())


def rows_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    assert answer["result"] == "Ok", answer
    data = base64.b64decode(answer["data"], validate=True)
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def request(body: bytes, *, boundary: str = "Jx9Zb0wYjoEFq1w=", **context: Any) -> bytes:
    """A record as the endpoint's mapping template writes it."""
    line = {"clickstream": 1, "kind": "request", "received_at": RECEIVED_AT} | context | {"boundary": boundary}
    return json.dumps(line).encode() + b"\n" + body + b"\n" + boundary.encode() + b"\n"


def raw_of(reject: Mapping[str, Any]) -> bytes:
    return gzip.decompress(base64.b64decode(reject["rawData"]))
