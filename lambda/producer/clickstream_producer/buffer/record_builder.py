"""Events to records.

Firehose bills each record rounded up to 5 KB, so many small events in one record cost a tenth to a fiftieth
(facts/prices.md#what-is-billed).
"""

from __future__ import annotations

import time
from itertools import repeat

from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.buffer.signal_lock import Step, at_once
from clickstream_producer.options import Options
from clickstream_producer.spool.disk_spool import DiskSpool
from clickstream_producer.spool.record import Record
from clickstream_producer.spool.segment import RecordLocation


class RecordBuilder:
    """Collects events until they fill a record, and stores each on the disk at once, where there is a spool.

    Unpacked events are collected, too, up to a request of them: making a record for each is cheaper all at once.
    Whoever uses it holds the buffer's lock.

    Parameters
    ----------
    options
        The producer's.
    disk
        Stores the events; None keeps them in memory only.

    Attributes
    ----------
    events
        What is collected, always the same list.
    bytes
        Their size, newlines included.
    created
        When the first of them was put; means nothing while there is none.
    unpacked
        Whether each event becomes an entry of its own.
    max_events, max_bytes
        A record of so many events, or bytes, is complete.
    storing
        The disk, while the record that is being built is on it.
    """

    __slots__ = (
        "_disk",
        "_key",
        "_keys",
        "_location",
        "_locations",
        "bytes",
        "created",
        "events",
        "max_bytes",
        "max_events",
        "storing",
        "unpacked",
    )

    def __init__(self, options: Options, disk: DiskSpool | None) -> None:
        self.unpacked = options.events_per_record == 1
        self.max_events = MAX_REQUEST_RECORDS if self.unpacked else options.events_per_record
        self.max_bytes = options.batch_bytes if self.unpacked else options.record_bytes
        self.events: list[bytes] = []
        self.bytes = 0
        self.created = 0.0
        self.storing: DiskSpool | None = None
        self._disk = disk
        self._key: str | None = None  # of all events, when they are packed
        self._keys: list[str | None] = []  # of unpacked events, as far as any has one
        self._location: RecordLocation | None = None
        self._locations: list[RecordLocation | None] = []  # of the record, or of each unpacked event

    @property
    def is_durable(self) -> bool:
        """Whether the next event will be on the disk, as far as is known."""
        return self.storing is not None or (self._disk is not None and not self._disk.broken)

    @property
    def takes_plain_events(self) -> bool:
        """Whether an event without a key can join with no more than an append: none needs a place of its own."""
        return self._key is None and not (self.unpacked and self._disk is not None)

    def accepts(self, size: int, key: str | None) -> bool:
        """Say whether an event of so many bytes, newline included, can join those that are here."""
        fits = self.bytes + size <= self.max_bytes and len(self.events) < self.max_events
        return not self.events or (fits and (self.unpacked or key == self._key))

    def reserve(self, size: int, key: str | None) -> bool:
        """Find a place on the disk where the event that comes needs one; False: the disk has none just now."""
        if self._disk is None or (self.events and not self.unpacked):
            return True
        self._location = self._disk.begin(size if self.unpacked else max(size, self.max_bytes), key)
        self.storing = None if self._location is None else self._disk
        return self._location is not None

    def store(self, lines: bytes) -> None:
        """Store events, each ended by a newline, that have just been collected, where the record is on the disk."""
        if self.storing is not None and not self.storing.append(lines):
            self.storing = None
            self._locations[-1] = None

    def add(self, event: bytes, key: str | None, *also: Step) -> bool:
        """Collect an event that is accepted and has its place, and take ``also`` these steps with it.

        True: the record is complete.
        """
        count = len(self.events)
        if self._disk is not None and (self.unpacked or not count):
            self._locations[count:] = [self._location]  # in the place of what an interrupted one left
        self.store(event + b"\n")
        if not count:
            self.created = time.monotonic()
            self._key = None if self.unpacked else key
        if self.unpacked and (key is not None or self._keys):
            if len(self._keys) != count:
                self._keys[count:] = repeat(None, count - len(self._keys))
            self._keys.append(key)
        total = self.bytes + len(event) + 1 if count else len(event) + 1
        self.bytes = total
        if also:
            at_once((self.events.append, event), *also)
        else:
            self.events.append(event)
        return total >= self.max_bytes or count + 1 >= self.max_events

    def build(self) -> list[Record]:
        """Make records of what is here, however little, and leave it here; none when there is nothing.

        Unpacked events become one record of all of them, or on the disk a record each.
        """
        events = self.events
        if not events:
            return []
        if self.unpacked:
            keys = [*self._keys[: len(events)], *repeat(None, len(events) - len(self._keys))] if self._keys else []
            together = Record.unpacked(events.copy(), keys, self.created, self.bytes)
            records = together.one_per_entry() if self._locations else [together]
        else:
            # The last event, too, is ended by a newline.
            records = [Record(b"\n".join([*events, b""]), len(events), self.created, self._key)]
        for record, location in zip(records, self._locations, strict=False):  # no locations without a disk
            record.location = location
            if location is not None:
                location.segment.seal(location, record.events)
        return records

    def empty(self) -> list[Step]:
        """Begin anew: steps for `at_once`."""
        return [
            (self.events.clear,),
            (setattr, self, "bytes", 0),
            (setattr, self, "storing", None),
            (setattr, self, "_locations", []),
            (setattr, self, "_keys", []),
        ]
