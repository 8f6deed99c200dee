"""The ids that API Gateway gives a request."""

from __future__ import annotations

import base64
import os

from clickstream_local.request_id import new_request_id


def request_id() -> str:
    """``$context.requestId``: a UUID. That clients can override it on AWS is not imitated."""
    return new_request_id()


def extended_request_id() -> str:
    """``$context.extendedRequestId``: 16 characters of base64 that end with ``=``.

    No client can choose it (aws-facts 10.4).
    """
    return base64.urlsafe_b64encode(os.urandom(11)).decode()


def trace_id(epoch_seconds: float) -> str:
    """``X-Amzn-Trace-Id``: ``Root=1-<hex seconds>-<24 hex digits>``."""
    return f"Root=1-{int(epoch_seconds):08x}-{os.urandom(12).hex()}"
