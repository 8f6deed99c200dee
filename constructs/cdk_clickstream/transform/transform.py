"""How records are transformed: by the bundled code, by a function of the user's own, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream._context_token import check_context_token
from cdk_clickstream._validation import amount, check_range, checked, refuse
from cdk_clickstream.delivery.processors import LambdaProcessor
from cdk_clickstream.partitions.record_key import RecordKey, render_keys
from cdk_clickstream.schema.event_schema import EventSchema
from cdk_clickstream.transform.blueprint import Blueprint, LogMessages, blueprint_schema, check_blueprint
from cdk_clickstream.transform.kind import TransformKind
from cdk_clickstream.transform.user_code import UserCode
from cdk_clickstream.transform.vendored import VendoredPackages


class IpAnonymisation(Enum):
    """What is left of a client's IP address in a row."""

    TRUNCATE = "truncate"
    """IPv4 cut to /24, IPv6 to /48."""

    NONE = "none"
    """All of it: personal data in most jurisdictions."""


class Enrichment(Enum):
    """Columns that the transform derives from what an event or its request says."""

    URL = "url"
    """page_host, page_path, page_query."""

    CAMPAIGN = "campaign"
    """utm_* and click_id, click_id_type."""

    REFERRER = "referrer"
    """referrer_host, referrer_medium, referrer_source."""

    DEVICE = "device"
    """device_type, browser_*, os_*."""

    BOT = "bot"
    """is_bot, bot_indicators."""


@checked
@dataclass(frozen=True)
class Transform:
    """How records become rows, and how Firehose calls for it.

    Made by :meth:`click`, :meth:`blueprint`, :meth:`per_event`, :meth:`from_function` or :meth:`none`.

    Attributes
    ----------
    kind:
        What it is, in the table of docs/combinations.md.
    options:
        Of the bundled code, as docs/transforms.md names them; ``None`` where that does not run.
    memory, timeout:
        Of the function made here.
    buffer_size, buffer_interval, retries:
        As in :class:`~cdk_clickstream.LambdaProcessor`.
    schema:
        Columns that it brings itself.
    writes_columns:
        Whether its rows are JSON with columns; otherwise only ``OutputFormat.raw()`` can hold them.
    code:
        The user's own code.
    packages:
        What lies beside the code.
    function:
        The user's own function.
    record_keys:
        Keys that the bundled code gives each record, by name.
    context_token:
        Token that the user's own function knows context lines by.
    """

    kind: TransformKind
    options: Mapping[str, object] | None
    memory: cdk.Size
    timeout: cdk.Duration
    buffer_size: cdk.Size
    buffer_interval: cdk.Duration
    retries: int
    schema: EventSchema | None = None
    writes_columns: bool = True
    code: UserCode | None = None
    packages: VendoredPackages | None = None
    function: lambda_.IFunction | None = None
    record_keys: Mapping[str, RecordKey] = field(default_factory=dict)
    context_token: str | None = None

    @classmethod
    def click(
        cls,
        *,
        ip_anonymisation: IpAnonymisation = IpAnonymisation.TRUNCATE,
        dedupe: bool = True,
        enrichments: Sequence[Enrichment] = tuple(Enrichment),
        redact: Sequence[str] | None = None,
        redact_query_keys: Sequence[str] | None = None,
        partition_keys: Mapping[str, RecordKey] | None = None,
        memory: cdk.Size | None = None,
        timeout: cdk.Duration | None = None,
        buffer_size: cdk.Size | None = None,
        buffer_interval: cdk.Duration | None = None,
        retries: int = 3,
    ) -> Transform:
        """Explode each request into its events, check them by the schema, stamp them, one JSON line per event.

        Parameters
        ----------
        ip_anonymisation:
            Default: ``IpAnonymisation.TRUNCATE``.
        dedupe:
            Drop an event whose client-given id and content were seen in the same call. Default: ``True``.
        enrichments:
            Which derived columns are filled; one that the schema does not declare never is. Default: all.
        redact:
            Columns in which e-mail addresses, JSON Web Tokens, the user in an address and the values of secret
            parameters are replaced by ``redacted``; members that no column takes count as properties.
            Default: every column that the client fills with text.
        redact_query_keys:
            Names of secret parameters in addresses and of secret members of events, ``*`` for anything; case and
            ``_ - +`` do not count.
            Default: those in docs/redaction.md.
        partition_keys:
            Keys of each record by name, for dynamic partitioning: ``DynamicPartitioning.from_lambda`` and the prefix
            must name the same. Default: none.
        memory:
            Of the function, 128..10,240 MiB; more memory is more processor. Default: 512 MiB.
        timeout:
            Of a call, 1..300 s: Firehose itself gives up after five minutes (facts/firehose.md#function-calls).
            Default: 60 s.
        buffer_size, buffer_interval, retries:
            As in :class:`~cdk_clickstream.LambdaProcessor`.
        """
        options: dict[str, object] = {
            "processor": "click",
            "ip_anonymisation": ip_anonymisation.value,
            "dedupe": dedupe,
            "enrichments": [one.value for one in enrichments],
        }
        # What is not chosen is left to the transform's own default.
        for name, chosen in (("redact", redact), ("redact_query_keys", redact_query_keys)):
            if chosen is not None:
                options[name] = _names(f"transform.{name}", chosen)
        if partition_keys:
            options["partition_keys"] = render_keys(partition_keys)
        kind, keys = TransformKind.CLICK, dict(partition_keys or {})
        return cls._made(kind, options, memory, timeout, buffer_size, buffer_interval, retries, record_keys=keys)

    @classmethod
    def blueprint(
        cls,
        blueprint: Blueprint,
        *,
        strict: bool = False,
        formula_guard: bool = False,
        messages: LogMessages = LogMessages.TEXT,
        drop_prefixes: Sequence[str] = (),
        schema: EventSchema | None = None,
        memory: cdk.Size | None = None,
        timeout: cdk.Duration | None = None,
        buffer_size: cdk.Size | None = None,
        buffer_interval: cdk.Duration | None = None,
        retries: int = 3,
    ) -> Transform:
        """Take log lines, log documents or any JSON, as the blueprint of that name does; see docs/log-transforms.md.

        Lenient by default: what such logs look like in the wild is taken, rows have Glue columns, a bad line is
        rejected by itself.

        Parameters
        ----------
        blueprint:
            Which.
        strict:
            Write what the published blueprint writes, to the byte, and fail what it fails; only for
            ``OutputFormat.raw()``. Default: ``False``.
        formula_guard:
            Of the CSV blueprints: put an apostrophe before what a spreadsheet would run. Default: ``False``.
        messages:
            Of ``CLOUDWATCH_LOGS``: what the messages are. Default: ``LogMessages.TEXT``.
        drop_prefixes:
            Of ``CLOUDWATCH_LOGS``: leave out messages that begin so, such as ``["START ", "END "]``. Default: none.
        schema:
            Columns of ``LogMessages.JSON``; those of the log are added. Default: none.
        memory, timeout:
            As in :meth:`click`.
        buffer_size:
            Default: 1 MiB; for ``CLOUDWATCH_LOGS``, whose gzip documents grow up to 18 times as rows and 7 times as
            messages, 0.25 MiB, with ``strict`` 0.5 MiB.
        buffer_interval, retries:
            As in :class:`~cdk_clickstream.LambdaProcessor`.
        """
        prefixes = tuple(_names("transform.drop_prefixes", drop_prefixes))
        check_blueprint(
            blueprint,
            strict=strict,
            formula_guard=formula_guard,
            messages=messages,
            drop_prefixes=prefixes,
            schema=schema,
        )
        options: dict[str, object] = {"processor": blueprint.value, "strict": strict}
        if formula_guard:
            options["formula_guard"] = True
        if blueprint is Blueprint.CLOUDWATCH_LOGS:
            options |= {"parse_messages": messages.value, "drop_prefixes": prefixes}
            buffer_size = buffer_size or cdk.Size.kibibytes(512 if strict else 256)
        kind = {
            # It reads what click events come in, so it goes with what a function of one event goes with.
            Blueprint.GENERAL: TransformKind.PER_EVENT,
            Blueprint.CLOUDWATCH_LOGS: TransformKind.LOG_BLUEPRINT,
        }.get(blueprint, TransformKind.LINE_BLUEPRINT)
        brought = {
            "schema": None if strict else blueprint_schema(blueprint, messages, schema),
            "writes_columns": not strict and not blueprint.writes_csv,
        }
        return cls._made(kind, options, memory, timeout, buffer_size, buffer_interval, retries, **brought)

    @classmethod
    def per_event(
        cls,
        entry: str | Path,
        handler: str = "transform",
        *,
        packages: VendoredPackages | None = None,
        partition_keys: Mapping[str, RecordKey] | None = None,
        memory: cdk.Size | None = None,
        timeout: cdk.Duration | None = None,
        buffer_size: cdk.Size | None = None,
        buffer_interval: cdk.Duration | None = None,
        retries: int = 3,
    ) -> Transform:
        """Call ``def transform(event: dict) -> dict | list[dict] | None`` of your own for each event.

        The bundled code keeps the contract with Firehose around it: an exception rejects that event only, records
        that overflow a reply are requeued. A function of two parameters gets what the endpoint knows as the second
        (``received_at``, ``ip``, ``user_agent``, ``api_key_id``, ``principal``, ``country``). Rows have the columns of
        the pipeline's schema.

        Parameters
        ----------
        entry:
            A ``.py`` file, or a folder that is put on the import path.
        handler:
            The function; ``module.function`` where the entry is a folder. It is looked up at synth, with its
            parameters and what its modules import. Default: ``transform``.
        packages:
            What it imports beside the standard library and boto3. Default: nothing.
        partition_keys, memory, timeout:
            As in :meth:`click`.
        buffer_size, buffer_interval, retries:
            As in :class:`~cdk_clickstream.LambdaProcessor`.
        """
        code = UserCode.of(entry, handler, packages)
        options: dict[str, object] = {"processor": "per_event", "function": code.function}
        if partition_keys:
            options["partition_keys"] = render_keys(partition_keys)
        kind, own = TransformKind.PER_EVENT, {"code": code, "packages": packages, "record_keys": partition_keys or {}}
        return cls._made(kind, options, memory, timeout, buffer_size, buffer_interval, retries, **own)

    @classmethod
    def from_function(
        cls,
        function: lambda_.IFunction,
        *,
        context_token: str | None = None,
        buffer_size: cdk.Size | None = None,
        buffer_interval: cdk.Duration | None = None,
        retries: int = 3,
    ) -> Transform:
        """Call a Lambda function of your own with whole batches; it keeps the contract with Firehose itself.

        A record of the endpoint begins with a context line and ends with a boundary line (docs/context-lines.md).

        Parameters
        ----------
        function:
            The function, a version or an alias.
        context_token:
            Token that the endpoint writes into context lines, and by which the function can tell them from what other
            programs put: 16 to 64 letters, digits and hyphens. Default: the UUID at the end of the id of the
            function's stack, of the pipeline's for an imported function.
        buffer_size, buffer_interval, retries:
            As in :class:`~cdk_clickstream.LambdaProcessor`.
        """
        if context_token is not None:
            check_context_token("transform.context_token", context_token)
        kind, own = TransformKind.FUNCTION, {"function": function, "context_token": context_token}
        return cls._made(kind, None, None, None, buffer_size, buffer_interval, retries, **own)

    @classmethod
    def none(cls) -> Transform:
        """Call no function: the endpoint takes one event a request, and the event is the row.

        Nothing is checked, stamped, redacted or rejected on the way.
        """
        return cls._made(TransformKind.NONE)

    @property
    def bundled(self) -> bool:
        """Whether the bundled code runs, in a function that is made here."""
        return self.options is not None

    def without_overflow(self) -> Transform:
        """Return a transform that requeues nothing: what its reply cannot hold fails."""
        return self if self.options is None else replace(self, options={**self.options, "overflow": "fail"})

    @property
    def own_processor(self) -> LambdaProcessor | None:
        """The user's own function as a processor of a delivery stream; ``None`` without one."""
        return self.processor_of(self.function) if self.function else None

    def processor_of(self, function: lambda_.IFunction) -> LambdaProcessor:
        """Return a function as a processor of a delivery stream, called as this transform says."""
        return LambdaProcessor(
            function,
            buffer_size=self.buffer_size,
            buffer_interval=self.buffer_interval,
            retries=self.retries,
            packs_events=self.bundled,
            partition_keys=tuple(self.record_keys) if self.bundled else None,
        )

    @classmethod
    def _made(
        cls,
        kind: TransformKind,
        options: Mapping[str, object] | None = None,
        memory: cdk.Size | None = None,
        timeout: cdk.Duration | None = None,
        buffer_size: cdk.Size | None = None,
        buffer_interval: cdk.Duration | None = None,
        retries: int = 3,
        **more: Any,
    ) -> Transform:
        return cls(
            kind=kind,
            options=options,
            memory=memory or cdk.Size.mebibytes(512),
            timeout=timeout or cdk.Duration.seconds(60),
            buffer_size=buffer_size or cdk.Size.mebibytes(1),
            buffer_interval=buffer_interval or cdk.Duration.seconds(60),
            retries=retries,
            **more,
        )

    def __post_init__(self) -> None:
        """Check memory and timeout; the buffer is checked where it is used."""
        memory = amount("transform.memory", self.memory, "mebibytes")
        check_range("transform.memory", memory, 128, 10_240, "MiB", "choose a size in this range")
        check_range(
            "transform.timeout",
            amount("transform.timeout", self.timeout, "seconds"),
            1,
            300,
            "seconds",
            "shorten it: Firehose gives up on a call after 300 s whatever the function is allowed",
        )


def _names(option: str, names: Sequence[str]) -> list[str]:
    if not all(names):
        refuse(option, names, "must be a list of non-empty names", "write a list, such as ['page_url']")
    return list(names)
