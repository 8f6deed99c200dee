"""The user's own function, called for each event inside the harness.

``def transform(event: dict) -> dict | list[dict] | None``: the row of an event, its rows, or nothing. A function of two
parameters gets what the endpoint knows of the event as the second: ``received_at`` (epoch milliseconds), ``ip``,
``user_agent``, ``api_key_id``, ``principal``, ``country``, each None where unknown.

An exception in it rejects that event, with the exception's type as the reason, and costs no neighbour.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from clickstream_transform.columns.checks import not_an_object
from clickstream_transform.contract.processor import StatelessProcessor
from clickstream_transform.errors import ConfigError, EventRejectedError, Reason
from clickstream_transform.records.codec import json_line
from clickstream_transform.records.envelope import Envelope, read_json

FOLDER = "function"
"""Where the user's code lies, beside the package."""

_KNOWN = ("ip", "user_agent", "api_key_id", "principal", "country")


class PerEvent(StatelessProcessor):
    """Turns events into rows by a function.

    Parameters
    ----------
    function:
        Takes an event, or an event and what is known of it.
    """

    read = staticmethod(read_json)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        # Not by inspect, whose import would be a third of a cold start.
        code = getattr(function, "__code__", None)
        self._takes_known = code is not None and code.co_argcount == 2

    @classmethod
    def load(cls, folder: str, name: str) -> PerEvent:
        """Import ``module.function`` from the folder ``function`` in a folder.

        Raises
        ------
        ConfigError
            The module or the function does not exist; what the module itself raises goes on.
        """
        module_name, _, function_name = name.rpartition(".")
        if not module_name:
            raise ConfigError(f"option 'function' is {name!r}; allowed is 'module.function'")
        path = os.path.join(folder, FOLDER)  # noqa: PTH118 - pathlib costs cold start
        if path not in sys.path:
            sys.path.insert(0, path)
        try:
            module = import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name != module_name:
                raise
            raise ConfigError(f"option 'function' is {name!r}, and {path} has no module {module_name!r}") from None
        function = getattr(module, function_name, None)
        if not callable(function):
            raise ConfigError(f"option 'function' is {name!r}, and {module_name} has no function {function_name!r}")
        return cls(function)

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes | None:
        """The rows that the function makes of one event."""
        if value.__class__ is not dict:
            raise not_an_object(value)
        result = self._function(value, _known(envelope)) if self._takes_known else self._function(value)
        if result is None:
            return None
        rows = [result] if isinstance(result, dict) else result
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _bad_result(f"the function returned {type(result).__name__}, not dict, list of dict or None")
        try:
            return b"".join([json_line(dict(row)) for row in rows]) or None
        except TypeError as error:  # its text names a type: what JSON has no form for
            raise _bad_result(f"the function's result cannot be written: {error}") from None


def _known(envelope: Envelope) -> dict[str, Any]:
    return {"received_at": envelope.received_at} | {name: envelope.text(name) for name in _KNOWN}


def _bad_result(message: str) -> EventRejectedError:
    return EventRejectedError([Reason("", "bad_result", message)])
