"""Switches for the points on which captures of Firehose and its documentation disagree.

Source: facts/firehose.md#disagreements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ACTIVE_PARTITIONS_CEILING = 5_000


@dataclass(frozen=True)
class Disagreements:
    """The source that the runtime follows on each point; by default the newer captures of the real service.

    Parameters
    ----------
    error_arn_member
        How error objects of the Lambda processor name the function: ``lambdaARN`` in captures since 2025,
        ``lambdaArn`` in the documentation.
    duplicate_record_id
        What fails when a function returns an id twice: that ``record``, or the whole ``batch``.
    no_records_code
        The error code of an answer without ``records``.
    hadoop_snappy_extension
        ``.snappy`` in captures, ``.hsnappy`` in the documentation.
    date_after_random_string
        Whether a prefix whose only expressions are random strings gets year to hour appended: the documentation
        says yes, one observation says no.
    default_error_prefix_day
        The day in the prefix of failures without an ErrorOutputPrefix: day of month, or ``DDD``, the day of year.
    active_partitions
        Partitions that may be active at a time. 500 is the quota; it can be raised to 5,000 by one page, to 2,500 by
        another.

    Raises
    ------
    ValueError
        For a number of partitions that no source allows.
    """

    error_arn_member: Literal["lambdaARN", "lambdaArn"] = "lambdaARN"
    duplicate_record_id: Literal["record", "batch"] = "record"
    no_records_code: Literal["Lambda.MissingRecordId", "Lambda.FunctionError"] = "Lambda.MissingRecordId"
    hadoop_snappy_extension: Literal[".snappy", ".hsnappy"] = ".snappy"
    date_after_random_string: bool = True
    default_error_prefix_day: Literal["dd", "DDD"] = "dd"
    active_partitions: int = 500

    def __post_init__(self) -> None:
        if not 1 <= self.active_partitions <= ACTIVE_PARTITIONS_CEILING:
            raise ValueError(
                f"active_partitions is {self.active_partitions}: it must be between 1 and {ACTIVE_PARTITIONS_CEILING}"
            )
