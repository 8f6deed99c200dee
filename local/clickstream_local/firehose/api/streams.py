"""The delivery streams by name: those of the template, and those that calls have made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clickstream_local.common.model import DeliveryStream
from clickstream_local.firehose.config.stream_config import StreamConfig
from clickstream_local.firehose.stages.pipeline import StreamPipeline
from clickstream_local.wire.aws_json import ApiError, ValidationError, constraint, null
from clickstream_local.wire.members import length_problems

ENCRYPTION = "DeliveryStreamEncryptionConfigurationInput"
"""The property of server-side encryption."""

_MAX_NAME = 64
_NAME_PATTERN = "[a-zA-Z0-9_.-]+"
_NAME = re.compile(_NAME_PATTERN)


@dataclass
class ManagedStream:
    """A stream that runs. ``created`` and ``updated`` are epoch seconds."""

    stream: DeliveryStream
    pipeline: StreamPipeline
    created: float
    updated: float | None = None
    encryption_calls: list[float] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """DirectPut or KinesisStreamAsSource."""
        return str(self.stream.properties.get("DeliveryStreamType", "DirectPut"))

    @property
    def encrypted(self) -> bool:
        """Whether server-side encryption is on."""
        return ENCRYPTION in self.stream.properties

    @property
    def tags(self) -> dict[str, str]:
        """The stream's tags."""
        return {tag["Key"]: tag.get("Value", "") for tag in self.stream.properties.get("Tags", [])}


class Streams:
    """The streams by name.

    Parameters
    ----------
    account
        Named in errors.
    read
        Reads the configuration of a stream, for a version. Raises
        :class:`~clickstream_local.firehose.config.values.ConfigurationError`.
    run
        Starts the pipeline of a configuration.
    clock
        Seconds since the epoch.
    """

    def __init__(
        self,
        account: str,
        read: Callable[[DeliveryStream, int], StreamConfig],
        run: Callable[[StreamConfig], StreamPipeline],
        clock: Callable[[], float],
    ) -> None:
        self.account = account
        self.now = clock
        self._read = read
        self._run = run
        self._by_name: dict[str, ManagedStream] = {}

    def __iter__(self) -> Iterator[ManagedStream]:
        return iter([*self._by_name.values()])

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> ManagedStream:
        """The stream of a name. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
        found = self._by_name.get(name)
        if found is None:
            message = f"Firehose {name} under account {self.account} not found."
            raise ApiError("ResourceNotFoundException", message)
        return found

    def add(self, stream: DeliveryStream) -> None:
        """Run a stream. Raises :class:`~clickstream_local.firehose.config.values.ConfigurationError`."""
        pipeline = self._run(self._read(stream, 1))
        self._by_name[stream.name] = ManagedStream(stream, pipeline, self.now())

    def set_property(self, managed: ManagedStream, name: str, value: object) -> None:
        """Change what the pipeline does not look at, tags or encryption; None takes it away."""
        properties = {key: old for key, old in managed.stream.properties.items() if key != name}
        if value is not None:
            properties[name] = value
        managed.stream = replace(managed.stream, properties=properties)

    def update(self, managed: ManagedStream, properties: Mapping[str, Any], *, version: int) -> None:
        """Give a stream other properties.

        Raises :class:`~clickstream_local.firehose.config.values.ConfigurationError`; then nothing has changed.
        """
        stream = replace(managed.stream, properties=properties)
        managed.pipeline.update(self._read(stream, version))
        managed.stream = stream
        managed.updated = self.now()

    async def remove(self, name: str) -> None:
        """Forget a stream and what it has not delivered."""
        managed = self.get(name)
        del self._by_name[name]
        await managed.pipeline.discard()


def stream_name(request: Mapping[str, Any]) -> str:
    """The name of the stream that a request is for. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    name = request.get("DeliveryStreamName")
    problems = name_problems(name)
    if problems:
        raise ValidationError(problems)
    return str(name)


def name_problems(name: object) -> list[str]:
    """The constraints that a stream's name breaks, in the service's words (facts/firehose.md#put-records)."""
    member = "deliveryStreamName"
    if name is None:
        return [null(member)]
    if not isinstance(name, str):
        raise ApiError("SerializationException", f"{member} must be a string")
    problems = []
    if not _NAME.fullmatch(name):
        rule = f"Member must satisfy regular expression pattern: {_NAME_PATTERN}"
        problems.append(constraint(f"Value '{name}'", member, rule))
    return problems + length_problems(f"Value '{name}'", member, len(name), _MAX_NAME)
