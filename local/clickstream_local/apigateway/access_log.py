"""The access log: one line for each request in the stage's own format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clickstream_local.apigateway.lookup import text_at

_VARIABLE = re.compile(r"\$context\.(\w+(?:\.\w+)*)")


class AccessLogFormat:
    """A stage's access log format: text with ``$context.<name>``; what has no value is written as ``-``."""

    def __init__(self, text: str) -> None:
        # Odd parts are variable names.
        first, *others = _VARIABLE.split(text)
        self._first = first
        self._others = [(text_at(name), text) for name, text in zip(others[::2], others[1::2], strict=True)]

    def line(self, context: Mapping[str, Any]) -> str:
        """The line for one request; ``context`` is ``$context`` with what only the access log knows."""
        parts = [self._first]
        for value, text in self._others:
            parts += (value(context) or "-", text)
        return "".join(parts)
