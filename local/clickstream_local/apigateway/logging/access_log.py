"""The access log: one line for each request in the stage's own format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from clickstream_local.apigateway.context.variables import variable_path

_LOGGED: Final = frozenset(
    {
        "integration",
        "integrationErrorMessage",
        "integrationLatency",
        "integrationStatus",
        "responseLatency",
        "responseLength",
        "status",
    }
)
"""What is in the log's own values, not in ``$context``."""

_VARIABLE = re.compile(r"\$context\.(\w+(?:\.\w+)*)")


class AccessLogFormat:
    """A stage's access log format: text with ``$context.<name>``; what has no value is written as ``-``."""

    def __init__(self, text: str) -> None:
        # Odd parts are variable names.
        self._frame = _VARIABLE.split(text)
        self._variables = [
            (place, variable_path(name), name.partition(".")[0] in _LOGGED)
            for place, name in list(enumerate(self._frame))[1::2]
        ]

    def line(self, context: Mapping[str, Any], logged: Mapping[str, Any]) -> str:
        """The line for one request, from ``$context`` and from what only the access log knows."""
        filled = self._frame.copy()
        for place, value, is_logged in self._variables:
            filled[place] = value(logged if is_logged else context) or "-"
        return "".join(filled)
