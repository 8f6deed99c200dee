"""The encoder: an event as the caller has it to compact JSON in one line."""

from __future__ import annotations

import dataclasses
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from json.scanner import make_scanner
from typing import Any, Final

from clickstream_producer._limits import MAX_EVENT_BYTES
from clickstream_producer.encoding.event_stamp import ClientTime, random_uuid
from clickstream_producer.encoding.json_types import fields_of, is_model, model_fields, utf8
from clickstream_producer.encoding.json_writer import json_writer
from clickstream_producer.errors import EventTooLarge, InvalidEvent

try:
    from msgspec import Raw
    from msgspec.json import Decoder
except ImportError:  # the extra `fast` is not installed
    _skim: Callable[[bytes], object] | None = None
else:
    # Reads over a value and makes nothing of it: a third of the cost of parsing. It does not look for UTF-8.
    _skim = Decoder(Raw).decode


TOGETHER: Final = 256 * 1024
"""Most bytes of events that are looked at together: small enough to stay in the cache."""


_BOM: Final = "\ufeff".encode()

_NOT_SURE: Final = (ValueError, StopIteration, RecursionError, InvalidEvent)
"""What the first look at bytes raises."""

_MAPPINGS: Final = (dict, Mapping)


class Encoder:
    """Writes events as UTF-8 JSON without raw newlines.

    A mapping, a dataclass or a pydantic model (by its aliases) is encoded, and gets
    ``event_id`` (a random UUID, 32 hexadecimal digits) and
    ``client_time`` (``yyyy-MM-ddTHH:mm:ss.SSSZ``, UTC) where it has none: both are fixed here, before the first
    attempt, so that copies made by retries can be told from events. The caller's object is never changed. Dates and
    times become ISO 8601 text, in UTC with milliseconds; one without a zone is taken to be UTC. A ``Decimal`` becomes a
    number, in models too. Text and bytes are taken to be JSON already: checked, and sent as they are but for line
    breaks between tokens and a byte order mark.

    Parameters
    ----------
    check_json
        False skips the check of text and bytes that hold no line break, for callers who have just encoded them.
    """

    def __init__(self, *, check_json: bool = True) -> None:
        self._check_json = check_json
        self._write = json_writer()
        # Numbers are only looked at, never converted: a number too long for Python's int is still JSON.
        self._scan = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse_constant).decode
        self._clock = ClientTime()
        # Raises for what may not be JSON: the first look at bytes.
        self._is_json = _skim or _standard_check()

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
                if not self._check_json:
                    return event  # type: ignore[return-value]
                try:
                    self._is_json(event)  # type: ignore[arg-type]
                    if not event.isascii():  # type: ignore[attr-defined]
                        event.decode()  # type: ignore[attr-defined]
                except _NOT_SURE:
                    pass  # stricter in places than the check below; that one's word counts
                else:
                    return event  # type: ignore[return-value]
            data = self._from_bytes(event)  # type: ignore[arg-type]
        elif kind is dict:
            data = self._from_object(event)
        elif isinstance(event, str):
            data = self._from_bytes(utf8(event))
        elif isinstance(event, bytes | bytearray | memoryview):
            data = self._from_bytes(bytes(event))
        else:
            data = self._from_object(event)
        if len(data) > MAX_EVENT_BYTES:
            raise EventTooLarge(len(data), MAX_EVENT_BYTES)
        return data

    def are_encoded(self, events: Sequence[object]) -> bool:
        """Say whether all are bytes that :meth:`encode` would give back as they are; False says nothing of any."""
        if set(map(type, events)) != {bytes} or sum(map(len, events)) > TOGETHER:  # type: ignore[arg-type]
            return False
        together = b"".join(events)  # type: ignore[arg-type]
        if 10 in together or 13 in together:
            return False
        if self._check_json:
            try:
                if _skim is None:
                    self._is_json(*events)  # type: ignore[arg-type]
                else:
                    deque(map(_skim, events), maxlen=0)  # type: ignore[arg-type]
                # JSON begins and ends in ASCII: together they are UTF-8 when each is.
                if not together.isascii():
                    together.decode()
            except _NOT_SURE:
                return False
        return True

    def _from_object(self, event: object) -> bytes:
        try:
            if isinstance(event, _MAPPINGS):
                return self._from_fields(event)
            if dataclasses.is_dataclass(event) and not isinstance(event, type):
                return self._from_fields(fields_of(event))
            if is_model(event) and isinstance(fields := model_fields(event), dict):
                return self._from_fields(fields)
        except InvalidEvent:
            raise
        except RecursionError:
            raise InvalidEvent("the event is nested too deeply to be written as JSON, or contains itself") from None
        except (TypeError, ValueError) as error:
            raise InvalidEvent(f"the event cannot be written as JSON: {error}") from error
        except Exception as error:  # of the event's own code: its text may quote a value
            raise InvalidEvent(f"the event cannot be written as JSON: it raises {type(error).__name__}") from error
        raise InvalidEvent(
            f"an event of type {type(event).__name__} cannot be sent: "
            "give a mapping, a dataclass, a pydantic model with fields, or JSON as str or bytes"
        )

    def _from_fields(self, fields: Mapping[Any, Any]) -> bytes:
        stamped = dict(fields)
        if stamped.get("event_id") is None:
            stamped["event_id"] = random_uuid()
        if stamped.get("client_time") is None:
            stamped["client_time"] = self._clock.now()
        return self._write(stamped)

    def _from_bytes(self, data: bytes) -> bytes:
        data = data.removeprefix(_BOM)
        breaks = 10 in data or 13 in data
        if self._check_json or breaks:
            self._check(data)
        if breaks:
            # In JSON a raw line break can only stand between tokens (within a string it has to be escaped), and the
            # check above has passed: a space there means the same, and every number keeps its own spelling.
            data = data.replace(b"\r", b" ").replace(b"\n", b" ")
        return data

    def _check(self, data: bytes) -> None:
        try:
            text = data.decode()
            if _skim is not None:
                try:
                    _skim(data)
                except (ValueError, RecursionError):
                    pass  # stricter than the standard library in places; that one's word counts
                else:
                    return
            self._scan(text)
        except RecursionError:
            raise InvalidEvent("the event is nested too deeply to be checked as JSON") from None
        except UnicodeDecodeError as error:
            raise InvalidEvent(f"the event is not UTF-8: {error.reason} at byte {error.start}") from None
        except json.JSONDecodeError as error:
            # Not `from error`: its `doc` attribute holds the whole event, which must not reach a log.
            raise InvalidEvent(f"the event is not one JSON value: {error.msg} at character {error.pos}") from None


def _standard_check() -> Callable[..., None]:
    scan = make_scanner(json.JSONDecoder(parse_constant=_refuse_constant))  # type: ignore[arg-type] # typeshed's mistake

    def check(*events: bytes) -> None:
        for event in events:
            text = event.decode()
            if scan(text, 0)[1] != len(text):
                raise ValueError("spaces or more around the value")

    return check


def _refuse_constant(name: str) -> object:
    raise InvalidEvent(f"the event is not JSON: {name} is no number in JSON; use null")
