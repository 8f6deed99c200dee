"""What the stacks and the checks agree on, above all the names of a deployed pipeline: outputs of its stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Self

EVENT_SOURCE = "clickstream.integ"
"""Source of the events that the rule of the event bus takes."""

PARTITIONS = ("click", "page_view")
"""Event names that get a partition of their own."""

STACK_PREFIX = "ClickstreamInteg"


class LoggingRole(Enum):
    """API Gateway's logging role of the account and region."""

    THERE = "there"
    """Somebody set it: the endpoints have access logs."""

    NONE = "none"
    """Nobody set it, and nobody is to: no endpoint has an access log."""

    MAKE = "make"
    """The run makes it, for the whole account, and it stays."""


def stack_names(suffix: str) -> tuple[str, str]:
    """Return the names of the two stacks of a run: the core, and what needs a network of its own."""
    return f"{STACK_PREFIX}-{suffix}-Core", f"{STACK_PREFIX}-{suffix}-Edges"


@dataclass(frozen=True)
class Names:
    """What a check has to know of a pipeline; empty where the pipeline has no such part.

    Attributes
    ----------
    stream, role, log_group:
        The delivery stream, the role it delivers with, and the log group of its errors.
    bucket:
        Where its objects go.
    stage_url:
        Address of the API's stage, without a path.
    api_name, key_id:
        Name of the REST API, and id of the API key that opens it.
    context_token:
        Token of the context lines that the function believes.
    access_log:
        Log group of the API's access log.
    database, table, workgroup:
        In the Data Catalog and in Athena.
    kinesis_stream, event_bus:
        What it reads from.
    prober:
        Function that calls a private endpoint from inside its VPC.
    distribution:
        Address of the CloudFront distribution in front of the endpoint, without a path.
    """

    stream: str
    role: str
    log_group: str
    bucket: str
    stage_url: str = ""
    api_name: str = ""
    key_id: str = ""
    context_token: str = ""
    access_log: str = ""
    database: str = ""
    table: str = ""
    workgroup: str = ""
    kinesis_stream: str = ""
    event_bus: str = ""
    prober: str = ""
    distribution: str = ""

    def outputs(self, pipeline: str) -> dict[str, str]:
        """Return them as outputs of a stack that holds the pipeline of that name."""
        return {_output(pipeline, member): value for member, value in asdict(self).items() if value}

    @classmethod
    def of(cls, pipeline: str, outputs: Mapping[str, str]) -> Self | None:
        """Read them from a stack's outputs; None where the stack does not hold the pipeline."""
        found = {member.name: outputs.get(_output(pipeline, member.name), "") for member in fields(cls)}
        return cls(**found) if found["stream"] else None


def _output(pipeline: str, member: str) -> str:
    """Return the name of an output: letters and digits only."""
    return pipeline + "".join(part.title() for part in member.split("_"))
