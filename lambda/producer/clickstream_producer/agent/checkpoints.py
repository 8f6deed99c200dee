"""Positions in an SQLite file: how far each file has been acknowledged."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from clickstream_producer.agent.head import Head
from clickstream_producer.errors import InvalidOption

_SCHEMA = """
CREATE TABLE IF NOT EXISTS clickstream_flow (flow TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clickstream_position (
    flow TEXT NOT NULL, file TEXT NOT NULL, path TEXT NOT NULL, position INTEGER NOT NULL,
    head_length INTEGER NOT NULL, head BLOB NOT NULL, state TEXT NOT NULL, saved REAL NOT NULL,
    PRIMARY KEY (flow, file)
) WITHOUT ROWID;
"""

State = Literal["open", "rotated", "finished", "cut"]


class Position(NamedTuple):
    """How far one file has been acknowledged.

    Attributes
    ----------
    file
        Device and inode; for content that was cut off its file, a name of its own.
    path
        Where it was last seen.
    offset
        Bytes that need not be read again.
    head
        Its first bytes.
    state
        ``open``; ``rotated``: nobody is expected to write it any more; ``finished``: gone, and read to its end;
        ``cut``: truncated, and a copy may hold the rest.
    """

    file: str
    path: str
    offset: int
    head: Head
    state: State = "open"


class Checkpoints:
    """The positions of all flows; one process at a time.

    A power loss may set the last second back (SQLite WAL, ``synchronous=NORMAL``): lines are then sent again, none is
    left out.

    Parameters
    ----------
    path
        The SQLite file; its folder is made. ``<path>.lock`` beside it keeps a second process out.

    Raises
    ------
    InvalidOption
        Another process uses it, or the file is no SQLite database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._owner = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock = threading.Lock()
        try:
            fcntl.flock(self._owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._owner)
            raise InvalidOption(
                f"checkpoint file {path} is used by another process: stop that one, or give this one its own file"
            ) from None
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            os.close(self._owner)
            raise InvalidOption(
                f"checkpoint file {path} cannot be used ({error}): move it away, or name another one"
            ) from error

    def known(self, flow: str) -> bool:
        """Whether a flow ever saved something here."""
        with self._lock:
            found = self._database.execute("SELECT 1 FROM clickstream_flow WHERE flow = ?", (flow,)).fetchone()
        return found is not None

    def load(self, flow: str) -> list[Position]:
        """Read the positions of a flow."""
        with self._lock:
            rows = self._database.execute(
                "SELECT file, path, position, head_length, head, state FROM clickstream_position WHERE flow = ?",
                (flow,),
            ).fetchall()
        return [
            Position(file, path, offset, Head(length, head), state) for file, path, offset, length, head, state in rows
        ]

    def save(self, flow: str, positions: Iterable[Position], gone: Iterable[str] = ()) -> None:
        """Save positions and remove those of ``gone`` files, all or nothing."""
        now = time.time()
        with self._lock, self._database:
            self._database.execute("BEGIN")
            self._database.execute("INSERT OR IGNORE INTO clickstream_flow VALUES (?)", (flow,))
            self._database.executemany(
                "DELETE FROM clickstream_position WHERE flow = ? AND file = ?", [(flow, file) for file in gone]
            )
            self._database.executemany(
                "INSERT OR REPLACE INTO clickstream_position VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(flow, p.file, p.path, p.offset, p.head.length, p.head.digest, p.state, now) for p in positions],
            )

    def forget(self, flow: str, age: float, keep: Iterable[str]) -> None:
        """Remove positions not saved for ``age`` seconds, but for those of the files to ``keep``."""
        kept = set(keep)
        with self._lock, self._database:
            self._database.execute("BEGIN")
            old = self._database.execute(
                "SELECT file FROM clickstream_position WHERE flow = ? AND saved < ?", (flow, time.time() - age)
            ).fetchall()
            self._database.executemany(
                "DELETE FROM clickstream_position WHERE flow = ? AND file = ?",
                [(flow, file) for (file,) in old if file not in kept],
            )

    def close(self) -> None:
        """Close the file and let another process have it."""
        with self._lock:
            self._database.close()
        os.close(self._owner)
