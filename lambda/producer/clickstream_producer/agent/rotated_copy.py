"""Copies that rotation leaves: how they are named, and what is left to read in a compressed one."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from pathlib import PurePath
from typing import Final

from .checkpoints import Position
from .head import HEAD_BYTES

_EVIDENCE: Final = 256
"""Equal first bytes that make up for a name which only resembles the original's."""


def is_copy_name(copy: str, original: str, equal_bytes: int) -> bool:
    """Whether rotation may have named a copy like this: ``app.log.1``, ``app.log-20261121``, ``app-20261121.log``.

    Parameters
    ----------
    copy, original
        Paths; rotation may move copies to another folder.
    equal_bytes
        How many of the first bytes are known to be equal. The last form needs 256 of them: ``app-2.log`` may just as
        well be the log of another process.
    """
    name, origin = PurePath(copy).name, PurePath(original)
    if not equal_bytes or name == origin.name:
        return False
    if name.startswith((f"{origin.name}.", f"{origin.name}-")):
        return True
    resembles = name.startswith((f"{origin.stem}-", f"{origin.stem}.")) and origin.suffix in name
    return resembles and equal_bytes >= _EVIDENCE


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
