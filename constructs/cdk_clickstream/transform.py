"""How records are transformed: the options of the bundled transform code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

import aws_cdk as cdk

from cdk_clickstream.errors import check_range


class IpAnonymisation(Enum):
    """What is left of a client's IP address in a row."""

    TRUNCATE = "truncate"
    """IPv4 cut to /24, IPv6 to /48."""

    NONE = "none"
    """All of it: personal data in most jurisdictions."""


@dataclass(frozen=True)
class Transform:
    """How the bundled transform works and how Firehose calls it. Made by :meth:`click`."""

    options: str
    memory: cdk.Size
    timeout: cdk.Duration
    buffer_size: cdk.Size
    buffer_interval: cdk.Duration
    retries: int

    @classmethod
    def click(
        cls,
        *,
        ip_anonymisation: IpAnonymisation = IpAnonymisation.TRUNCATE,
        dedupe: bool = True,
        memory: cdk.Size | None = None,
        timeout: cdk.Duration | None = None,
        buffer_size: cdk.Size | None = None,
        buffer_interval: cdk.Duration | None = None,
        retries: int = 3,
    ) -> Transform:
        """Explode each request into its events, check them by the schema, stamp them, one JSON line per event.

        Parameters
        ----------
        ip_anonymisation:
            Default: ``IpAnonymisation.TRUNCATE``.
        dedupe:
            Drop an event whose client-given id and content were seen in the same call. Default: ``True``.
        memory:
            Of the function, 128..10,240 MiB; more memory is more processor. Default: 512 MiB.
        timeout:
            Of a call, 1..300 s: Firehose itself gives up after five minutes (aws-facts 2.2). Default: 60 s.
        buffer_size, buffer_interval, retries:
            As in :class:`~cdk_clickstream.LambdaProcessor`.
        """
        return cls(
            options=json.dumps(
                {"processor": "click", "ip_anonymisation": ip_anonymisation.value, "dedupe": dedupe}, sort_keys=True
            ),
            memory=memory or cdk.Size.mebibytes(512),
            timeout=timeout or cdk.Duration.seconds(60),
            buffer_size=buffer_size or cdk.Size.mebibytes(1),
            buffer_interval=buffer_interval or cdk.Duration.seconds(60),
            retries=retries,
        )

    def __post_init__(self) -> None:
        """Check memory and timeout; the buffer is checked where it is used."""
        check_range("transform.memory", self.memory.to_mebibytes(), 128, 10_240, "MiB", "choose a size in this range")
        check_range(
            "transform.timeout",
            self.timeout.to_seconds(),
            1,
            300,
            "seconds",
            "shorten it: Firehose gives up on a call after 300 s whatever the function is allowed",
        )
