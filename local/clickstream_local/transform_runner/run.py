"""Runs records through a function, one by one, and collects the outcome of each."""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import Function
from clickstream_local.lambda_runtime.sandbox import InvokeResult
from clickstream_local.lambda_runtime.service import LambdaService
from clickstream_local.listener.server import serve


@dataclass(frozen=True)
class Outcome:
    """The outcome of one record.

    ``result`` is what Firehose was answered, or ``Error`` where the call failed. ``reasons`` say why events in it were
    rejected, or why all of it failed. ``requeued`` are records that the function put into a stream again.
    """

    record: bytes
    result: str
    output: bytes
    reasons: tuple[str, ...]
    requeued: tuple[bytes, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing in the record was rejected or failed."""
        return self.result in ("Ok", "Dropped") and not self.reasons


class _PutCollector:
    """Serves the function in Firehose's place: it collects the records that the function puts."""

    def __init__(self) -> None:
        self._taken: list[bytes] = []

    async def __call__(self, request: Request) -> Response:
        records = [b64decode(record["Data"]) for record in json.loads(request.body)["Records"]]
        self._taken += records
        answer = {
            "FailedPutCount": 0,
            "Encrypted": False,
            "RequestResponses": [{"RecordId": str(uuid.uuid4())} for _ in records],
        }
        return Response(200, (("Content-Type", "application/x-amz-json-1.1"),), json.dumps(answer).encode())

    def take(self) -> list[bytes]:
        """The records that were put since the last call."""
        taken, self._taken = self._taken, []
        return taken


async def run_records(function: Function, stream_arn: str, records: Sequence[bytes]) -> list[Outcome]:
    """Call the function with each record by itself, so that each reason belongs to its record."""
    streams = _PutCollector()
    messages: list[str] = []
    with tempfile.TemporaryDirectory(prefix="clickstream-sample-") as folder:
        logs = Logs(Path(folder))
        logs.subscribe(lambda event: messages.append(event.message))
        listener = await serve(streams)
        service = LambdaService([function], endpoint_url=f"http://{listener.host}:{listener.port}", logs=logs)
        outcomes = []
        try:
            for number, record in enumerate(records):
                messages.clear()
                event = _event(stream_arn, f"{number:056}", record)
                answer = await service.invoke(function.name, json.dumps(event).encode())
                outcomes.append(_outcome(record, answer, streams.take(), messages))
        finally:
            await service.close()
            await listener.close()
            logs.close()
    return outcomes


def _event(stream_arn: str, record_id: str, record: bytes) -> dict[str, Any]:
    arrival = int(time.time() * 1000)
    data = b64encode(record).decode()
    return {
        "invocationId": str(uuid.uuid4()),
        "deliveryStreamArn": stream_arn,
        "region": stream_arn.split(":")[3],
        "records": [{"recordId": record_id, "approximateArrivalTimestamp": arrival, "data": data}],
    }


def _outcome(record: bytes, answer: InvokeResult, put: list[bytes], messages: list[str]) -> Outcome:
    body = json.loads(answer.payload or b"null")
    if answer.function_error is not None or answer.status != 200:
        return Outcome(record, "Error", b"", (f"{answer.error_type}: {body.get('errorMessage', '')}",))
    answers = body.get("records") if isinstance(body, dict) else None
    if not isinstance(answers, list) or len(answers) != 1 or not isinstance(answers[0], dict):
        return Outcome(record, "Error", b"", ("the answer is not one record with the id that was sent",))
    rejected = [document for one in put for document in _rejects(one)]
    back = tuple(one for one in put if not list(_rejects(one)))
    reasons = [*_rejected_reasons(rejected), *_reasons_of_metrics(messages)]
    return Outcome(record, str(answers[0].get("result")), b64decode(answers[0].get("data") or ""), tuple(reasons), back)


def _rejects(record: bytes) -> Iterator[dict[str, Any]]:
    """The rejected events that a put record holds; none in a record that was requeued."""
    for line in record.splitlines():
        try:
            document = json.loads(line)
        except ValueError:
            return
        if not isinstance(document, dict) or "reasons" not in document:
            return
        yield document


def _rejected_reasons(rejected: list[dict[str, Any]]) -> Iterator[str]:
    for document in rejected:
        for reason in document["reasons"]:
            yield f"{reason['path'] or 'event'}: {reason['message']} ({reason['rule']})"


def _reasons_of_metrics(messages: list[str]) -> Iterator[str]:
    """Why the record failed as a whole, and what of its rows is lost, out of the transform's line of metrics."""
    for message in messages:
        if not message.startswith('{"_aws"'):
            continue
        metrics = json.loads(message)
        for name in metrics:
            kind, _, reason = name.partition(".")
            if kind == "RecordsFailed" and reason:
                yield f"record: {reason}"
        if rows := metrics.get("RowsWithUnknownMembers"):
            yield f"rows with members that no column takes, which are left out: {rows}"
