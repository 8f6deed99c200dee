"""Glue tables and databases: where Athena looks, which partitions it computes, and how it reads a column.

How columns are found in an object: Athena guide, "Handle schema updates" (Parquet by name, ORC by index unless a SerDe
property says else; a column at the end is safe in every format).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clickstream_local.plan.columns import Access, Column, compared, effects
from clickstream_local.plan.differences import ABSENT, Resource
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, at, fixed, items, mentions, safe
from clickstream_local.plan.values import plain

_STORAGE = "TableInput.StorageDescriptor"
_COMPUTED = "Athena computes partitions from the projection, and looks for no others"
_COPY = "copy the objects, or keep a second table for them"


def location_of(table: Resource) -> str:
    """The key that a table's objects begin with, as far as it is the same for all of them."""
    template = at(table.properties, "TableInput", "Parameters", "storage.location.template")
    location = at(table.properties, "TableInput", "StorageDescriptor", "Location") if template is ABSENT else template
    if not isinstance(location, str):
        return ""
    return str(plain(location)).removeprefix("s3://").partition("/")[2].split("${")[0]


def access_of(table: Resource) -> Access:
    """How Athena finds a table's columns in an object."""
    storage = at(table.properties, "TableInput", "StorageDescriptor")
    serde = at(storage, "SerdeInfo", "Parameters")
    match format_of(table):
        case "orc":
            return Access.NAME if at(serde, "orc.column.index.access") == "false" else Access.POSITION
        case "parquet":
            return Access.POSITION if at(serde, "parquet.column.index.access") == "true" else Access.NAME
        case "json":
            return Access.NAME
    return Access.UNKNOWN


def format_of(table: Resource) -> str:
    """The format that a table reads: ``parquet``, ``orc``, ``json``, or what its library is called."""
    storage = at(table.properties, "TableInput", "StorageDescriptor")
    library = str(at(storage, "SerdeInfo", "SerializationLibrary") or "").lower()
    known = (name for name in ("parquet", "orc", "json") if name in library)
    return next(known, library or str(at(table.properties, "TableInput", "Parameters", "classification") or "unknown"))


def _columns(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    former, latter = ([_column(one) for one in items(side)] for side in (old, new))
    change = compared(former, latter)
    streams = [
        one for one in context.differences.new.of_type("AWS::KinesisFirehose::DeliveryStream") if _fed(one, context)
    ]
    kept = bool(streams) and all(
        at(one.properties, "ExtendedS3DestinationConfiguration", "S3BackupMode") == "Enabled" for one in streams
    )
    found = list(effects(change, access_of(context.new), fed=bool(streams), kept=kept))
    if former == latter:
        found.append(Effect(Severity.SAFE, "comments of columns change"))
    yield from found


def _fed(stream: Resource, context: Context) -> bool:
    conversion = at(stream.properties, "ExtendedS3DestinationConfiguration", "DataFormatConversionConfiguration")
    return conversion is not ABSENT and mentions(conversion, context.logical_id)


def _column(column: Any) -> Column:
    return Column(str(at(column, "Name")).lower(), str(at(column, "Type") or "string").replace(" ", "").lower())


def _partition_keys(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    former, latter = ([_column(one) for one in items(side)] for side in (old, new))
    if former == latter:
        yield Effect(Severity.SAFE, "comments of partition columns change")
        return
    shown = [", ".join(f"{one.name} ({one.type})" for one in side) or "none" for side in (former, latter)]
    yield Effect(
        Severity.READERS,
        f"partition columns are {shown[1]}, {shown[0]} before: queries that use the old ones fail",
        "objects so far stay in the old partitions, outside of what the table now reads",
        _COPY,
    )


def _format(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = format_of(context.old), format_of(context.new)
    if before != after:
        yield Effect(
            Severity.READERS,
            f"reads its objects as {after} from now on, as {before} until now: queries fail on the other ones",
            "Athena reads all objects of a table in one format",
            "give the new format a prefix and a table of its own",
        )
        return
    access = access_of(context.old), access_of(context.new)
    if access[0] is not access[1]:
        what = f"columns are found {access[1].value}, {access[0].value} before"
        yield Effect(Severity.READERS, what, "a SerDe property says so")
        return
    yield Effect(Severity.UNKNOWN, f"its SerDe changes from {context.shown(old)} to {context.shown(new)}")


def _parameters(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    former, latter = (side if isinstance(side, Mapping) else {} for side in (old, new))
    if not all(side is ABSENT or isinstance(side, Mapping) for side in (old, new)):
        yield Effect(Severity.UNKNOWN, f"Parameters change to {context.shown(new)}")
        return
    for name in {**former, **latter}:
        before, after = former.get(name, ABSENT), latter.get(name, ABSENT)
        if before != after:
            yield _parameter(context, name, before, after)


def _parameter(context: Context, name: str, old: Any, new: Any) -> Effect:
    change = f"{name} is {context.shown(new)}, {context.shown(old)} before"
    if name == "projection.enabled":
        if new == "true":
            return Effect(Severity.READERS, f"partitions are computed: {change}", _COMPUTED)
        return Effect(
            Severity.READERS,
            f"partitions are computed no more: {change}; queries find nothing until each is added",
            "without projection Athena reads the partitions that the catalog lists",
            "ALTER TABLE … ADD PARTITION, or MSCK REPAIR TABLE",
        )
    if name.startswith("projection.") and name.endswith((".range", ".values")) and ABSENT not in (old, new):
        return _projected(name, old, new, change)
    if name.startswith("projection."):
        return Effect(Severity.READERS, f"other partitions are computed: {change}", _COMPUTED, _COPY)
    if name == "storage.location.template":
        return Effect(Severity.READERS, f"looks for its objects elsewhere: {change}", _COMPUTED, _COPY)
    if name == "classification":
        return Effect(Severity.READERS, change, "crawlers and Glue jobs go by it")
    return Effect(Severity.UNKNOWN, change, f"plan does not know the parameter {name}")


def _projected(name: str, old: Any, new: Any, change: str) -> Effect:
    """A range or a list of values, which may hold less than it did."""
    if name.endswith(".values"):
        parts = [{part.strip() for part in str(side).split(",")} for side in (old, new)]
        fewer = not parts[0] <= parts[1]
    else:
        bounds = [[part.strip() for part in str(side).split(",")] for side in (old, new)]
        if not all(len(side) == 2 for side in bounds) or bounds[0][1] != bounds[1][1]:
            return Effect(Severity.READERS, f"other partitions are computed: {change}", _COMPUTED)
        first = [_sortable(side[0]) for side in bounds]
        fewer = first[0] is None or first[1] is None or first[1] > first[0]
    if fewer:
        return Effect(Severity.READERS, f"fewer partitions are read: {change}", _COMPUTED, "keep the wider one")
    return Effect(Severity.SAFE, f"more partitions are read: {change}")


def _sortable(bound: str) -> tuple[int, ...] | None:
    """A date or a whole number; None for what is relative, such as ``NOW-1YEARS``."""
    if re.fullmatch(r"[0-9]+([-/: T][0-9]+)*", bound):
        return tuple(int(part) for part in re.split(r"[-/: T]", bound))
    return None


def _location(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    yield Effect(
        Severity.READERS,
        f"looks for its objects in {context.shown(new)}, in {context.shown(old)} before",
        "objects are not moved",
        _COPY,
    )


def _table_gone(context: Context, how: str) -> Iterator[Effect]:
    yield Effect(
        Severity.READERS,
        f"{how}: queries on it fail" + (" under its old name" if context.made_anew else ""),
        "the objects in S3 stay as they are",
        "tell its readers",
    )


def _database_gone(context: Context, how: str) -> Iterator[Effect]:
    yield Effect(
        Severity.IRREVERSIBLE,
        f"{how}, with every table, view and partition in it, those that others made included",
        "Glue deletes a database with its contents; the objects in S3 stay",
        "keep it (DeletionPolicy: Retain), or write down the definitions of the views first",
    )


TABLE = Kind(
    "table",
    {
        "TableInput.Description": safe("its description changes"),
        "TableInput.Parameters": _parameters,
        "TableInput.PartitionKeys": _partition_keys,
        f"{_STORAGE}.Columns": _columns,
        f"{_STORAGE}.InputFormat": _format,
        f"{_STORAGE}.Location": _location,
        f"{_STORAGE}.OutputFormat": _format,
        f"{_STORAGE}.SerdeInfo": _format,
    },
    part_of="DatabaseName",
    gone=_table_gone,
    names=("DatabaseName", "TableInput.Name"),
    follows=frozenset({f"{_STORAGE}.Location", "TableInput.Parameters"}),
)

DATABASE = Kind(
    "database",
    {
        "DatabaseInput.Description": safe("its description changes"),
        "DatabaseInput.LocationUri": fixed(Severity.READERS, "tables that name no location are put to {new}"),
    },
    gone=_database_gone,
    names=("DatabaseInput.Name",),
)

NAMED_QUERY = Kind(
    "saved query",
    {},
    gone=lambda context, how: [Effect(Severity.SAFE, f"{how}; tables and data do not change")],
)


def _workgroup_gone(context: Context, how: str) -> Iterator[Effect]:
    if at(context.old.properties, "RecursiveDeleteOption") == "true":
        yield Effect(
            Severity.IRREVERSIBLE,
            f"{how}, with its saved queries and its query history",
            "RecursiveDeleteOption is on; results in S3 stay",
        )
    else:
        yield Effect(
            Severity.INTERRUPTION,
            f"{how}: analysts who use it cannot query; one that was used is not deleted, and stays",
            "Athena deletes a workgroup with saved queries or a history only by force",
            "aws athena delete-work-group --recursive-delete-option",
        )


WORKGROUP = Kind(
    "workgroup",
    {
        "Description": safe("its description changes"),
        "RecursiveDeleteOption": safe(
            "RecursiveDeleteOption is {new}: deletion takes its queries along, or is refused"
        ),
        "State": fixed(Severity.INTERRUPTION, "is {new}, {old} before: analysts cannot query in one that is DISABLED"),
        "Tags": safe("its tags change"),
        "WorkGroupConfiguration": fixed(
            Severity.READERS,
            "queries run with other settings: {new}, {old} before",
            "result location, limits and encryption of the workgroup hold for all of its users",
        ),
    },
    gone=_workgroup_gone,
    names=("Name",),
)

KINDS = {
    "AWS::Athena::NamedQuery": NAMED_QUERY,
    "AWS::Athena::WorkGroup": WORKGROUP,
    "AWS::Glue::Database": DATABASE,
    "AWS::Glue::Table": TABLE,
}
