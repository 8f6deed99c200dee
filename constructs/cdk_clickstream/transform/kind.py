"""What turns records into rows: the columns of the table of combinations."""

from __future__ import annotations

from enum import Enum


class TransformKind(Enum):
    """What turns records into rows; the columns of the table."""

    CLICK = "click"
    PER_EVENT = "per event"
    LINE_BLUEPRINT = "blueprint for lines"
    LOG_BLUEPRINT = "blueprint for log documents"
    FUNCTION = "own function"
    NONE = "none"
