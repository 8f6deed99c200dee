"""The producer's options: their names, types, defaults, meaning and limits, in one place."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, Final, Literal, ParamSpec, TypeVar, get_args

from clickstream_producer._duration import seconds
from clickstream_producer._limits import MAX_EVENTS_PER_RECORD, MAX_RECORD_BYTES, MAX_REQUEST_BYTES, SEGMENT_BYTES
from clickstream_producer.errors import InvalidOption, check_type
from clickstream_producer.full_policy import FullPolicy
from clickstream_producer.stats import DropReason
from clickstream_producer.targets.aws_stream import AwsStream

OnDrop = Callable[[list[bytes], DropReason], None]
OnError = Callable[[Exception], None]

Growth = Literal["exponential", "linear", "constant"]
"""How the bound of the wait grows with each failure: it doubles, it grows by the first one, or it stays."""

MIN_BUFFER_BYTES: Final = 1024 * 1024
"""Smallest buffer: the largest event fits."""

BATCH_BYTES: Final = 1_000_000
"""Raw bytes of a request by default, and what :data:`GROWN_BATCH_BYTES` begins from."""

GROWN_BATCH_BYTES: Final = 4_000_000
"""Raw bytes that a request grows to by default: four records of 1 MB were seen to pass.

Source: facts/peers.md#findings, finding 6.
"""

DROP_NEWEST: Final = FullPolicy.drop_newest()


class Options:
    """The options of a producer, checked.

    A duration is a number of seconds or text such as ``"500ms"``, ``"5s"``, ``"1m"``, ``"12h"``, ``"7d"``; at most 366
    days.

    Parameters
    ----------
    target
        Where to: a ``FirehoseStream`` or a ``KinesisStream``.
    events_per_record
        Most events in one record, 1 to 500; by default 500 for Firehose and 1 for Kinesis. 1 leaves events unpacked,
        which a stream needs that partitions by an event's own field.
    record_bytes
        Size that a record of several events does not pass, up to 1,024,000 bytes. A larger single event has its own
        record.
    batch_bytes
        Raw size of a request, up to 4,194,304 bytes; as much waiting sends one, and so do 500 records. By default
        1,000,000, and up to 4,000,000 (a quarter of ``max_buffer_bytes``) where more waits and answers are slow, 10 ms
        or more: one request is under way at a time.
    linger
        How long an event waits for company; shorter than ``max_age``.
    max_buffer_bytes
        Encoded bytes in memory of all events not settled yet, those under way included, at least 1,048,576. The body of
        the request comes on top, up to 5.6 MB.
    when_full
        What ``put`` does beyond it, or beyond ``max_spool_bytes``: ``FullPolicy.drop_newest()``, ``.drop_oldest()``,
        ``.block(timeout)`` or ``.error()``.
    max_age
        Age at which an event is given up.
    max_retries
        Requests that may fail to deliver a record after the first one. None: only age counts, which is what an outage
        needs.
    retry_initial, retry_cap
        Bounds of the first wait after a failed request, and of every wait. Waits are random below the bound (full
        jitter).
    retry_growth
        How the bound grows from failure to failure: ``"exponential"`` doubles it, ``"linear"`` adds ``retry_initial``,
        ``"constant"`` leaves it at ``retry_initial``.
    exit_timeout
        How long the interpreter's exit may wait for the rest. Several producers share one deadline, the longest.
    handle_signals
        Whether SIGTERM and SIGHUP, by which containers, systemd and terminals end a process, send the rest first, for
        up to ``exit_timeout``, and then do what they did before: the application's handler is called, or the process
        ends. Without it such an end loses the buffer (not a spool's), unless the application's own handler exits in
        order. Make the producer in the main thread; a handler that the application sets later replaces this one.
    check_json
        Whether text and bytes are checked to be one JSON value. False leaves out the check of those that have no line
        break.
    spool
        Directory that keeps events through the death of the process (POSIX, a local disk): when ``put`` has returned,
        ``kill -9`` does not lose them. The next producer of the same target with the same directory sends them, from
        its first ``put``, ``flush`` or ``close`` on. While the disk fails, events are in memory only; ``on_error`` is
        told (``SpoolBroken``). Any number of processes may share it. A loss of power may cost the last seconds.
    max_spool_bytes
        Bytes of events in it that this process holds, at least 16,777,216; then ``when_full`` decides. Memory stays
        bounded by ``max_buffer_bytes``.
    on_drop
        ``on_drop(events, reason)``: final losses, as the encoded events. Called without a lock, from the sender's
        thread, or from the thread that put or closed; its own exceptions are logged and ignored.
    on_error
        ``on_error(exception)``: every failed request, those that will be retried included.

    Raises
    ------
    InvalidOption
        Names the option, the value and the limit.
    """

    def __init__(
        self,
        target: AwsStream,
        *,
        events_per_record: int | None = None,
        record_bytes: int = 250_000,
        batch_bytes: int | None = None,
        linger: float | str = 5.0,
        max_buffer_bytes: int = 16 * 1024 * 1024,
        when_full: FullPolicy = DROP_NEWEST,
        max_age: float | str = "1d",
        retry_initial: float | str = 0.1,
        retry_cap: float | str = 30.0,
        retry_growth: Growth = "exponential",
        max_retries: int | None = None,
        exit_timeout: float | str = 5.0,
        handle_signals: bool = False,
        check_json: bool = True,
        spool: str | os.PathLike[str] | None = None,
        max_spool_bytes: int = 1024 * 1024 * 1024,
        on_drop: OnDrop | None = None,
        on_error: OnError | None = None,
    ) -> None:
        check_type("target", target, isinstance(target, AwsStream), "FirehoseStream('name') or KinesisStream('name')")
        self.target = target
        self.events_per_record = within(
            "events_per_record",
            target.default_events_per_record if events_per_record is None else events_per_record,
            1,
            MAX_EVENTS_PER_RECORD,
        )
        self.record_bytes = within("record_bytes", record_bytes, 1, MAX_RECORD_BYTES)
        self.max_buffer_bytes = _at_least(
            "max_buffer_bytes", max_buffer_bytes, MIN_BUFFER_BYTES, "the largest event would not fit"
        )
        if batch_bytes is None:
            self.batch_bytes = BATCH_BYTES
            # A small buffer is one that the caller has little memory for.
            self.max_batch_bytes = max(BATCH_BYTES, min(GROWN_BATCH_BYTES, max_buffer_bytes // 4))
        else:
            self.batch_bytes = self.max_batch_bytes = within("batch_bytes", batch_bytes, 1, MAX_REQUEST_BYTES)
        if not isinstance(when_full, FullPolicy):
            raise InvalidOption(
                f"when_full={when_full!r} must be a FullPolicy: "
                "use FullPolicy.block(timeout), .drop_newest(), .drop_oldest() or .error()"
            )
        self.when_full = when_full
        self.linger = seconds("linger", linger)
        self.max_age = seconds("max_age", max_age)
        if self.max_age <= self.linger:
            raise InvalidOption(
                f"max_age={max_age!r} must be longer than linger={linger!r}: events would expire before they are sent"
            )
        self.retry_initial = seconds("retry_initial", retry_initial)
        self.retry_cap = seconds("retry_cap", retry_cap)
        if not 0 < self.retry_initial <= self.retry_cap:
            raise InvalidOption(
                f"retry_initial={retry_initial!r} must be above 0 and at most retry_cap={retry_cap!r} seconds"
            )
        if retry_growth not in get_args(Growth):
            raise InvalidOption(f"retry_growth={retry_growth!r} must be one of {', '.join(get_args(Growth))}")
        self.retry_growth = retry_growth
        self.max_retries = None if max_retries is None else within("max_retries", max_retries, 0, 1_000_000)
        self.exit_timeout = seconds("exit_timeout", exit_timeout)
        check_type("handle_signals", handle_signals, isinstance(handle_signals, bool), "True or False")
        self.handle_signals = handle_signals
        check_type("check_json", check_json, isinstance(check_json, bool), "True or False")
        self.check_json = check_json
        check_type("spool", spool, spool is None or isinstance(spool, str | os.PathLike), "the path of a folder")
        self.spool = None if spool is None else Path(spool)
        self.max_spool_bytes = _at_least(
            "max_spool_bytes", max_spool_bytes, 2 * SEGMENT_BYTES, "two segment files would not fit"
        )
        for option, function in (("on_drop", on_drop), ("on_error", on_error)):
            check_type(option, function, function is None or callable(function), "a function")
        self.on_drop = on_drop
        self.on_error = on_error


_P = ParamSpec("_P")
_Self = TypeVar("_Self")


def takes(
    options: Callable[_P, Options],
) -> Callable[[Callable[[_Self, Options], None]], Callable[Concatenate[_Self, _P], None]]:
    """Give a constructor that takes checked options their parameters instead: names, types, defaults, documentation."""

    def decorate(init: Callable[[_Self, Options], None]) -> Callable[Concatenate[_Self, _P], None]:
        @wraps(init)
        def construct(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> None:
            init(self, options(*args, **kwargs))

        own = inspect.signature(options)
        parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY), *own.parameters.values()]
        construct.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        construct.__doc__ = options.__doc__
        return construct

    return decorate


def within(option: str, value: int, low: int, high: int) -> int:
    """Check a whole number; the message names option, value and limits."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidOption(f"{option}={value!r} is outside {low:,} to {high:,}")
    return value


def _at_least(option: str, value: int, low: int, otherwise: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise InvalidOption(f"{option}={value!r} is below {low:,}: {otherwise}")
    return value
