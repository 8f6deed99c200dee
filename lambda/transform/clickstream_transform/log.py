"""Log lines: JSON with a name and facts of our own making, never anything out of a payload."""

from __future__ import annotations

import json


def log(event: str, **facts: str | int) -> None:
    """Print one line, which Lambda sends to the function's log group."""
    print(json.dumps({"event": event} | facts), flush=True)


def log_unexpected(error: BaseException) -> None:
    """Name an exception by its type and place; its message may quote a payload and is left out."""
    place = "unknown"
    step = error.__traceback__
    while step is not None:
        place = f"{step.tb_frame.f_code.co_filename.rpartition('/')[2]}:{step.tb_lineno}"
        step = step.tb_next
    log("unexpected_error", error=type(error).__name__, place=place)
