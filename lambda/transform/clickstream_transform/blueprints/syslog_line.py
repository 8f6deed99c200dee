"""One syslog message: RFC 3164 as it is found in files, RFC 5424, with or without priority, ISO times included.

The producer's agent carries a copy, which ``make docs`` writes: this file imports nothing of the transform.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,:]\d+)?"
_BSD_TIME = rf"(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?i:[a-z]*) +\d{{1,2}}(?: \d{{4}})? {_CLOCK}"
_ISO_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"

_HOST = r"(?:::)?\w(?:[\w.:-]*[\w.-])?"
_NUMBER = r"(\d{1,3})"
_MAX_PRIORITY = 191
"""RFC 5424 6.2.1: facility 23 and severity 7."""

match_common = re.compile(rf"({_BSD_TIME}) ({_HOST}) ([\w./%()@+-]+)(?:\[(\d+)\])?: ?(.*)", re.ASCII | re.DOTALL).match
"""The usual line of a file, at once: time, host, program, process id, message. None of the first four needs quoting."""

_head = re.compile(
    rf"(?:<{_NUMBER}> *)?(?:({_BSD_TIME}|{_ISO_TIME})(?: +|$))?(?:(<\d+\.\d+>) )?(.*)", re.ASCII | re.DOTALL
).match
_name = re.compile(rf"{_HOST}(?= )", re.ASCII).match
_tag = re.compile(r"([^:\[\]\n]{1,64}?)(?:\[([^\]\s]{1,64})\])?(?: \(([^)\n]*)\))?:(?: (.*)|$)", re.DOTALL).match
# Cisco IOS: a number, a host, a mark where the clock is not set (* or .), the zone, and the message's own name.
_cisco = re.compile(
    rf"(?:<{_NUMBER}> *)?(?:(\d+): )?(?:({_HOST}): )?([*.]?)({_BSD_TIME})(?: (\w{{2,5}}))?: (%[\w-]{{1,64}}): (.*)",
    re.ASCII | re.DOTALL,
).match
_rfc5424 = re.compile(
    r"<(\d{1,3})>(\d{1,2}) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +"
    r'(-|(?:\[[^\]"]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^\]"]*)*\])+)(?: (.*)|$)',
    re.DOTALL,
).match
begins = re.compile(rf"<\d{{1,3}}>|(?:\d+: )?[*.]?{_BSD_TIME}|{_ISO_TIME}", re.ASCII).match
"""Whether a line begins a message; any other is part of the one before."""


class Message(NamedTuple):
    """A message's parts as they stand in it; None where it has none."""

    timestamp: str | None
    hostname: str | None
    program: str | None
    processid: str | None
    message: str
    priority: int | None = None
    msgid: str | None = None
    structured_data: str | None = None
    rest: str | None = None


def parse(line: str) -> Message | None:
    """The parts of a message in any of the formats; None where the line is none."""
    common = match_common(line)
    if common is not None:
        time, host, program, process, message = common.groups()
        return Message(time, host, program, process, message)
    if line[:1] == "<":
        found = _rfc5424(line)
        if found is not None:
            time, host, program, process, msgid, data = (_known(group) for group in found.groups()[2:8])
            text = (found[9] or "").removeprefix("\ufeff")
            version = None if found[2] == "1" else found[2]
            message = Message(time, host, program, process, text, int(found[1]), msgid, data, version)
            return _with_known_priority(message)
    cisco = _cisco(line)
    if cisco is not None:
        priority, sequence, host, mark, time, zone, program, text = cisco.groups()
        rest = " ".join(part for part in (sequence, mark, zone) if part) or None
        return _with_known_priority(
            Message(time, host, program, None, text, None if priority is None else int(priority), rest=rest)
        )
    head = _head(line)
    assert head is not None  # each part of it is optional
    priority, time, relay, rest = head.groups()
    return _with_known_priority(_of_head(None if priority is None else int(priority), time, relay, rest))


def _with_known_priority(message: Message | None) -> Message | None:
    """None where there is no message, or none with such a priority."""
    return None if message is None or (message.priority or 0) > _MAX_PRIORITY else message


def _of_head(number: int | None, time: str | None, relay: str | None, rest: str) -> Message | None:
    """The parts of a message whose priority, time and number of a relay are known."""
    if time is None:
        # A priority alone makes it syslog: without a time the rest is all message (RFC 3164 4.3.3).
        return None if number is None else Message(None, None, None, None, rest, number, rest=relay)
    host = None
    named = _name(rest)
    if named is not None:
        host, rest = named[0], rest[named.end() :].lstrip(" ")
    tag = _tag(rest)
    if tag is None:
        return Message(time, host, None, None, rest, number, rest=relay)
    more = " ".join(part for part in (relay, tag[3]) if part) or None
    return Message(time, host, tag[1], tag[2], tag[4] or "", number, rest=more)


def _known(text: str) -> str | None:
    """RFC 5424 writes a dash for what is not known."""
    return None if text == "-" else text
