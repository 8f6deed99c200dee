"""The folder in which the runtime keeps everything: objects, logs, the id of its deployment and a lock."""

from __future__ import annotations

import fcntl
import os
import uuid
from pathlib import Path
from types import TracebackType


class DataDirError(Exception):
    """The data directory cannot be used; the message says why and what to do."""


class DataDir:
    """Creates the data directory and holds it for one runtime at a time.

    Two runtimes on one directory would mix their objects; the lock ends with the process, however it ends.

    Attributes
    ----------
    path:
        Of the folder.
    deployment:
        A random id, the same at every start: what runs on the folder is one deployment of its stacks.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._deployment_file = path / ".deployment"
        try:
            self.deployment = uuid.UUID(self._deployment_file.read_text("ascii"))
        except (OSError, ValueError):
            self.deployment = uuid.uuid4()
        self._lock: int | None = None

    def __enter__(self) -> Path:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._deployment_file.write_text(str(self.deployment), "ascii")
        except BlockingIOError:
            self._release()
            raise DataDirError(
                f"data directory {self.path} is in use by another runtime; stop that one or give another --data-dir"
            ) from None
        except OSError as error:
            self._release()
            raise DataDirError(
                f"data directory {self.path}: {error.strerror}; give one that can be written to with --data-dir"
            ) from None
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
