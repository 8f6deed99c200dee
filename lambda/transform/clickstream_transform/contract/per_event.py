"""The user's own function, called for each event inside the harness.

``def transform(event: dict) -> dict | list[dict] | None``: the row of an event, its rows, or nothing. A function of two
parameters gets what the endpoint knows of the event as the second: ``received_at`` (epoch milliseconds), ``ip``,
``user_agent``, ``api_key_id``, ``principal``, ``country``, each None where unknown.

An exception in it, ``SystemExit`` included, rejects that event, with the file and line of the user's code and the
exception's type as the reason, and costs no neighbour. So does a row that breaks the schema.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Self

from clickstream_transform.columns.checks import not_an_object
from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.columns.row_check import RowCheck, row_line
from clickstream_transform.contract.processor import StatelessProcessor
from clickstream_transform.errors import ConfigError, EventRejectedError, Reason
from clickstream_transform.log import log
from clickstream_transform.records.envelope import Envelope, read_json
from clickstream_transform.timestamps import normalise_date_time

FOLDER = "function"
"""Where the user's code lies, beside the package."""

_KNOWN = ("ip", "user_agent", "api_key_id", "principal", "country")


class PerEvent(StatelessProcessor):
    """Turns events into rows by a function.

    Parameters
    ----------
    function:
        Takes an event, or an event and what is known of it.
    columns:
        Of the rows; without them nothing is checked.
    """

    read = staticmethod(read_json)

    def __init__(self, function: Callable[..., Any], columns: Columns | None = None) -> None:
        self._function = function
        # Not by inspect, whose import would be a third of a cold start.
        code = getattr(function, "__code__", None)
        self._takes_known = code is not None and code.co_argcount == 2
        self._folder = os.path.dirname(code.co_filename) if code is not None else ""  # noqa: PTH120
        self._check = RowCheck(columns) if columns is not None else None

    def begin(self) -> Self:
        """Begin an invocation."""
        self.unknown_members = 0
        return self

    @classmethod
    def load(cls, folder: str, name: str, columns: Columns | None = None) -> PerEvent:
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
        found = cls(function, columns)
        found._folder = path
        return found

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes | None:
        """The rows that the function makes of one event."""
        if value.__class__ is not dict:
            raise not_an_object(value)
        try:
            result = self._function(value, _known(envelope)) if self._takes_known else self._function(value)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            place, raised = self._described(error)
            log("unexpected_error", error=raised, place=place or "unknown")
            raise EventRejectedError([Reason("", "unexpected_error", f"{place} {raised}".strip())]) from None
        if result is None:
            return None
        rows = [result] if isinstance(result, dict) else result
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _bad_result(f"the function returned {type(result).__name__}, not dict, list of dict or None")
        try:
            plain_rows = [plain(row) for row in rows]
        except TypeError as error:  # its text names a type: what JSON has no form for
            raise _bad_result(f"the function's result cannot be written: {error}") from None
        if self._check is None:
            return b"".join([row_line(row) for row in plain_rows]) or None
        checked = [self._check.checked(row) for row in plain_rows]
        lines = [row_line(row, has_flags=self._check.has_flags) for row, _ in checked]
        self.unknown_members += sum(lost for _, lost in checked)
        return b"".join(lines) or None

    def _described(self, error: BaseException) -> tuple[str, str]:
        """File and line in the user's code, and the exception: ``rows.py:12`` and ``KeyError 'value'``.

        Its message may quote a payload and is left out; a name is told where the code itself has it.
        """
        place, own, last = "", None, None
        step = error.__traceback__
        while step is not None:
            file = step.tb_frame.f_code.co_filename
            if self._folder and file.startswith(self._folder):
                place, own = f"{file[len(self._folder) :].lstrip('/')}:{step.tb_lineno}", step
            last, step = step, step.tb_next
        kind = type(error).__name__
        if own is None or own is not last:
            return place, kind
        code = own.tb_frame.f_code
        name = error.args[0] if isinstance(error, KeyError) and error.args else getattr(error, "name", None)
        known = code.co_consts if isinstance(error, KeyError) else code.co_names
        return place, f"{kind} {name!r}" if isinstance(name, str) and name in known else kind


def plain(value: Any) -> Any:
    """The JSON form of a value: that of the producer for times, decimals, UUIDs and enumerations.

    Raises
    ------
    TypeError
        There is none; the message names the type.
    """
    kind = value.__class__
    if kind in (str, int, bool) or value is None:
        return value
    if isinstance(value, float):
        return float(value) if value == value else None
    if isinstance(value, dict):
        return {name if name.__class__ is str else _name(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _plain_object(value)


def _plain_object(value: Any) -> Any:
    # By what they can do: their modules need not be imported, which would cost cold start.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    kind = type(value).__name__
    if kind == "datetime" and hasattr(value, "astimezone"):
        return normalise_date_time(value.isoformat())[0]
    if kind in ("date", "time") and hasattr(value, "isoformat"):
        return value.isoformat()
    if kind == "UUID":
        return str(value)
    if kind == "Decimal":
        if value.is_nan():
            return None
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    raise TypeError(f"a {kind} has no JSON form")


def _name(name: Any) -> str:
    if isinstance(name, str):
        return str.__str__(name)
    if name is None or isinstance(name, bool | int | float):
        return json.dumps(name)
    raise TypeError(f"a {type(name).__name__} is no name of a member")


def _known(envelope: Envelope) -> dict[str, Any]:
    return {"received_at": envelope.received_at} | {name: envelope.text(name) for name in _KNOWN}


def _bad_result(message: str) -> EventRejectedError:
    return EventRejectedError([Reason("", "bad_result", message)])
