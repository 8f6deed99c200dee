"""What can go wrong: a small family of exceptions.

Only ``put``, ``put_many`` and constructors raise them. Transport trouble never raises: it is retried, counted in
``Producer.stats()`` and handed to ``on_error``.
"""

# ruff: noqa: N818  (a name such as InvalidEvent says what is wrong; `Error` after it would add nothing)

from __future__ import annotations

from collections.abc import Mapping


class ProducerError(Exception):
    """Base of every exception of this package."""


class InvalidOption(ProducerError, ValueError):
    """An option has a value outside its limits, or one that contradicts another option."""


def check_type(option: str, value: object, right: bool, wanted: str, *, secret: bool = False) -> None:
    """Refuse an option of another type by its name.

    Parameters
    ----------
    option, value
        As they were given; a value that may be a secret is not shown.
    right
        Whether the type is right.
    wanted
        The type in words, with an example.
    secret
        Whether to show the type alone.

    Raises
    ------
    InvalidOption
        If it is not right.
    """
    if not right:
        shown = f" ({type(value).__name__})" if secret else f"={value!r}"
        raise InvalidOption(f"{option}{shown} must be {wanted}")


def are_texts(value: object) -> bool:
    """Whether a value is a mapping of texts by texts."""
    return isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair)


class InvalidEvent(ProducerError, ValueError):
    """The event cannot be written as one JSON value. Nothing was buffered, and it does not count as put."""


class EventTooLarge(InvalidEvent):
    """The encoded event is larger than one record of the target may be.

    Attributes
    ----------
    size, limit
        Bytes of the encoded event, and the most that is allowed.
    """

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"event is {size:,} bytes as JSON; the limit is {limit:,} (a record of 1,024,000 bytes with its newline): "
            "shorten it, or store the large part elsewhere and send a reference"
        )
        self.size = size
        self.limit = limit


class BufferFull(ProducerError):
    """There is no room for the event, and ``FullPolicy.error()`` was chosen. It was not buffered, and not put."""


class ProducerClosed(ProducerError, RuntimeError):
    """``put`` was called after ``close``."""


class TargetRefused(ProducerError):
    """A request was refused, and somebody may have to mend that. Handed to ``on_error``, never raised.

    The events are kept and tried again, up to ``max_age``; only where the fault is an event's own is it dropped.

    Attributes
    ----------
    code
        The service's or the SDK's name for the error, such as ``ResourceNotFoundException``, or ``HTTP 407``.
    fault
        Whose it is: ``"event"``, ``"target"``, ``"identity"``, ``"clock"``, ``"network"`` or ``"unknown"``.
    message
        What was refused and what to look at; never an event's content.
    """

    def __init__(self, code: str, fault: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.fault = fault


class SpoolBroken(ProducerError):
    """The durable spool's disk fails, or has what is not understood. Handed to ``on_error``, never raised.

    While it fails, events are in memory only. What is not understood is kept in a directory ``set-aside``.
    """


class UnexpectedAnswer(ProducerError):
    """The answer does not match the request: which records the service took is unknown, so all are sent again."""
