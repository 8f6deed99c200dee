"""A Firehose with real functions, a directory store and a clock of its own."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import Column, DeliveryStream, Function, KinesisStream, Table
from clickstream_local.firehose.api.service import FirehoseService
from clickstream_local.kinesis.service import KinesisService
from clickstream_local.lambda_runtime.service import LambdaService
from clickstream_local.listener.server import serve
from clickstream_local.s3.directory_store import DirectoryStore

ACCOUNT = "123456789012"
REGION = "eu-west-1"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:transform"
TABLE = Table("Table", "web", "events", (Column("event_name", "string"), Column("n", "int")))
NOON = 1_795_262_400.0  # 2026-11-21T12:00:00Z


class Local:
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

    def processing(self, **parameters: Any) -> dict[str, Any]:
        """A ProcessingConfiguration that calls :meth:`function`'s function, without retries unless they are given."""
        values = {"LambdaArn": FUNCTION_ARN, "NumberOfRetries": 0} | parameters
        listed = [{"ParameterName": name, "ParameterValue": str(value)} for name, value in values.items()]
        return {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": listed}]}

    def conversion(self, serializer: dict[str, Any] | None = None) -> dict[str, Any]:
        """A DataFormatConversionConfiguration by the table web.events (event_name string, n int)."""
        schema = {"DatabaseName": "web", "TableName": "events", "RoleARN": "arn:aws:iam::1:role/glue"}
        return {
            "SchemaConfiguration": schema,
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
            "OutputFormatConfiguration": {"Serializer": serializer or {"ParquetSerDe": {}}},
        }

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
        options = {"timeout_seconds": 30} | options
        function = Function("Fn", "transform", FUNCTION_ARN, "python3.13", "app.handler", asset, **options)
        self.functions.append(function)
        return function

    def run(self, scenario: Callable[[], Coroutine[Any, Any, Any]], **options: Any) -> Any:
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
                return await asyncio.wait_for(scenario(), 30)
            finally:
                await self.service.close()
                await self.lambda_service.close()

        return asyncio.run(main())

    def over_http(self, scenario: Callable[[str], Any], **options: Any) -> Any:
        """Serve the wire APIs on loopback and play a blocking scenario against their address in a thread."""

        async def main() -> Any:
            async def app(request: Request) -> Response:
                target = request.headers.get("X-Amz-Target") or ""
                if target.startswith("Kinesis"):
                    return await self.kinesis.handle(target, request.body)
                return await self.service.handle(target, request.body)

            listener = await serve(app)
            try:
                return await asyncio.to_thread(scenario, f"http://127.0.0.1:{listener.port}")
            finally:
                await listener.close()

        return self.run(main, **options)

    def client(self, url: str, service: str = "firehose") -> Any:
        """A boto3 client that tries once."""
        config = botocore.config.Config(retries={"max_attempts": 1})
        keys = {"aws_access_key_id": "AKIALOCAL", "aws_secret_access_key": "local"}
        return boto3.client(service, endpoint_url=url, region_name=REGION, config=config, **keys)

    async def call(self, operation: str, request: Any, **options: Any) -> tuple[int, Any]:
        """A call of the wire API: status and body."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        response: Response = await self.service.handle(f"Firehose_20150804.{operation}", body, **options)
        return response.status, json.loads(response.body)

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

        async def scenario() -> None:
            await self.put(*records)
            await self.service.flush()

        self.run(scenario, **options)

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


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(tmp_path)
