"""The blueprints of the bundled transform code, and the columns of their rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any

from cdk_clickstream._validation import refuse
from cdk_clickstream.schema.event_schema import EventSchema, transform_package


class Blueprint(Enum):
    """What the transform makes of records; each is what Firehose's console offers under that name."""

    GENERAL = "general"
    """JSON events of any shape, one line each; the columns are those of the pipeline's schema."""

    APACHE_LOG_TO_JSON = "apache_log_to_json"
    """Apache access logs (common, combined, with virtual host), a row per line."""

    APACHE_LOG_TO_CSV = "apache_log_to_csv"
    """As eight CSV columns, no header: host, identity, user, time, request, status, bytes, the rest of the line."""

    SYSLOG_TO_JSON = "syslog_to_json"
    """Syslog (RFC 3164 as found in files, RFC 5424), a row per message."""

    SYSLOG_TO_CSV = "syslog_to_csv"
    """The same as five CSV columns, without a header: time, host, program, process id, message."""

    CLOUDWATCH_LOGS = "cloudwatch_logs"
    """Documents of a CloudWatch Logs subscription, a row per log event."""

    @property
    def writes_csv(self) -> bool:
        """Whether its rows are CSV."""
        return self.value.endswith("_csv")


class LogMessages(Enum):
    """What the messages in documents of CloudWatch Logs are."""

    TEXT = "no"
    """Anything: the message is one column."""

    JSON = "json"
    """JSON objects: their members are columns, by a schema of yours."""

    APACHE = "apache"
    """Lines of an Apache access log."""

    SYSLOG = "syslog"
    """Syslog messages."""

    VPC_FLOW = "vpc_flow"
    """Records of a VPC flow log in its default format."""


_COLUMNS = {
    Blueprint.APACHE_LOG_TO_JSON: "apache",
    Blueprint.SYSLOG_TO_JSON: "syslog",
    Blueprint.CLOUDWATCH_LOGS: "cloudwatch_logs",
}
_MESSAGE_COLUMNS = {LogMessages.APACHE: "apache", LogMessages.SYSLOG: "syslog", LogMessages.VPC_FLOW: "vpc_flow"}


def blueprint_schema(blueprint: Blueprint, messages: LogMessages, own: EventSchema | None) -> EventSchema | None:
    """Return the columns that a blueprint's rows have; ``None`` where it brings none.

    Parameters
    ----------
    blueprint, messages:
        What was chosen.
    own:
        Columns of JSON messages.
    """
    if messages is LogMessages.TEXT:
        name = _COLUMNS.get(blueprint)
        return None if name is None else _schema(_properties(name))
    log = _properties("cloudwatch_logs")
    del log["message"]  # it is taken apart
    if own is None:
        return _schema(_properties(_MESSAGE_COLUMNS[messages]) | log)
    members: dict[str, Any] = json.loads(own.text)["properties"]
    if "enrich_flags" in members:
        del log["enrich_flags"]  # both may add to it
    for name in log:
        if name in members:
            refuse(
                "transform.schema",
                f"#/properties/{name}",
                "is a column that the log fills itself",
                "leave it out, or give the member another name",
            )
    return _schema(members | log)


def _schema(properties: dict[str, Any]) -> EventSchema:
    return EventSchema.of_rows({"type": "object", "properties": properties})


def _properties(name: str) -> dict[str, Any]:
    file = transform_package() / "blueprints" / f"{name}.schema.json"
    properties: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["properties"]
    return properties


def check_blueprint(
    blueprint: Blueprint,
    *,
    strict: bool,
    formula_guard: bool,
    messages: LogMessages,
    drop_prefixes: Sequence[str],
    schema: EventSchema | None,
) -> None:
    """Refuse options that the chosen blueprint does not have."""
    name = f"Blueprint.{blueprint.name}"
    if formula_guard and (strict or not blueprint.writes_csv):
        refuse(
            "transform.formula_guard",
            True,
            f"is for CSV that is not strict, and the transform is {'strict ' if strict else ''}{name}",
            "leave it out",
        )
    if blueprint is not Blueprint.CLOUDWATCH_LOGS:
        for option, value in (
            ("messages", "" if messages is LogMessages.TEXT else messages.name),
            ("drop_prefixes", list(drop_prefixes)),
        ):
            if value:
                refuse(
                    f"transform.{option}",
                    value,
                    f"is for documents of CloudWatch Logs, and the transform is {name}",
                    "leave it out, or use Blueprint.CLOUDWATCH_LOGS",
                )
    if strict and messages is not LogMessages.TEXT:
        refuse(
            "transform.messages",
            messages.name,
            "cannot be read with strict=True, which writes the messages as they are",
            "leave out one of the two",
        )
    if messages is LogMessages.JSON and schema is None:
        refuse(
            "transform.schema",
            None,
            "JSON messages have the columns that you name",
            "pass schema=EventSchema.of_rows({...})",
        )
    if messages is not LogMessages.JSON and schema is not None:
        refuse(
            "transform.schema",
            "given",
            "only JSON messages of CloudWatch Logs have columns of your own",
            "leave it out, or say messages=LogMessages.JSON",
        )
