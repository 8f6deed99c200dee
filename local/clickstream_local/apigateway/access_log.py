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
        self._parts = _VARIABLE.split(text)

    def line(self, context: Mapping[str, Any]) -> str:
        """The line for one request; ``context`` is ``$context`` with what only the access log knows."""
        return "".join(
            part if index % 2 == 0 else lookup_text(context, part) or "-" for index, part in enumerate(self._parts)
        )
