"""The access log: one line for each request in the stage's own format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clickstream_local.apigateway.lookup import lookup_text

_VARIABLE = re.compile(r"\$context\.(\w+(?:\.\w+)*)")


class AccessLogFormat:
    """A stage's access log format: text with ``$context.<name>``; what has no value is written as ``-``."""

    def __init__(self, text: str) -> None:
        # Odd parts are variable names.
        first, *others = _VARIABLE.split(text)
        self._first = first
        self._others = list(zip(others[::2], others[1::2], strict=True))

    def line(self, context: Mapping[str, Any]) -> str:
        """The line for one request; ``context`` is ``$context`` with what only the access log knows."""
        parts = [self._first]
        for name, text in self._others:
            parts += (lookup_text(context, name) or "-", text)
        return "".join(parts)
