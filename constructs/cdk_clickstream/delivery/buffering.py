"""Buffering hints of a delivery stream and of its source backup."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk

from cdk_clickstream._validation import amount, check_range, checked


@checked
@dataclass(frozen=True)
class BufferingHints:
    """Hints when Firehose writes an object: at ``size`` or after ``interval``, whichever comes first.

    Firehose writes several objects per interval, and raises the size when delivery falls behind. The size counts data
    before compression and conversion (facts/firehose.md#buffering).
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html

    Parameters
    ----------
    size:
        1..128 MiB; at least 64 MiB with format conversion or dynamic partitioning. Default: 128 MiB with one of
        them, otherwise 5 MiB.
    interval:
        0..900 seconds, with dynamic partitioning 60..900; 0 is zero buffering: most data arrives within seconds.
        Under 60 s Firehose uses multipart uploads, which cost more. Default: 300 s.
    """

    size: cdk.Size | None = None
    interval: cdk.Duration | None = None

    def resolve(
        self, option: str, *, conversion: bool = False, partitioning: bool = False, shortest_interval: int = 0
    ) -> tuple[int, int]:
        """Return (MiB, seconds), checked. Both are always written: the API wants both or none."""
        lowest, default = (64, 128) if conversion or partitioning else (1, 5)
        reason = " with dynamic partitioning" if partitioning else " with format conversion" if conversion else ""
        size = amount(f"{option}.size", self.size, "mebibytes") if self.size else default
        seconds = amount(f"{option}.interval", self.interval, "seconds") if self.interval else 300
        check_range(
            f"{option}.size",
            size,
            lowest,
            128,
            f"MiB{reason}",
            "choose a size in this range; for fresher data shorten the interval instead",
        )
        check_range(
            f"{option}.interval",
            seconds,
            60 if partitioning else shortest_interval,
            900,
            "seconds with dynamic partitioning" if partitioning else "seconds",
            "choose an interval in this range",
        )
        return size, seconds
