"""Suffix and time zone of the names of delivered objects."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cdk_clickstream._validation import is_token, refuse

_EXTENSION = re.compile(r"\.[0-9a-z!\-_.*'()]{1,127}")
_TIME_ZONE = re.compile(r"[a-zA-Z/_]{1,50}")


@dataclass(frozen=True)
class ObjectNaming:
    """Options of the part of an object's key that Firehose makes (facts/firehose.md#object-names).

    AWS: https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
    """

    file_extension: str | None = None
    time_zone: str | None = None

    def __post_init__(self) -> None:
        extension, zone = self.file_extension, self.time_zone
        if extension is not None and not is_token(extension) and not _EXTENSION.fullmatch(extension):
            refuse(
                "file_extension",
                extension,
                "is not a dot followed by 1..127 of 0-9, a-z and !-_.*'()",
                "write it in lower case with its dot, such as '.json.gz'",
            )
        if zone is None or is_token(zone):
            return
        if not _TIME_ZONE.fullmatch(zone) or (zone != "UTC" and "/" not in zone):
            refuse(
                "time_zone",
                zone,
                "is not UTC or a name of letters, underscores and a slash, 1..50 characters; Firehose takes no other",
                "write an IANA name such as 'Europe/Vienna', without digits, + or -",
            )
