"""How records are transformed: the options of the bundled transform code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import aws_cdk as cdk

from cdk_clickstream.errors import check_range, refuse


class IpAnonymisation(Enum):
    """What is left of a client's IP address in a row."""

    TRUNCATE = "truncate"
    """IPv4 cut to /24, IPv6 to /48."""

    NONE = "none"
    """All of it: personal data in most jurisdictions."""


class Enrichment(Enum):
    """Columns that the transform derives from what an event or its request says."""

    URL = "url"
    """page_host, page_path, page_query."""

    CAMPAIGN = "campaign"
    """utm_* and click_id, click_id_type."""

    REFERRER = "referrer"
    """referrer_host, referrer_medium, referrer_source."""

    DEVICE = "device"
    """device_type, browser_*, os_*."""

    BOT = "bot"
    """is_bot, bot_indicators."""


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
        enrichments: Sequence[Enrichment] = tuple(Enrichment),
        redact: Sequence[str] | None = None,
        redact_query_keys: Sequence[str] | None = None,
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
        enrichments:
            Which derived columns are filled; one that the schema does not declare never is. Default: all.
        redact:
            Columns in which text that looks like an e-mail address is replaced.
            Default: page_url, page_referrer, properties.
        redact_query_keys:
            Query parameters whose values are replaced in page_url and page_referrer.
            Default: access_token, email, password, token.
        memory:
            Of the function, 128..10,240 MiB; more memory is more processor. Default: 512 MiB.
        timeout:
            Of a call, 1..300 s: Firehose itself gives up after five minutes (aws-facts 2.2). Default: 60 s.
        buffer_size, buffer_interval, retries:
            As in :class:`~cdk_clickstream.LambdaProcessor`.
        """
        options: dict[str, object] = {
            "processor": "click",
            "ip_anonymisation": ip_anonymisation.value,
            "dedupe": dedupe,
            "enrichments": [one.value for one in enrichments],
        }
        # What is not chosen is left to the transform's own default.
        for name, chosen in (("redact", redact), ("redact_query_keys", redact_query_keys)):
            if chosen is not None:
                options[name] = _names(f"transform.{name}", chosen)
        return cls(
            options=json.dumps(options, sort_keys=True),
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


def _names(option: str, names: Sequence[str]) -> list[str]:
    if isinstance(names, str) or not all(names):
        refuse(option, names, "is no list of non-empty names", "write a list, such as ['page_url']")
    return list(names)
