"""The producer's options, checked in one place."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypedDict, get_args

from clickstream_producer._duration import seconds
from clickstream_producer._limits import MAX_EVENTS_PER_RECORD, MAX_RECORD_BYTES, MAX_REQUEST_BYTES, SEGMENT_BYTES
from clickstream_producer.errors import InvalidOption
from clickstream_producer.full_policy import FullPolicy
from clickstream_producer.stats import DropReason

OnDrop = Callable[[list[bytes], DropReason], None]
OnError = Callable[[Exception], None]

Growth = Literal["exponential", "linear", "constant"]
"""How the bound of the wait grows with each failure: it doubles, it grows by the first one, or it stays."""

GROWTHS: Final[tuple[str, ...]] = get_args(Growth)

MIN_BUFFER_BYTES: Final = 1024 * 1024
"""Smallest buffer: the largest event fits."""

BATCH_BYTES: Final = 1_000_000
"""Raw bytes of a request by default, and what :data:`GROWN_BATCH_BYTES` begins from."""

GROWN_BATCH_BYTES: Final = 4_000_000
"""Raw bytes that a request grows to by default: four records of 1 MB were seen to pass (producers.md, finding 6)."""

MIN_SPOOL_BYTES: Final = 2 * SEGMENT_BYTES
"""Smallest durable spool."""


class ProducerOptions(TypedDict, total=False):
    """The options of :class:`~clickstream_producer.Producer` by name, where they are handed on."""

    events_per_record: int | None
    record_bytes: int
    batch_bytes: int | None
    linger: float | str
    max_buffer_bytes: int
    when_full: FullPolicy
    max_age: float | str
    retry_initial: float | str
    retry_cap: float | str
    retry_growth: Growth
    max_retries: int | None
    exit_timeout: float | str
    check_json: bool
    spool: str | os.PathLike[str] | None
    max_spool_bytes: int
    on_drop: OnDrop | None
    on_error: OnError | None


@dataclass(frozen=True, slots=True)
class Options:
    """Checked options; the meaning of each is documented at :class:`~clickstream_producer.Producer`.

    Attributes
    ----------
    batch_bytes, max_batch_bytes
        Raw size of a request, and what it may grow to; the same where the caller has chosen one.
    """

    events_per_record: int
    record_bytes: int
    batch_bytes: int
    max_batch_bytes: int
    linger: float
    max_buffer_bytes: int
    when_full: FullPolicy
    max_age: float
    retry_initial: float
    retry_cap: float
    retry_growth: Growth
    exit_timeout: float
    check_json: bool
    max_retries: int | None
    spool: Path | None
    max_spool_bytes: int

    @classmethod
    def checked(
        cls,
        *,
        events_per_record: int,
        record_bytes: int,
        batch_bytes: int | None,
        linger: float | str,
        max_buffer_bytes: int,
        when_full: FullPolicy,
        max_age: float | str,
        retry_initial: float | str,
        retry_cap: float | str,
        retry_growth: Growth,
        exit_timeout: float | str,
        check_json: bool,
        max_retries: int | None,
        spool: str | os.PathLike[str] | None,
        max_spool_bytes: int,
    ) -> Options:
        """Check every value and the pairs that depend on each other.

        Raises
        ------
        InvalidOption
            Names the option, the value and the limit.
        """
        _within("events_per_record", events_per_record, 1, MAX_EVENTS_PER_RECORD)
        _within("record_bytes", record_bytes, 1, MAX_RECORD_BYTES)
        if batch_bytes is not None:
            _within("batch_bytes", batch_bytes, 1, MAX_REQUEST_BYTES)
        if not isinstance(max_buffer_bytes, int) or max_buffer_bytes < MIN_BUFFER_BYTES:
            raise InvalidOption(
                f"max_buffer_bytes={max_buffer_bytes!r} is below {MIN_BUFFER_BYTES:,}: the largest event would not fit"
            )
        if not isinstance(when_full, FullPolicy):
            raise InvalidOption(
                f"when_full={when_full!r} is not a FullPolicy: "
                "use FullPolicy.block(timeout), .drop_newest(), .drop_oldest() or .error()"
            )
        if retry_growth not in GROWTHS:
            raise InvalidOption(f"retry_growth={retry_growth!r} is none of {', '.join(GROWTHS)}")
        if max_retries is not None:
            _within("max_retries", max_retries, 0, 1_000_000)
        if (
            isinstance(max_spool_bytes, bool)
            or not isinstance(max_spool_bytes, int)
            or max_spool_bytes < MIN_SPOOL_BYTES
        ):
            raise InvalidOption(
                f"max_spool_bytes={max_spool_bytes!r} is below {MIN_SPOOL_BYTES:,}: two segment files would not fit"
            )
        options = cls(
            events_per_record=events_per_record,
            record_bytes=record_bytes,
            batch_bytes=batch_bytes or BATCH_BYTES,
            # A small buffer is one that the caller has little memory for.
            max_batch_bytes=batch_bytes or max(BATCH_BYTES, min(GROWN_BATCH_BYTES, max_buffer_bytes // 4)),
            linger=seconds("linger", linger),
            max_buffer_bytes=max_buffer_bytes,
            when_full=when_full,
            max_age=seconds("max_age", max_age),
            retry_initial=seconds("retry_initial", retry_initial),
            retry_cap=seconds("retry_cap", retry_cap),
            retry_growth=retry_growth,
            exit_timeout=seconds("exit_timeout", exit_timeout),
            check_json=check_json,
            max_retries=max_retries,
            spool=None if spool is None else Path(spool),
            max_spool_bytes=max_spool_bytes,
        )
        if options.max_age <= options.linger:
            raise InvalidOption(
                f"max_age={max_age!r} must be longer than linger={linger!r}: events would expire before they are sent"
            )
        if not 0 < options.retry_initial <= options.retry_cap:
            raise InvalidOption(
                f"retry_initial={retry_initial!r} must be above 0 and at most retry_cap={retry_cap!r} seconds"
            )
        return options


def _within(option: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidOption(f"{option}={value!r} is outside {low:,} to {high:,}")
