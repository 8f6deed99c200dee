"""Copies that rotation leaves: how they are named, and what is left to read in a compressed one."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
from pathlib import PurePath
from typing import Final

from clickstream_producer.agent.checkpoints import Position
from clickstream_producer.agent.head import HEAD_BYTES

_ROTATED: Final = re.compile(r"(?:[.-]\d[\d_T-]*|\.(?:bak|old|orig|gz)|~)+$")
"""What rotation, and people, append to the name of a log."""

_EVIDENCE: Final = 256
"""Equal first bytes that make up for a name which only resembles the original's."""


def is_copy_name(copy: str, original: str, equal_bytes: int) -> bool:
    """Whether two files can be generations of one log by their names, which rotation may have changed since.

    ``app.log``, ``app.log.1``, ``app.log-20261121`` and ``app.log.2.gz`` are of one family.

    Parameters
    ----------
    copy, original
        Paths; rotation may move copies to another folder.
    equal_bytes
        How many of the first bytes are known to be equal. ``app-20261121.log``, ``app.1.log`` and files in another
        folder need 256 of them: they may just as well be the logs of another process.
    """
    path, origin = PurePath(copy), PurePath(original)
    if not equal_bytes or path.name == origin.name:
        return False
    name, family = _family(path.name), PurePath(_family(origin.name))
    if name == family.name and path.parent == origin.parent:
        return True
    resembles = name.startswith((f"{family.stem}-", f"{family.stem}.")) and name.endswith(family.suffix)
    return (resembles or name == family.name) and equal_bytes >= _EVIDENCE


def _family(name: str) -> str:
    return _ROTATED.sub("", name)


def unpacked_rest(path: str, position: Position) -> int | None:
    """Unpack a gzip file that continues after ``position``; a descriptor of the unpacked bytes, None if it does not.

    The bytes are put into a temporary file without a name.

    Raises
    ------
    OSError, EOFError
        It is not gzip, or not complete yet.
    """
    with gzip.open(path) as packed:
        if not position.head.length or not position.head.begins(packed.read(HEAD_BYTES)):
            return None
        packed.seek(0)
        with tempfile.TemporaryFile() as unpacked:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
            unpacked.flush()
            if os.fstat(unpacked.fileno()).st_size <= position.offset:
                return None
            return os.dup(unpacked.fileno())
