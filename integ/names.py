"""The names of one deployed pipeline: the stacks write them as outputs, the checks read them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self


@dataclass(frozen=True)
class Names:
    """What a check has to know of a pipeline; empty where the pipeline has no such part.

    Attributes
    ----------
    stream, role, log_group:
        The delivery stream, the role it delivers with, and the log group of its errors.
    bucket:
        Where its objects go.
    endpoint:
        Address of the API's stage, without a path and without a slash at the end.
    api_name, key_id:
        Name of the REST API, and id of the API key that opens it.
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
    endpoint: str = ""
    api_name: str = ""
    key_id: str = ""
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
