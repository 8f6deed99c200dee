"""Positions in an SQLite file: how far each file has been acknowledged."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from clickstream_producer.agent.fingerprint import Fingerprint
from clickstream_producer.errors import InvalidOption

_SCHEMA = """
CREATE TABLE IF NOT EXISTS clickstream_flow (flow BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clickstream_start (id INTEGER PRIMARY KEY, started REAL NOT NULL);
CREATE TABLE IF NOT EXISTS clickstream_file (
    stream BLOB NOT NULL, file TEXT NOT NULL, path BLOB NOT NULL, position INTEGER NOT NULL,
    head BLOB NOT NULL, tail BLOB NOT NULL, state TEXT NOT NULL, saved REAL NOT NULL,
    PRIMARY KEY (stream, file)
) WITHOUT ROWID;
"""

State = Literal["open", "rotated", "finished", "cut", "copy"]


class Position(NamedTuple):
    """How far one file has been acknowledged.

    Attributes
    ----------
    file
        Device and inode; for content that was cut off its file, a name of its own.
    path
        Where it was last seen.
    fingerprint
        The bytes before the position; its length is the position.
    state
        ``open``; ``rotated``: nobody is expected to write it any more; ``finished``: gone, and read to its end;
        ``cut``: truncated, and a copy may hold the rest; ``copy``: its lines are read from another file.
    """

    file: str
    path: str
    fingerprint: Fingerprint
    state: State = "open"

    @property
    def offset(self) -> int:
        """Bytes that need not be read again."""
        return self.fingerprint.length


class Checkpoints:
    """The positions of all streams; one process at a time.

    A power loss may set the last second back (SQLite WAL, ``synchronous=NORMAL``): lines are then sent again, none is
    left out. After an error the file is opened anew, so each call may be tried again.

    Parameters
    ----------
    path
        The SQLite file; its folder is made. ``<path>.lock`` beside it keeps a second process out.

    Raises
    ------
    InvalidOption
        The path cannot be used, or the file is not an SQLite database.
    OSError
        It cannot be opened or written at this moment: another process uses it, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._owner = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise InvalidOption(
                f"checkpoint file {path} cannot be used ({error.strerror}): name one in a folder that can be written"
            ) from error
        try:
            try:
                fcntl.flock(self._owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BlockingIOError(
                    f"checkpoint file {path} is used by another process: stop that one, or give this one its own file"
                ) from None
            # Written before anything is sent: positions that cannot be saved would mean copies at every start.
            self._write([("INSERT OR REPLACE INTO clickstream_start VALUES (1, ?)", [(time.time(),)])])
        except BaseException:
            self.close()
            raise

    def known(self, flow: str) -> bool:
        """Whether a flow ever saved something here."""
        return bool(self._read("SELECT 1 FROM clickstream_flow WHERE flow = ?", os.fsencode(flow)))

    def load(self, stream: str) -> list[Position]:
        """Read the positions of a stream."""
        rows = self._read(
            "SELECT file, path, position, head, tail, state FROM clickstream_file WHERE stream = ?", os.fsencode(stream)
        )
        return [
            Position(file, os.fsdecode(path), Fingerprint(offset, head, tail), state)
            for file, path, offset, head, tail, state in rows
        ]

    def save(
        self, stream: str, positions: Iterable[Position], gone: Iterable[str] = (), flows: Iterable[str] = ()
    ) -> None:
        """Save positions, remove those of ``gone`` files and note the ``flows`` as known, all or nothing.

        Raises
        ------
        OSError
            It cannot be written at this moment; nothing was changed.
        """
        key, now = os.fsencode(stream), time.time()
        self._write(
            [
                ("INSERT OR IGNORE INTO clickstream_flow VALUES (?)", ((os.fsencode(flow),) for flow in flows)),
                ("DELETE FROM clickstream_file WHERE stream = ? AND file = ?", ((key, file) for file in gone)),
                (
                    "INSERT OR REPLACE INTO clickstream_file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        (
                            key,
                            p.file,
                            os.fsencode(p.path),
                            p.offset,
                            p.fingerprint.head,
                            p.fingerprint.tail,
                            p.state,
                            now,
                        )
                        for p in positions
                    ),
                ),
            ]
        )

    def forget(self, stream: str, age: float, keep: Collection[str]) -> list[str]:
        """Remove positions not saved for ``age`` seconds, but for those of the files to ``keep``; give the others."""
        key = os.fsencode(stream)
        old = self._read("SELECT file FROM clickstream_file WHERE stream = ? AND saved < ?", key, time.time() - age)
        forgotten = [file for (file,) in old if file not in keep]
        if forgotten:
            rows: list[tuple[object, ...]] = [(key, file) for file in forgotten]
            self._write([("DELETE FROM clickstream_file WHERE stream = ? AND file = ?", rows)])
        return forgotten

    def close(self) -> None:
        """Close the file and let another process have it."""
        with self._lock:
            self._disconnect()
        with contextlib.suppress(Exception):  # all is saved, and the lock ends with the process
            os.close(self._owner)

    def _read(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            try:
                return self._connected().execute(query, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise self._failure(error) from error

    def _write(self, statements: Iterable[tuple[str, Iterable[tuple[object, ...]]]]) -> None:
        with self._lock:
            try:
                database = self._connected()
                database.execute("BEGIN IMMEDIATE")
                for statement, rows in statements:
                    database.executemany(statement, rows)
                database.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                raise self._failure(error) from error

    def _connected(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.executescript(_SCHEMA)
        return self._database

    def _failure(self, error: sqlite3.DatabaseError) -> Exception:
        self._disconnect()  # what was begun is rolled back
        if isinstance(error, sqlite3.OperationalError):  # the disk's and the system's, by PEP 249
            return OSError(f"checkpoint file {self._path}: {error}")
        return InvalidOption(
            f"checkpoint file {self._path} is damaged ({error}): bring it back from a backup. With another file "
            "(--checkpoints) every line that is there is sent again, or with --from end none of them"
        )

    def _disconnect(self) -> None:
        if self._database is not None:
            database, self._database = self._database, None
            with contextlib.suppress(Exception):  # what was committed is saved, whatever it is
                database.close()
