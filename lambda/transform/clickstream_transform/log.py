"""Log lines: JSON with a name and facts of our own making, never anything out of a payload."""

from __future__ import annotations

import json
import traceback


def log(event: str, **facts: str | int) -> None:
    """Print one line, which Lambda sends to the function's log group."""
    print(json.dumps({"event": event} | facts), flush=True)


def log_unexpected(error: BaseException) -> None:
    """Name an exception by its type and place; its message may quote a payload and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "unknown"
    log("unexpected_error", error=type(error).__name__, place=place)
