"""One HTTP request, with headers as they are given and an answer whatever its status."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 60.0


@dataclass(frozen=True)
class HttpAnswer:
    """What was answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def post(url: str, body: bytes, headers: Mapping[str, str], *, family: str = "") -> HttpAnswer:
    """Post to an address.

    Parameters
    ----------
    url, body, headers:
        Sent as they are.
    family:
        ``0.0.0.0`` to go by IPv4 only, ``::`` by IPv6 only. Default: whichever works.

    Raises
    ------
    OSError
        If nobody answers, or not by that family.
    """
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    source = (family, 0) if family else None
    connection = kind(address.hostname or "", address.port, timeout=_SECONDS, source_address=source)
    try:
        connection.request("POST", address.path, body, dict(headers))
        answer = connection.getresponse()
        found = {name.lower(): text for name, text in answer.getheaders()}
        return HttpAnswer(answer.status, found, answer.read())
    finally:
        connection.close()
