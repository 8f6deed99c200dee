"""CloudWatch Logs with subscriptions, and what these sent."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.cloudwatch_logs.service import LogService
from clickstream_local.cloudwatch_logs.subscriptions import Subscriptions
from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import LogGroup, SubscriptionFilter
from support.wire_client import REGION, play

ACCOUNT = "123456789012"


class LocalLogs:
    """The log group ``/app`` with the stream ``made``; the delivery stream ``logs`` takes documents."""

    def __init__(self, root: Path, *filters: SubscriptionFilter) -> None:
        self.logs = Logs(root)
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.subscriptions = Subscriptions(filters, account=ACCOUNT, send=self._send)
        self.logs.subscribe(self.subscriptions.take)
        groups = [LogGroup("Group", "/app", ("made",))]
        self.service = LogService(groups, logs=self.logs, region=REGION, account=ACCOUNT)

    def _send(self, name: str, records: list[bytes]) -> bool:
        self.sent += [(name, json.loads(gzip.decompress(record))) for record in records]
        return name == "logs"

    def play(self, scenario: Callable[[Any], Any], *, flush: bool = True) -> Any:
        """A scenario with a boto3 client; without a flush, until something was sent."""

        async def app(request: Request) -> Response:
            return await self.service.handle(request.headers.get("X-Amz-Target") or "", request.body)

        async def finish() -> None:
            if flush:
                self.subscriptions.flush()
            async with asyncio.timeout(5):
                while not flush and not self.sent:
                    await asyncio.sleep(0.05)

        return asyncio.run(play("logs", app, scenario, finish))


def put(logs: Any, *messages: str, stream: str = "made") -> None:
    """Put events with the times 1000, 1001 and so on."""
    events = [{"timestamp": 1000 + number, "message": message} for number, message in enumerate(messages)]
    logs.put_log_events(logGroupName="/app", logStreamName=stream, logEvents=events)
