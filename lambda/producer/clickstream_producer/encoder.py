"""The encoder: an event as the caller has it to compact JSON in one line."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import os
import time
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .errors import EventTooLarge, InvalidEvent
from .limits import MAX_EVENT_BYTES

try:
    from orjson import loads as _fast_loads
except ImportError:  # the extra `fast` is not installed
    _fast_loads = None  # type: ignore[assignment]


class Encoder:
    """Writes events as UTF-8 JSON without raw newlines.

    A mapping, a dataclass or a pydantic model (by its aliases) is encoded, and gets
    ``event_id`` (a random UUID, 32 hexadecimal digits) and
    ``client_time`` (``yyyy-MM-ddTHH:mm:ss.SSSZ``, UTC) where it has none: both are fixed here, before the first
    attempt, so that copies made by retries can be told from events. The caller's object is never changed. Dates and
    times become ISO 8601 text, in UTC with milliseconds; one without a zone is taken to be UTC. Text and bytes are
    taken to be JSON already: checked, and sent as they are but for line breaks between tokens.

    Parameters
    ----------
    check_json
        False skips the check of text and bytes that hold no line break, for callers who have just encoded them.
    """

    def __init__(self, *, check_json: bool = True) -> None:
        self._check_json = check_json
        self._dumps = json.JSONEncoder(
            ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
        ).encode
        # Numbers are only looked at, never converted: a number too long for Python's int is still JSON.
        self._scan = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse_constant).decode
        self._clock = _ClientTime()
        # Raises for what may not be JSON. The first look at bytes; a builtin where nothing is to be checked.
        self._is_json: Callable[[Any], object] = len
        if check_json:
            self._is_json = _standard_check() if _fast_loads is None else _fast_loads

    def encode(self, event: object) -> bytes:
        """Encode one event.

        Raises
        ------
        InvalidEvent
            Not a mapping, dataclass, pydantic model, text or bytes; not JSON; or it holds a value that JSON has no
            form for.
        EventTooLarge
            More than 1,023,999 bytes.
        """
        # The common types by identity first: asking an abstract class costs as much as the rest of the work.
        kind = type(event)
        if kind is bytes:
            # Line breaks by number: looking for a byte string costs eight times as much.
            if 10 not in event and 13 not in event and len(event) <= MAX_EVENT_BYTES:  # type: ignore[operator, arg-type]
                try:
                    self._is_json(event)
                except (ValueError, StopIteration, RecursionError, InvalidEvent):
                    pass  # stricter in places than the check below; that one's word counts
                else:
                    return event  # type: ignore[return-value]
            data = self._from_bytes(event)  # type: ignore[arg-type]
        elif kind is dict:
            data = self._from_fields(event)  # type: ignore[arg-type]
        elif isinstance(event, str):
            data = self._from_bytes(_utf8(event))
        elif isinstance(event, bytes | bytearray | memoryview):
            data = self._from_bytes(bytes(event))
        elif isinstance(event, Mapping):
            data = self._from_fields(event)
        elif dataclasses.is_dataclass(event) and not isinstance(event, type):
            data = self._from_fields(_fields(event))
        elif _is_model(event):
            data = self._from_fields(event.model_dump(mode="json", by_alias=True))  # type: ignore[attr-defined]
        else:
            raise InvalidEvent(
                f"an event of type {kind.__name__} cannot be sent: "
                "give a mapping, a dataclass, a pydantic model, or JSON as str or bytes"
            )
        if len(data) > MAX_EVENT_BYTES:
            raise EventTooLarge(len(data), MAX_EVENT_BYTES)
        return data

    def _from_fields(self, fields: Mapping[Any, Any]) -> bytes:
        stamped = dict(fields)
        if stamped.get("event_id") is None:
            stamped["event_id"] = _random_uuid()
        if stamped.get("client_time") is None:
            stamped["client_time"] = self._clock.now()
        try:
            return _utf8(self._dumps(stamped))
        except RecursionError:
            raise InvalidEvent("the event is nested too deeply to be written as JSON") from None
        except (TypeError, ValueError) as error:
            raise InvalidEvent(f"the event cannot be written as JSON: {error}") from error

    def _from_bytes(self, data: bytes) -> bytes:
        breaks = 10 in data or 13 in data
        if self._check_json or breaks:
            self._check(data)
        if breaks:
            # In JSON a raw line break can only stand between tokens (within a string it has to be escaped), and the
            # check above has passed: a space there means the same, and every number keeps its own spelling.
            data = data.replace(b"\r", b" ").replace(b"\n", b" ")
        return data

    def _check(self, data: bytes) -> None:
        if _fast_loads is not None:
            try:
                _fast_loads(data)
            except ValueError:
                pass  # stricter than the standard library in places; that one's word counts
            else:
                return
        try:
            self._scan(data.decode())
        except RecursionError:
            raise InvalidEvent("the event is nested too deeply to be checked as JSON") from None
        except UnicodeDecodeError as error:
            raise InvalidEvent(f"the event is not UTF-8: {error.reason} at byte {error.start}") from None
        except json.JSONDecodeError as error:
            # Not `from error`: its `doc` attribute holds the whole event, which must not reach a log.
            raise InvalidEvent(f"the event is not one JSON value: {error.msg} at character {error.pos}") from None


def _standard_check() -> Callable[[bytes], object]:
    """Make a check by the standard library's C scanner, without what ``json.loads`` does around it."""
    scan = json.JSONDecoder(parse_constant=_refuse_constant).scan_once  # type: ignore[attr-defined] # not in the stubs

    def check(data: bytes) -> None:
        text = data.decode()
        if scan(text, 0)[1] != len(text):
            raise ValueError("spaces or more around the value")

    return check


class _ClientTime:
    """Now as ``yyyy-MM-ddTHH:mm:ss.SSSZ``; the part down to the second is kept until the second is over."""

    def __init__(self) -> None:
        self._second = (0, "1970-01-01T00:00:00.")

    def now(self) -> str:
        milliseconds = time.time_ns() // 1_000_000
        second, rest = divmod(milliseconds, 1000)
        kept, text = self._second  # one tuple, so that another thread cannot change the half of it
        if kept != second:
            text = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
            self._second = (second, text)
        return f"{text}{rest:03d}Z"


def _random_uuid() -> str:
    """Random UUID (version 4) as 32 hexadecimal digits, at half the cost of ``uuid.uuid4().hex``."""
    digits = os.urandom(16).hex()
    return f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) & 3]}{digits[17:]}"


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair, such as text cut in the middle of an emoji: the rest of the event is worth keeping.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _fields(event: object) -> dict[str, Any]:
    # Not dataclasses.asdict: it copies deeply; nested dataclasses come to _plain one by one.
    return {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}  # type: ignore[arg-type]


def _is_model(value: object) -> bool:
    """Recognize a pydantic model by what it can do: the package itself is not needed here."""
    return callable(getattr(value, "model_dump", None)) and not isinstance(value, type)


def _plain(value: object) -> object:
    """Give a JSON form to values that the encoder does not know."""
    if isinstance(value, dt.datetime):
        aware = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        return aware.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if _is_model(value):
        return value.model_dump(mode="json", by_alias=True)  # type: ignore[attr-defined]
    raise TypeError(
        f"a value of type {type(value).__name__} has no JSON form here: "
        "convert it to text, a number, a list or a mapping"
    )


def _refuse_constant(name: str) -> object:
    raise InvalidEvent(f"the event is not JSON: {name} is not a JSON number, use null")
