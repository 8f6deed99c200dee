"""A steady mixed load: requests of a browser, a service's producer, events and requests that are wrong on purpose."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

import boto3

from clickstream_local.demo.bad_requests import BAD_REQUESTS
from clickstream_local.demo.events import USER_AGENTS, Shop
from clickstream_producer import FirehoseStream, Producer

CREDENTIALS = {"access_key_id": "LOCAL", "secret_access_key": "local"}
MOST_EVENTS = 20
"""Of a request; a browser sends what a visitor does in a few seconds."""
BAD_REQUEST_SECONDS, UNDECODABLE_SECONDS = 5, 10
SHOP_SECONDS = 60
"""How long one shop's events last, so that their times stay close to now."""


@dataclass
class Sent:
    """What was sent, and what was said to it."""

    http: int = 0
    http_accepted: int = 0
    requests: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    bad_requests: int = 0
    bad_refused: int = 0
    producer: int = 0
    producer_accepted: int = 0
    undecodable: int = 0
    undecodable_accepted: int = 0
    seconds: float = 0.0
    late_seconds: int = 0
    """Seconds in which the sender did not get through with what it had to send."""

    @property
    def accepted(self) -> int:
        return self.http_accepted + self.producer_accepted


class Load:
    """Sends a number of events each second, half by HTTP and half by the producer."""

    def __init__(self, stage_url: str, url: str, stream: str, rate: int) -> None:
        self.sent = Sent()
        self._address = urlsplit(stage_url)
        self._rate = rate
        self._random = random.Random(2026)
        self._events = _events(rate)
        self._stream = stream
        self._connection = HTTPConnection(self._address.hostname or "", self._address.port, timeout=30)
        target = FirehoseStream(stream, region="us-east-1", endpoint_url=url, credentials=CREDENTIALS)
        self._producer = Producer(target)
        self._firehose = boto3.client(
            "firehose",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id=CREDENTIALS["access_key_id"],
            aws_secret_access_key=CREDENTIALS["secret_access_key"],
        )

    def run(self, seconds: float) -> Sent:
        """Send until the time is over, and wait for the last acknowledgement."""
        started = time.monotonic()
        second = 0
        while second < seconds:
            self._send_second(second)
            second += 1
            ahead = started + second - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            else:
                self.sent.late_seconds += 1
        result = self._producer.close(timeout=120)
        self.sent.producer_accepted -= result.dropped + result.pending
        self.sent.seconds = time.monotonic() - started
        self._connection.close()
        return self.sent

    def _send_second(self, second: int) -> None:
        by_http = self._rate // 2
        while by_http:
            count = min(by_http, self._random.randint(1, MOST_EVENTS))
            self._post([next(self._events) for _ in range(count)])
            by_http -= count
        for _ in range(self._rate - self._rate // 2):
            self.sent.producer += 1
            self.sent.producer_accepted += self._producer.put(next(self._events))
        if second % BAD_REQUEST_SECONDS == 0:
            bad = BAD_REQUESTS[second // BAD_REQUEST_SECONDS % len(BAD_REQUESTS)]
            self.sent.bad_requests += 1
            status = self._request(bad.path, bad.body, {"Content-Type": bad.content_type})
            self.sent.bad_refused += 400 <= status < 500
        if second % UNDECODABLE_SECONDS == 0:
            self.sent.undecodable += 1
            answer = self._firehose.put_record_batch(
                DeliveryStreamName=self._stream, Records=[{"Data": b"\x00\xff\xfe no event"}]
            )
            self.sent.undecodable_accepted += 1 - answer["FailedPutCount"]

    def _post(self, events: list[dict[str, Any]]) -> None:
        body = json.dumps(events[0] if len(events) == 1 else events).encode()
        agent = self._random.choice(USER_AGENTS).encode()
        status = self._request("/events", body, {"Content-Type": "application/json", "User-Agent": agent})
        self.sent.requests += 1
        self.sent.http += len(events)
        self.sent.http_accepted += len(events) if status == 202 else 0
        self.sent.answers[status] = self.sent.answers.get(status, 0) + 1

    def _request(self, path: str, body: bytes, headers: dict[str, Any]) -> int:
        """The status of the answer; 0 when none came, so that what became of the request is not known."""
        try:
            self._connection.request("POST", self._address.path + path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            return 0
        return answer.status


def _events(rate: int) -> Iterator[dict[str, Any]]:
    """Events with ids of their own, some of which break the schema."""
    number = 0
    while True:
        for event in Shop(seed=number, now=datetime.now(UTC)).events(rate * SHOP_SECONDS):
            yield event | {"event_id": f"soak-{number:09}"}
            number += 1
