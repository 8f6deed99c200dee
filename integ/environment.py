"""Where a deployment runs: an AWS account, or the local runtime in a test of the checks."""

from __future__ import annotations

from typing import Any, Protocol

from clickstream_producer import FirehoseStream


class Environment(Protocol):
    """What a check asks of the services.

    Attributes
    ----------
    region:
        Such as ``eu-west-1``.
    patience, pause:
        Seconds that a check waits for something to arrive, and seconds between two looks.
    """

    region: str
    patience: float
    pause: float

    def client(self, service: str) -> Any:
        """Return a boto3 client.

        Raises
        ------
        NotHereError
            If the service does not run here.
        """

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Return the keys of the objects of a bucket that begin with ``prefix``."""

    def read(self, bucket: str, key: str) -> bytes:
        """Return the content of an object."""

    def producer_target(self, stream: str) -> FirehoseStream:
        """Return a delivery stream as the producer library knows it."""

    def api_key(self, key_id: str) -> str:
        """Return the value of an API key."""

    def log_lines(self, group: str) -> list[str]:
        """Return the messages of a log group."""

    def before_looking(self) -> None:
        """Hurry deliveries up, where that can be done."""
