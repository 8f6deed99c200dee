"""The ids that API Gateway gives a request."""

from __future__ import annotations

import base64
import os
from typing import NamedTuple

from clickstream_local.common.request_id import RANDOM_BYTES, request_id_of

_EXTENDED_BYTES = 11
_TRACE_BYTES = 12


class RequestIds(NamedTuple):
    """The ids of one request.

    Attributes
    ----------
    request:
        ``$context.requestId``: a UUID. That clients can override it on AWS is not imitated.
    extended:
        ``$context.extendedRequestId``: 16 characters of base64 that end with ``=``. No client can choose it
        (aws-facts 10.4).
    trace:
        ``X-Amzn-Trace-Id``: ``Root=1-<hex seconds>-<24 hex digits>``.
    """

    request: str
    extended: str
    trace: str

    @classmethod
    def draw(cls, epoch_seconds: float) -> RequestIds:
        """New ids."""
        # Drawn at once: each call of the system costs more than the rest of this.
        random = os.urandom(RANDOM_BYTES + _EXTENDED_BYTES + _TRACE_BYTES)
        return cls(
            request_id_of(random[:RANDOM_BYTES]),
            base64.urlsafe_b64encode(random[RANDOM_BYTES:-_TRACE_BYTES]).decode(),
            f"Root=1-{int(epoch_seconds):08x}-{random[-_TRACE_BYTES:].hex()}",
        )
