"""Responses as bytes."""

from __future__ import annotations

import time
from functools import lru_cache
from http import HTTPStatus

from clickstream_local.common.http import Response

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_REASONS = {status.value: status.phrase for status in HTTPStatus}


def json_response(status: int, message: str) -> Response:
    """An answer of the listener itself; ``message`` holds nothing that needs escaping."""
    return Response(status, (("Content-Type", "application/json"),), f'{{"message":"{message}"}}'.encode())


@lru_cache(maxsize=1)
def _http_date(second: int) -> str:
    # By hand: strftime follows the locale, and email.utils takes as long to import as the rest of the listener.
    year, month, day, hour, minute, seconds, weekday, *_ = time.gmtime(second)
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year} {hour:02}:{minute:02}:{seconds:02} GMT"


def serialize(response: Response, *, head_only: bool, connection: str | None) -> bytes:
    """The response on the wire; line breaks in a header become spaces, so that no value can begin a header."""
    status = response.status
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}", f"Date: {_http_date(int(time.time()))}"]
    for name, value in response.headers:
        lines.append(f"{name}: {value}".replace("\r", " ").replace("\n", " "))
    bodiless = status < 200 or status in (204, 304)
    if not bodiless and response.stream is None:
        lines.append(f"Content-Length: {len(response.body)}")
    if connection is not None:
        lines.append(f"Connection: {connection}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return head if head_only or bodiless else head + response.body
