"""Copies that rotation leaves: what their names say, and what is left to read in a compressed one."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from typing import Final

from clickstream_producer.agent.fingerprint import WINDOW, Fingerprint, digest

_COUNTED: Final = "0123456789_TZ.-"
"""Characters of the numbers and times that rotation appends to the name of a log."""

_ENDINGS: Final = (".bak", ".backup", ".old", ".orig", ".save", ".tmp", ".gz", "~")
"""What rotation, and people, append in words."""

_EVIDENCE: Final = 256
"""Equal bytes that make up for a name which says nothing."""


def family(name: str) -> str:
    """Give the name of a log without what rotation appends: ``app.log`` of ``app.log.2.gz``, ``app.log-20261121``."""
    while True:
        core = name.rstrip(_COUNTED)
        if not any(map(str.isdigit, name[len(core) :])):
            core = next((name[: -len(ending)] for ending in _ENDINGS if name.endswith(ending)), name)
        if not core or core == name:
            return name
        name = core


def bytes_needed(copy: str, original: str) -> int | None:
    """Say how many equal bytes make one file a copy of another, by their paths; None: it is none, whatever it holds.

    A name is only a hint. One that continues the original's makes any content a copy's. Another one in the same folder,
    and one of the family in another folder, needs 256 equal bytes: it may just as well be the log of another process
    that begins alike.
    """
    folder, _, name = copy.rpartition("/")
    original_folder, _, original_name = original.rpartition("/")
    if name == original_name:
        return None
    continues = name.startswith(original_name) and not (
        original_name[-1:].isdigit() and name[len(original_name)].isdigit()  # app-1 and app-10 are two logs
    )
    if folder == original_folder:
        return 1 if continues else _EVIDENCE
    return _EVIDENCE if continues or family(name) == family(original_name) else None


def unpacked_rest(path: str, fingerprint: Fingerprint) -> int | None:
    """Unpack a gzip file that continues after a position; a descriptor of the unpacked bytes, None if it does not.

    The bytes are put into a temporary file without a name.

    Raises
    ------
    OSError, EOFError, zlib.error
        It is not gzip, or not complete yet.
    """
    with gzip.open(path) as packed:
        if digest(packed.read(min(WINDOW, fingerprint.length))) != fingerprint.head:
            return None
        packed.seek(0)
        with tempfile.TemporaryFile() as unpacked:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
            unpacked.flush()
            descriptor = unpacked.fileno()
            if os.fstat(descriptor).st_size <= fingerprint.length or not fingerprint.is_of(descriptor):
                return None
            return os.dup(descriptor)
