"""Copies that rotation leaves: what their names say, and what is left to read in a compressed one."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
from typing import Final

from clickstream_producer.agent.fingerprint import WINDOW, Fingerprint, digest

_ROTATED: Final = re.compile(r"(?:[._-]?\d[\d_TZ-]*|\.(?:bak|backup|old|orig|save|tmp|gz)|~)+$")
"""What rotation, and people, append to the name of a log."""

_EVIDENCE: Final = 256
"""Equal bytes that make up for a name which says nothing."""


def family(name: str) -> str:
    """Give the name of a log without what rotation appends: ``app.log`` of ``app.log.2.gz``, ``app.log-20261121``."""
    return _ROTATED.sub("", name) or name


def bytes_needed(copy: str, original: str) -> int | None:
    """Say how many equal bytes make one file a copy of another, by their paths; None: it is none, whatever it holds.

    A name is only a hint. One that continues the original's, or is of the same family, makes any content a copy's;
    another one in the same folder, and one of the family in another folder, needs 256 equal bytes, since it may just
    as well be the log of another process that begins alike.
    """
    folder, name = os.path.split(copy)
    original_folder, original_name = os.path.split(original)
    related = name != original_name and (name.startswith(original_name) or family(name) == family(original_name))
    if folder == original_folder:
        return None if name == original_name else 1 if related else _EVIDENCE
    return _EVIDENCE if related else None


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
