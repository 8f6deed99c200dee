"""What does not fit into the answer: split into smaller records that go back into the stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clickstream_transform.contract.chunks import Chunk, pack
from clickstream_transform.records.envelope import Envelope

MAX_EVENTS = 500
"""Events in a record that is put back."""


def own_stream(event: Mapping[str, Any]) -> str | None:
    """The name of the delivery stream that a batch came from, None where PutRecord does not work on it.

    That is so with a Kinesis or MSK source. The name is taken from the event, because a function whose configuration
    named its stream could not be created before it.
    """
    if any(name in event for name in ("sourceKinesisStreamArn", "sourceMSKArn")):
        return None
    arn = event.get("deliveryStreamArn")
    if not isinstance(arn, str):
        return None
    _, mark, name = arn.partition(":deliverystream/")
    return name if mark and name else None


def split(envelope: Envelope, owner: int) -> list[Chunk]:
    """The events of a record as records of at most 500 events and 250 kB, one attempt further.

    Their context lines carry what the endpoint knew, the first time of receipt included, and the place of each event,
    so that ids derived from it stay the same.
    """
    attempt = envelope.attempt + 1
    if envelope.rows is not None:
        return pack(
            ((owner, line + b"\n") for line in envelope.rows.split(b"\n") if line),
            max_lines=MAX_EVENTS,
            header=lambda index: envelope.context_line("transformed", index, attempt=attempt),
        )
    return pack(
        ((owner, envelope.raw(index) + b"\n") for index in range(envelope.events.count)),
        max_lines=MAX_EVENTS,
        header=lambda index: envelope.context_line("split", index, attempt=attempt),
    )
