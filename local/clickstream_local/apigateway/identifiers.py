"""The ids that API Gateway gives a request."""

from __future__ import annotations

import base64
import os


def request_id() -> str:
    """``$context.requestId``: a UUID. That clients can override it on AWS is not imitated."""
    # Version 4 by hand: uuid.uuid4 and its text take four times as long.
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def extended_request_id() -> str:
    """``$context.extendedRequestId``: 16 characters of base64 that end with ``=``.

    No client can choose it (aws-facts 10.4).
    """
    return base64.urlsafe_b64encode(os.urandom(11)).decode()


def trace_id(epoch_seconds: float) -> str:
    """``X-Amzn-Trace-Id``: ``Root=1-<hex seconds>-<24 hex digits>``."""
    return f"Root=1-{int(epoch_seconds):08x}-{os.urandom(12).hex()}"
