"""Retention in a pipeline's own bucket."""

from __future__ import annotations

from dataclasses import dataclass, field

import aws_cdk as cdk

from cdk_clickstream._validation import amount, check_range, checked

_LONGEST = 36_500


@checked
@dataclass(frozen=True)
class Retention:
    """Expiry and storage class of the objects in the pipeline's own bucket.

    Old versions of what is deleted go a day later. Source backups have their own
    :attr:`SourceBackup.expire_after <cdk_clickstream.SourceBackup>`.
    AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html

    Parameters
    ----------
    events:
        Days until delivered events are deleted, 1..36,500. Default: never.
    errors:
        The same for failed records and rejected events, which hold raw addresses and payloads. Default: 90 days.
    intelligent_tiering:
        Have S3 move delivered events between its access tiers by how often they are read; it charges for each object
        that it watches, and leaves objects under 128 KB where they are. Default: ``False``.
    """

    events: cdk.Duration | None = None
    errors: cdk.Duration = field(default_factory=lambda: cdk.Duration.days(90))
    intelligent_tiering: bool = False

    def __post_init__(self) -> None:
        remedy = "choose whole days in this range"
        check_range("retention.errors", amount("retention.errors", self.errors, "days"), 1, _LONGEST, "days", remedy)
        if self.events is not None:
            check_range(
                "retention.events", amount("retention.events", self.events, "days"), 1, _LONGEST, "days", remedy
            )
