"""The record that is being filled: in memory, and with a journal on disk too."""

from __future__ import annotations

from clickstream_producer.buffer.record_builder import Packer
from clickstream_producer.errors import SpoolBroken
from clickstream_producer.options import Options
from clickstream_producer.spool.disk_spool import Journal
from clickstream_producer.spool.record import Record
from clickstream_producer.spool.segment import Place


class OpenRecord:
    """Ties the packer to the journal; who uses it holds the spool's lock.

    Parameters
    ----------
    options
        The producer's.
    journal
        Where records are stored; None keeps them in memory only.

    Attributes
    ----------
    packer
        Collects the events.
    storing
        The journal, while the record that is open is on disk.
    """

    def __init__(self, options: Options, journal: Journal | None) -> None:
        self.packer = Packer(options.events_per_record, options.record_bytes, options.batch_bytes)
        self.storing: Journal | None = None
        self._journal = journal
        self._places: list[Place | None] = []  # of the record, or of each unpacked event that is collected

    @property
    def durable(self) -> bool:
        """Whether the next event will be on disk, as far as is known."""
        return self.storing is not None or (self._journal is not None and not self._journal.broken)

    @property
    def always_begins(self) -> bool:
        """Whether each event has a frame of its own, or a key to look at."""
        packer = self.packer
        return packer.key is not None or (packer.unpacked and self._journal is not None)

    def begin(self, size: int, key: str | None) -> SpoolBroken | None:
        """Begin a frame on disk if the event that comes needs one; give back the error when the disk fails just now."""
        packer = self.packer
        if self._journal is None or (packer.events and not packer.unpacked):
            return None
        error = None
        try:
            place = self._journal.begin(size if packer.unpacked else max(size, packer.target), key)
        except SpoolBroken as broken:
            place, error = None, broken
        self._places.append(place)
        self.storing = None if place is None else self._journal
        return error

    def forget_begun(self) -> None:
        """Take back a :meth:`begin` that gave an error: the event does not come after all."""
        self._places.pop()

    def add(self, event: bytes, key: str | None) -> bool:
        """Take an event; True when that makes enough, and :meth:`seal` should follow."""
        if self.storing is not None:
            self.storing.append(event)
        return self.packer.add(event, key)

    def seal(self) -> list[Record]:
        """Make records of what is here; none when there is nothing."""
        records = self.packer.seal(single=bool(self._places))
        for record, place in zip(records, self._places, strict=False):  # no places without a journal
            record.place = place
            if place is not None:
                place.segment.seal(place, record.events)
        self._places = []
        self.storing = None
        return records
