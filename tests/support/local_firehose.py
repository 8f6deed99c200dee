"""Firehose with real functions, a directory store and a clock of its own, for the tests of its rooms."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import Column, DeliveryStream, Function, KinesisStream, Table
from clickstream_local.firehose.api.service import FirehoseService
from clickstream_local.kinesis.service import KinesisService
from clickstream_local.lambda_runtime.service import LambdaService
from clickstream_local.s3.directory_store import DirectoryStore
from support.wire_client import REGION, play

ACCOUNT = "123456789012"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:transform"
SOURCE_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/events"
TABLE = Table("Table", "web", "events", (Column("event_name", "string"), Column("n", "int")))
NOON = 1_795_262_400.0  # 2026-11-21T12:00:00Z
PUT = {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}}
LOGGING = {"Enabled": True, "LogGroupName": "/aws/kinesisfirehose/clicks", "LogStreamName": "DestinationDelivery"}
BACKUP = {
    "S3BackupMode": "Enabled",
    "S3BackupConfiguration": {"BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:r", "Prefix": "raw/"},
}
PARTITIONED = {"DynamicPartitioningConfiguration": {"Enabled": True}}
TO_NAMES = "data/name=!{partitionKeyFromLambda:name}/"
BY_NAME = """
keys = {'partitionKeys': {'name': json.loads(data)['event_name']}}
return {**answer(record, data), 'metadata': keys}
"""


def processor(kind: str, **parameters: Any) -> dict[str, Any]:
    """A processor of a ProcessingConfiguration."""
    listed = [{"ParameterName": name, "ParameterValue": str(value)} for name, value in parameters.items()]
    return {"Type": kind, "Parameters": listed}


def enabled(*processors: dict[str, Any]) -> dict[str, Any]:
    """A ProcessingConfiguration."""
    return {"Enabled": True, "Processors": list(processors)}


def handler(answer: str) -> str:
    """A module whose handler answers with an expression of ``records`` and ``ok``."""
    return (
        "def handler(event, context):\n"
        "    records = event['records']\n"
        "    ok = [{'recordId': r['recordId'], 'result': 'Ok', 'data': r['data']} for r in records]\n"
        f"    return {answer}\n"
    )


def event(name: str) -> bytes:
    """A line of JSON."""
    return json.dumps({"event_name": name}).encode() + b"\n"


class LocalFirehose:
    """What a test works with; :meth:`run` plays a scenario against a started service."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = NOON
        self.store = DirectoryStore(root)
        self.logs = Logs(root)
        self.functions: list[Function] = []
        self.streams: list[DeliveryStream] = []
        self.data_streams: list[KinesisStream] = []
        self.lambda_service: LambdaService
        self.kinesis: KinesisService
        self.service: FirehoseService

    def stream(self, name: str = "clicks", properties: dict[str, Any] | None = None, **s3: Any) -> DeliveryStream:
        """Add a stream with an extended S3 destination."""
        destination = {
            "BucketARN": "arn:aws:s3:::lake",
            "RoleARN": "arn:aws:iam::123456789012:role/delivery",
            "Prefix": "data/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
        } | s3
        arn = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{name}"
        properties = {"DeliveryStreamName": name, "ExtendedS3DestinationConfiguration": destination} | (
            properties or {}
        )
        stream = DeliveryStream(f"{name.title()}Stream", name, arn, properties)
        self.streams.append(stream)
        return stream

    def kinesis_source(self, **s3: Any) -> None:
        """Add the data stream ``events``, and a stream that reads it."""
        self.data_streams.append(KinesisStream("Events", "events", SOURCE_ARN, 1))
        properties = {
            "DeliveryStreamType": "KinesisStreamAsSource",
            "KinesisStreamSourceConfiguration": {"KinesisStreamARN": SOURCE_ARN, "RoleARN": "arn:aws:iam::1:role/r"},
        }
        self.stream(properties=properties, **s3)

    def processing(self, **parameters: Any) -> dict[str, Any]:
        """A ProcessingConfiguration that calls :meth:`function`'s function, without retries unless they are given."""
        return enabled(processor("Lambda", **{"LambdaArn": FUNCTION_ARN, "NumberOfRetries": 0} | parameters))

    def conversion(self, **changes: Any) -> dict[str, Any]:
        """A DataFormatConversionConfiguration by the table web.events (event_name string, n int)."""
        return {
            "SchemaConfiguration": {
                "DatabaseName": "web",
                "TableName": "events",
                "RoleARN": "arn:aws:iam::1:role/glue",
            },
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
            "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}},
        } | changes

    def function(self, code: str, **options: Any) -> Function:
        """Add the function ``transform``; ``code`` is the body of ``def one(record, data)``, or a whole module."""
        if "def handler" not in code:
            body = "\n".join(f"    {line}" for line in code.strip().splitlines())
            code = (
                "import base64, json\n"
                "def answer(record, data, result='Ok'):\n"
                "    return {'recordId': record['recordId'], 'result': result,"
                " 'data': base64.b64encode(data).decode()}\n"
                f"def one(record, data):\n{body}\n"
                "def handler(event, context):\n"
                "    found = [one(r, base64.b64decode(r['data'])) for r in event['records']]\n"
                "    return {'records': [r for r in found if r]}\n"
            )
        asset = self.root / "asset"
        asset.mkdir(exist_ok=True)
        (asset / "app.py").write_text(code)
        options = {"runtime": "python3.13", "timeout_seconds": 30} | options
        function = Function("Fn", "transform", FUNCTION_ARN, handler="app.handler", code_dir=asset, **options)
        self.functions.append(function)
        return function

    def run(self, scenario: Callable[[], Coroutine[Any, Any, Any]], *, seconds: float = 30, **options: Any) -> Any:
        """Start the service inside a loop, play, deliver what is left, stop."""

        async def main() -> Any:
            self.lambda_service = LambdaService(
                self.functions, endpoint_url="http://127.0.0.1:9", logs=self.logs, region=REGION
            )
            self.kinesis = KinesisService(self.data_streams, account=ACCOUNT, clock=lambda: self.now)
            self.service = FirehoseService(
                self.streams,
                kinesis=self.kinesis,
                functions=self.lambda_service,
                tables=[TABLE],
                store=self.store,
                logs=self.logs,
                region=REGION,
                account=ACCOUNT,
                clock=lambda: self.now,
                **options,
            )
            try:
                return await asyncio.wait_for(scenario(), seconds)
            finally:
                await self.service.close()
                await self.lambda_service.close()

        return asyncio.run(main())

    def with_boto3(self, scenario: Callable[[Any], Any], service: str = "firehose") -> Any:
        """Serve the wire APIs on loopback and play a scenario with a boto3 client, which tries once, in a thread."""

        async def app(request: Request) -> Response:
            target = request.headers.get("X-Amz-Target") or ""
            if target.startswith("Kinesis"):
                return await self.kinesis.handle(target, request.body)
            credential = (request.headers.get("Authorization") or "").partition("Credential=")[2]
            return await self.service.handle(target, request.body, caller=credential.partition("/")[0])

        def played(client: Any) -> Any:
            self.lambda_service.endpoint_url = client.meta.endpoint_url
            return scenario(client)

        return self.run(lambda: play(service, app, played, self.service.flush))

    async def call(self, operation: str, request: Any, **options: Any) -> tuple[int, Any]:
        """A call of the wire API: status and body."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        response: Response = await self.service.handle(f"Firehose_20150804.{operation}", body, **options)
        return response.status, json.loads(response.body)

    def asked(self, operation: str, request: Any) -> tuple[int, Any]:
        """The answer to the only call of a run, to the stream ``clicks`` if there is no other."""
        if not self.streams:
            self.stream()
        answer: tuple[int, Any] = self.run(lambda: self.call(operation, request))
        return answer

    async def put(self, *records: bytes, stream: str = "clicks", **options: Any) -> Any:
        """PutRecordBatch; the answer."""
        entries = [{"Data": base64.b64encode(data).decode()} for data in records]
        status, answer = await self.call(
            "PutRecordBatch", {"DeliveryStreamName": stream, "Records": entries}, **options
        )
        assert status == 200, answer
        return answer

    def deliver(self, *records: bytes, **options: Any) -> None:
        """Put records and deliver them."""
        self.run(lambda: self.put(*records), **options)

    def transform(self, code: str, *records: bytes, parameters: dict[str, Any] | None = None, **function: Any) -> None:
        """Deliver records through a function, with a log for errors."""
        self.function(code, **function)
        self.stream(ProcessingConfiguration=self.processing(**(parameters or {})), CloudWatchLoggingOptions=LOGGING)
        self.deliver(*records)

    def reasons(self) -> list[str]:
        """Why the first stream does not run."""

        async def scenario() -> list[str]:
            found = self.service.unsupported(self.streams[0])
            assert all(item.logical_id == "ClicksStream" for item in found)
            return [item.reason for item in found]

        reasons: list[str] = self.run(scenario)
        return reasons

    def state(self, stream: str = "clicks") -> dict[str, Any]:
        """The stream's state with the prefix of its counts taken off."""
        return {name.removeprefix("records_"): value for name, value in self.service.state()[stream].items()}

    def keys(self, prefix: str = "") -> list[str]:
        """The keys in the bucket."""
        return [found.key for found in self.store.list("lake", prefix)]

    def bodies(self, prefix: str = "") -> list[bytes]:
        """The bodies of the objects under a prefix."""
        return [self.store.get("lake", key) for key in self.keys(prefix)]

    def errors(self, kind: str) -> list[dict[str, Any]]:
        """The error objects of a kind, line by line."""
        return [json.loads(line) for body in self.bodies(f"errors/{kind}/") for line in body.splitlines()]

    def logged(self, group: str = "/aws/kinesisfirehose/clicks") -> list[dict[str, Any]]:
        """What the stream logged."""
        return [json.loads(event.message) for event in self.logs.events(group)]
