"""Where the parts of a pipeline write unless they are told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cdk_clickstream._validation import refuse
from cdk_clickstream.partitions.prefix import S3Prefix

ERRORS = "errors/"
"""Failed records and rejected events, with raw payloads."""

BACKUP = "backup/"
"""Records as received."""

_FOLDER = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")


@dataclass(frozen=True)
class Folders:
    """Where the parts of a pipeline write by default, in a folder of its own where several share a bucket.

    The folder lies below ``errors/`` and ``backup/``, so that one lifecycle rule expires those of all pipelines.
    """

    folder: str | None = None

    def __post_init__(self) -> None:
        if self.folder is not None and not _FOLDER.fullmatch(self.folder):
            refuse(
                "folder",
                self.folder,
                "must be a plain folder: letters, digits, '_', '.' and '-', without a slash at either end",
                "write it like 'app'",
            )

    @property
    def data(self) -> S3Prefix:
        """One partition per day of arrival."""
        return S3Prefix.hive(f"{self.folder}/events" if self.folder else "events")

    @property
    def errors(self) -> S3Prefix:
        """A folder per kind of failure, and one per day below it."""
        return S3Prefix(f"{self._in(ERRORS)}!{{firehose:error-output-type}}/dt=!{{timestamp:yyyy-MM-dd}}/")

    @property
    def rejected(self) -> str:
        """Events that broke the schema, in a format of their own."""
        return f"{self._in(ERRORS)}rejected/"

    @property
    def backup(self) -> S3Prefix:
        """A folder per day."""
        return S3Prefix(f"{self._in(BACKUP)}dt=!{{timestamp:yyyy-MM-dd}}/")

    def _in(self, parent: str) -> str:
        return f"{parent}{self.folder}/" if self.folder else parent
