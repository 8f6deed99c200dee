"""What one connection may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ListenerLimits:
    """What one connection may ask for.

    Parameters
    ----------
    body_bytes:
        Largest request body; above it the answer is 413. The default, 16 MiB, lies above every service's own limit, so
        that the service behind the listener says no in its own words (API Gateway: 10 MiB, aws-facts 10.8).
    header_bytes:
        Request line and headers together; above it the answer is 431. Default 20,480 (aws-facts 10.8).
    idle_seconds:
        How long a connection may stay open without a request. Default 60.
    request_seconds:
        How long a client may take to send one whole request; then the answer is 408. Default 60.
    """

    body_bytes: int = 16 * 1024 * 1024
    header_bytes: int = 20_480
    idle_seconds: float = 60.0
    request_seconds: float = 60.0
