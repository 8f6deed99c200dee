"""Delivery streams and Kinesis streams: what is buffered, where it goes, and in what form.

``UpdateDestination`` keeps every member that a call leaves out, and CloudFormation passes absent members on as absent:
what vanishes from a template goes on (facts/firehose.md#updates, facts/cloudformation.md#delivery-stream,
facts/firehose.md#streams).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clickstream_local.plan.differences import ABSENT, Resource
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, Rule, at, fixed, flag, items, lost, lowered, number, safe
from clickstream_local.plan.table_kinds import location_of
from clickstream_local.plan.values import plain, references

S3 = "ExtendedS3DestinationConfiguration"
_CONVERSION = "DataFormatConversionConfiguration"
_PROCESSING = "ProcessingConfiguration"
_KEEPS = "Firehose's UpdateDestination keeps what a call leaves out: absent is not off"
_MINUTES = "UpdateDestination takes effect within a few minutes, for records that are buffered too"
_BESIDE = "make a new pipeline beside the old one, move the producers, then remove the old one"

# What to write in place of nothing, and what counts as nothing.
_OFF: Mapping[str, tuple[str, str]] = {
    "BucketARN": ("the bucket", ""),
    "BufferingHints": ("the hints", ""),
    "CloudWatchLoggingOptions": ("CloudWatchLoggingOptions: {Enabled: false}", ""),
    "CompressionFormat": ("CompressionFormat: UNCOMPRESSED", "UNCOMPRESSED"),
    "CustomTimeZone": ("CustomTimeZone: UTC", "UTC"),
    _CONVERSION: (f"{_CONVERSION}: {{Enabled: false}}", ""),
    "EncryptionConfiguration": ("EncryptionConfiguration: {NoEncryptionConfig: NoEncryption}", ""),
    "ErrorOutputPrefix": ("the prefix", ""),
    "FileExtension": ('FileExtension: ""', ""),
    "Prefix": ("the prefix", ""),
    _PROCESSING: (f"{_PROCESSING}: {{Enabled: false}}", ""),
}


def _destination(resource: Resource) -> Any:
    return at(resource.properties, S3)


def waiting_seconds(stream: Resource) -> int:
    """The longest that a record waits in a stream's buffers: before the function, and before S3."""
    destination = _destination(stream)
    waits = _seconds(at(destination, "BufferingHints", "IntervalInSeconds"), 300)
    for processor in _processors(destination):
        if at(processor, "Type") == "Lambda":
            waits += _seconds(_parameter(processor, "BufferIntervalInSeconds"), 60)
    return waits


def _seconds(interval: Any, default: int) -> int:
    """An interval; the longest that Firehose takes where it is not known."""
    if interval is ABSENT:
        return default
    seconds = number(interval)
    return 900 if math.isnan(seconds) else int(seconds)


def _processors(destination: Any) -> list[Any]:
    processing = at(destination, _PROCESSING)
    return items(at(processing, "Processors")) if flag(at(processing, "Enabled")) else []


def _parameter(processor: Any, name: str) -> Any:
    for one in items(at(processor, "Parameters")):
        if at(one, "ParameterName") == name:
            return at(one, "ParameterValue")
    return ABSENT


def _from_kinesis(stream: Resource) -> bool:
    return at(stream.properties, "KinesisStreamSourceConfiguration") is not ABSENT


def _converts(destination: Any) -> bool:
    return _format(at(destination, _CONVERSION)) != "JSON"


def _gone(context: Context, how: str) -> Iterator[Effect]:
    stream = context.old
    seconds = waiting_seconds(stream)
    why = "Firehose deletes a stream with the records that it has not delivered yet"
    way_out = f"stop the producers, wait {seconds} s until the buffers are delivered, then deploy"
    yield Effect(Severity.LOSS, f"{how}: the records in its buffers, up to {seconds} s of them, are lost", why, way_out)
    if context.made_anew and _from_kinesis(context.new):
        yield Effect(
            Severity.LOSS,
            "begins to read the Kinesis stream at its latest record when the new one is ready: records put "
            "before, and not read by the old one, are never delivered",
            "Firehose has no other start position",
            "stop the producers until the new stream is ACTIVE",
        )
    if not _from_kinesis(stream):
        name = "gets another name" if context.made_anew else "has its name no more"
        yield Effect(
            Severity.INTERRUPTION,
            f"{name}: producers outside of this stack are answered ResourceNotFoundException",
            way_out="give them the new name (an output of the stack) right after the deployment"
            if context.made_anew
            else "let them stop, or put elsewhere, first",
        )


def _kept(member: str, changed: Rule) -> Rule:
    """A rule for a member of the destination, which goes on where it vanishes."""
    remedy, default = _OFF[member]

    def rule(context: Context, old: Any, new: Any) -> Iterable[Effect]:
        if new is ABSENT and context.replaced:
            return [Effect(Severity.READERS, f"has {member} no more: {context.shown(old)} until now")]
        if new is ABSENT and (_is_off(old) or old == default):
            return [Effect(Severity.SAFE, f"{member} is left out, and stays {context.shown(old)}")]
        if new is ABSENT:
            return _vanished(context, member, old, remedy)
        if old is ABSENT and (_is_off(new) or new == default):
            shown = "off" if _is_off(new) else context.shown(new)
            what = f"{member} is written out as {shown}, the default; an earlier template's value ends"
            return [Effect(Severity.SAFE, what)]
        return changed(context, old, new)

    return rule


def _is_off(value: Any) -> bool:
    return bool(at(value, "Enabled") == "false" or at(value, "NoEncryptionConfig") == "NoEncryption")


_BUFFER = {"SizeInMBs": "5", "IntervalInSeconds": "300"}


def _brief(context: Context, member: str, value: Any) -> str:
    """A member of the destination in few words."""
    match member:
        case "BufferingHints":
            size, seconds = (at(value, name) or default for name, default in _BUFFER.items())
            return f"{context.shown(size)} MiB or {context.shown(seconds)} s"
        case "DataFormatConversionConfiguration":
            return f"objects are {_format(value)}"
        case "ProcessingConfiguration":
            kinds = (str(at(one, "Type")) for one in items(at(value, "Processors")))
            return f"processors {', '.join(kinds)}"
    return context.shown(value)


def _vanished(context: Context, member: str, old: Any, remedy: str) -> Iterator[Effect]:
    way_out = f"write it in so many words: {remedy}"
    gone = ", ".join(context.name_of(one) for one in sorted(references(old)) if context.differences.deleted(one))
    if not gone:
        yield Effect(
            Severity.READERS, f"{member} vanishes, and goes on: {_brief(context, member, old)}", _KEEPS, way_out
        )
    elif member == _PROCESSING:
        yield Effect(
            Severity.INTERRUPTION,
            f"{member} vanishes, and goes on: it calls {gone}, which this deployment deletes. Every record ends below "
            "processing-failed in the error prefix, none among the rows",
            _KEEPS,
            way_out,
        )
    else:
        yield Effect(
            Severity.INTERRUPTION,
            f"{member} vanishes, and goes on: it uses {gone}, which this deployment deletes. Deliveries fail",
            _KEEPS,
            way_out,
        )
    compression = at(_destination(context.new), "CompressionFormat")
    if member == _CONVERSION and compression not in (ABSENT, "UNCOMPRESSED"):
        yield Effect(
            Severity.REFUSED,
            f"is not updated: conversion is still on, and Firehose refuses CompressionFormat {compression} beside it",
            _KEEPS,
            way_out,
        )


def _prefix(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = (plain("" if one is ABSENT else one) for one in (old, new))
    unread = [*_no_longer_read(context, before.split("!{")[0]), *_not_read(context, after.split("!{")[0])]
    yield Effect(
        Severity.READERS,
        f"new objects land under {after or 'no prefix'}; those delivered so far stay under {before or 'no prefix'}"
        + "".join(f"; {text}" for text in unread),
        _MINUTES,
        "copy the old objects, or keep a table for them" if unread else "readers look under both prefixes",
    )


def _no_longer_read(context: Context, head: str) -> Iterator[str]:
    """The tables that read below the old prefix until now."""
    for table, was, now in _locations(context):
        if was and head.startswith(was) and not head.startswith(now):
            yield f"table {table} does not read them there"


def _not_read(context: Context, head: str) -> Iterator[str]:
    """The table of the stream, where it does not read below the new prefix."""
    used = references(at(_destination(context.new), _CONVERSION, "SchemaConfiguration"))
    for table, _, now in _locations(context, used):
        if now and not head.startswith(now):
            yield f"table {table} does not read the new ones"


def _locations(context: Context, only: frozenset[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """Name of each table that NEW has, and the key that both sides' locations begin with."""
    for table in context.differences.new.of_type("AWS::Glue::Table"):
        if only is None or table.logical_id in only:
            former = context.differences.old.resources.get(table.logical_id)
            yield (
                context.name_of(table.logical_id),
                "" if former is None else location_of(former),
                location_of(table),
            )


def _bucket(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    yield Effect(
        Severity.READERS,
        f"delivers to {context.shown(new)} from now on; objects so far stay in {context.shown(old)}",
        _MINUTES,
        "copy the old objects, or keep a table for them",
    )


def _key(what: str) -> Rule:
    def rule(context: Context, old: Any, new: Any) -> Iterator[Effect]:
        before, after = (at(one, "KMSEncryptionConfig", "AWSKMSKeyARN") for one in (old, new))
        if before is ABSENT:
            yield Effect(
                Severity.READERS,
                f"{what} from now on are encrypted with {context.shown(after)}: their readers need kms:Decrypt on it",
                way_out="grant it to the readers before you deploy; objects so far stay as they are",
            )
            return
        other = "by the bucket's default" if after is ABSENT else f"with {context.shown(after)}"
        yield Effect(
            Severity.READERS,
            f"{what} from now on are encrypted {other}; those so far still need {context.shown(before)}",
            "S3 does not encrypt an object again",
            "readers keep kms:Decrypt on the old key, and the key is kept",
        )

    return rule


def _processing(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    former, latter = (items(at(one, "Processors")) if flag(at(one, "Enabled")) else [] for one in (old, new))
    kinds = {str(at(one, "Type")): None for one in (*former, *latter)}
    said = False
    for kind in kinds:
        pair = [next((one for one in side if at(one, "Type") == kind), ABSENT) for side in (former, latter)]
        if pair[0] != pair[1]:
            said = True
            yield from _PROCESSORS.get(kind, _other_processor)(context, kind, pair[0], pair[1])
    if not said:
        yield Effect(Severity.SAFE, "the processors are written in another way, and stay the same")


def _function(context: Context, kind: str, old: Any, new: Any) -> Iterator[Effect]:
    if new is ABSENT:
        yield Effect(
            Severity.READERS,
            "calls no function any more: rows are what producers send, from now on",
            _MINUTES,
            "see that the table's columns are those of the raw records; rows that do not fit end in the error prefix",
        )
        yield from _called_until_then(context, _parameter(old, "LambdaArn"))
        return
    if old is ABSENT:
        yield Effect(
            Severity.READERS,
            f"calls {context.shown(_parameter(new, 'LambdaArn'))} from now on: rows are what it makes of them",
            _MINUTES,
            "try the function with `clickstream transform` first",
        )
        return
    before, after = _parameter(old, "LambdaArn"), _parameter(new, "LambdaArn")
    if before != after:
        yield Effect(
            Severity.READERS,
            f"calls {context.shown(after)} from now on in place of {context.shown(before)}",
            _MINUTES,
            "the delivery role must be allowed to invoke it",
        )
        yield from _called_until_then(context, before)
    for name in _names(old, new):
        one, other = _parameter(old, name), _parameter(new, name)
        if name != "LambdaArn" and one != other:
            yield _tuned(context, name, one, other)


def _tuned(context: Context, name: str, old: Any, new: Any) -> Effect:
    """What a parameter of the function's processor does."""
    what = f"{name} of the function changes from {context.shown(old)} to {context.shown(new)}"
    before, after = (number(_TUNING.get(name) if one is ABSENT else one) for one in (old, new))
    if name == "BufferSizeInMBs" and not after <= before:
        why = "a batch and the function's answer hold 6 MB each, in base64: a larger one fails whole"
        return Effect(Severity.UNKNOWN, what, why, "try batches of that size with `clickstream transform`")
    if name == "NumberOfRetries" and not after >= before:
        return Effect(Severity.READERS, what, "a batch ends below processing-failed after fewer attempts")
    return Effect(Severity.SAFE if name in _TUNING else Severity.UNKNOWN, what)


def _called_until_then(context: Context, function: Any) -> Iterator[Effect]:
    """A function that goes with the deployment may still be called until the update takes effect."""
    gone = ", ".join(context.name_of(one) for one in sorted(references(function)) if context.differences.deleted(one))
    if gone:
        yield Effect(
            Severity.INTERRUPTION,
            f"may still call {gone} for some minutes, which this deployment deletes: batches of these minutes "
            "end below processing-failed in the error prefix",
            "UpdateDestination takes effect within a few minutes, and CloudFormation does not wait for it",
            "keep the function for this deployment and delete it with the next one; else replay these records",
        )


_TUNING = {"BufferSizeInMBs": "1", "BufferIntervalInSeconds": "60", "NumberOfRetries": "3"}


def _names(*processors: Any) -> dict[str, None]:
    return {str(at(one, "ParameterName")): None for each in processors for one in items(at(each, "Parameters"))}


def _other_processor(context: Context, kind: str, old: Any, new: Any) -> Iterator[Effect]:
    how = "vanishes" if new is ABSENT else "is added" if old is ABSENT else "changes"
    yield Effect(Severity.UNKNOWN, f"the processor {kind} {how}", "plan does not know what that does to the rows")


def _delimiter(context: Context, kind: str, old: Any, new: Any) -> Iterator[Effect]:
    if _converts(_destination(context.new)):
        yield from _other_processor(context, kind, old, new)
        return
    if new is ABSENT:
        what = "puts no newline between records any more: those that end in none run together"
        way_out = "let producers end each record with a newline first"
    elif old is ABSENT:
        what, way_out = "puts a newline between records from now on, as objects so far have not", ""
    else:
        delimiter = context.shown(_parameter(new, "Delimiter"))
        what, way_out = f"puts {delimiter} between records from now on", "readers split by both"
    yield Effect(Severity.READERS, what, _MINUTES, way_out)


def _keys_by_query(context: Context, kind: str, old: Any, new: Any) -> Iterator[Effect]:
    yield Effect(
        Severity.READERS,
        f"partition keys are extracted in another way: {context.shown(_parameter(new, 'MetadataExtractionQuery'))}",
        "objects so far stay in the partitions that they are in",
        "try the query on real records; those that it fails on end below metadata-extraction-failed",
    )


def _decompression(context: Context, kind: str, old: Any, new: Any) -> Iterator[Effect]:
    if new is ABSENT:
        yield Effect(Severity.READERS, f"{kind} vanishes: records go on as they came, in gzip", _MINUTES)
    else:
        yield Effect(
            Severity.UNKNOWN,
            f"{kind} on a stream that exists",
            "the console offers it only where a function is attached; through CloudFormation nobody here has tried",
            _BESIDE,
        )


_PROCESSORS = {
    "AppendDelimiterToRecord": _delimiter,
    "CloudWatchLogProcessing": _decompression,
    "Decompression": _decompression,
    "Lambda": _function,
    "MetadataExtraction": _keys_by_query,
}


def _conversion(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = _format(old), _format(new)
    if before != after:
        yield Effect(
            Severity.READERS,
            f"new objects are {after}, those so far are {before}, under one prefix",
            "a table reads one format: on the objects of the other one its queries fail",
            "give the new format a prefix and a table of its own",
        )
    table = [[at(one, "SchemaConfiguration", name) for name in ("DatabaseName", "TableName")] for one in (old, new)]
    if before != "JSON" != after and table[0] != table[1]:
        yield Effect(
            Severity.READERS,
            f"columns are those of {context.shown(table[1][1])} from now on, not of {context.shown(table[0][1])}",
            "a member of an event that has no column there is dropped",
            "compare the columns of the two tables",
        )
    rest = [_without_format(one) for one in (old, new)]
    if before == after and rest[0] != rest[1]:
        yield from _conversion_details(context, old, new)


def _format(conversion: Any) -> str:
    if conversion is ABSENT or at(conversion, "Enabled") == "false":
        return "JSON"
    serializer = at(conversion, "OutputFormatConfiguration", "Serializer")
    return "Parquet" if at(serializer, "ParquetSerDe") is not ABSENT else "ORC"


def _without_format(conversion: Any) -> Any:
    schema = at(conversion, "SchemaConfiguration") or {}
    kept = {name: value for name, value in schema.items() if name not in ("DatabaseName", "TableName")}
    return {**(conversion or {}), "SchemaConfiguration": kept, "Enabled": "true"}


def _conversion_details(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    pairs = {
        name: (at(old, *path), at(new, *path))
        for name, path in {
            "input": ("InputFormatConfiguration",),
            "output": ("OutputFormatConfiguration",),
            "schema": ("SchemaConfiguration",),
        }.items()
    }
    if pairs["input"][0] != pairs["input"][1]:
        yield Effect(
            Severity.UNKNOWN,
            f"reads JSON with {context.shown(pairs['input'][1])}, not {context.shown(pairs['input'][0])}",
            "the deserializer decides which key of an event becomes which column",
            "send events through `clickstream local` and compare the rows",
        )
    if pairs["output"][0] != pairs["output"][1]:
        yield Effect(Severity.SAFE, f"the serializer's settings change to {context.shown(pairs['output'][1])}")
    for name in ("CatalogId", "Region", "RoleARN", "VersionId"):
        before, after = (at(one, name) for one in pairs["schema"])
        if before != after:
            yield _schema_member(context, name, before, after)


_DEFAULTS = {"CatalogId": {"Ref": "AWS::AccountId"}, "Region": {"Ref": "AWS::Region"}, "VersionId": "LATEST"}


def _schema_member(context: Context, name: str, old: Any, new: Any) -> Effect:
    if name in _DEFAULTS and old is ABSENT and new == context.differences.new.values.resolve(_DEFAULTS[name]):
        return Effect(Severity.SAFE, f"{name} of the schema is written out as {context.shown(new)}, the default")
    if name in _DEFAULTS and new is ABSENT:
        default = context.differences.new.values.resolve(_DEFAULTS[name])
        if old == default:
            return Effect(Severity.SAFE, f"{name} of the schema is left out, and stays {context.shown(old)}")
        remedy = f"write it in so many words: {name}: {context.shown(default)}"
        return Effect(
            Severity.READERS, f"{name} of the schema vanishes, and goes on: {context.shown(old)}", _KEEPS, remedy
        )
    if name in _DEFAULTS:
        before, after = (
            context.shown(context.differences.new.values.resolve(_DEFAULTS[name]) if one is ABSENT else one)
            for one in (old, new)
        )
        return Effect(Severity.READERS, *_other_schema(name, before, after))
    what = f"{name} of the schema changes from {context.shown(old)} to {context.shown(new)}"
    return Effect(Severity.UNKNOWN, what)


def _other_schema(name: str, before: str, after: str) -> tuple[str, str, str]:
    """What the conversion takes its columns from, why that matters, and what to do."""
    if name == "VersionId":
        what = f"columns are those of the table's version {after} from now on, of {before} until now"
        follows = "each change of the table is followed" if after == "LATEST" else "no change of the table is followed"
        return what, follows, "compare the two: aws glue get-table-version"
    place = "account" if name == "CatalogId" else "region"
    return (
        f"columns are those of the table in {place} {after} from now on, of the one in {before} until now",
        "without that table, or a right to read it, every record fails the conversion",
        "see that the table is there with the same columns, and that its catalog lets the delivery role in",
    )


def _partitioning(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = (flag(at(one, "Enabled")) for one in (old, new))
    if before == after:
        yield Effect(Severity.SAFE, f"dynamic partitioning changes in place to {context.shown(new)}")
    elif context.replaced:
        yield Effect(Severity.READERS, f"dynamic partitioning is {'on' if after else 'off'} in the new stream")
    elif new is ABSENT:
        yield Effect(
            Severity.REFUSED,
            "dynamic partitioning vanishes, but a stream never loses it: it stays on, and a prefix that does not use "
            "its keys is refused",
            _KEEPS,
            _BESIDE,
        )
    else:
        yield Effect(
            Severity.REFUSED,
            "is not updated: a stream that exists cannot be given dynamic partitioning, nor lose it",
            "Firehose takes it at the creation of a stream only",
            _BESIDE,
        )


def _backup_mode(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new == "Enabled":
        yield Effect(
            Severity.IRREVERSIBLE if not context.replaced else Severity.SAFE,
            "the source backup goes on, and can never be switched off again",
            "Firehose does not support disabling it",
            "nothing, if you want it for good; its objects expire by the bucket's lifecycle",
        )
    elif old != "Enabled" or context.replaced:
        yield Effect(Severity.SAFE, f"S3BackupMode is {context.shown(new)}, {context.shown(old)} before")
    elif new is ABSENT:
        yield Effect(Severity.READERS, "S3BackupMode vanishes, and the source backup goes on", _KEEPS, "leave it on")
    else:
        yield Effect(
            Severity.REFUSED,
            "is not updated: Firehose answers `Disabling S3 backup is not currently supported`",
            "a source backup can be switched on, never off",
            f"leave it on, with a short expiry; or {_BESIDE}",
        )


def _backup(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new is ABSENT:
        yield Effect(Severity.READERS, "S3BackupConfiguration vanishes, and goes on", _KEEPS, "leave it on")
    elif old is ABSENT:
        yield Effect(Severity.SAFE, "source records are kept as they came, from now on")
    else:
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        yield Effect(
            Severity.READERS,
            f"the source backup changes in {', '.join(names)}: backups so far stay where and as they are",
            _MINUTES,
            "look in both places when you replay from the backup",
        )


def _encryption(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new is ABSENT and _from_kinesis(context.new):
        yield Effect(Severity.SAFE, "records are encrypted as the Kinesis stream is, no longer by Firehose")
    elif new is ABSENT:
        yield Effect(
            Severity.READERS,
            "buffers are no longer encrypted by Firehose",
            "CloudFormation stops the stream's encryption where the property is absent",
        )
    elif at(new, "KeyType") == "CUSTOMER_MANAGED_CMK":
        yield Effect(
            Severity.READERS,
            f"buffers are encrypted with {context.shown(at(new, 'KeyARN'))}: every producer needs kms:GenerateDataKey "
            "and kms:Decrypt on it, or its records are refused",
            "Firehose encrypts in the name of the caller; it retires its grant on an old key by itself",
            "grant it to producers outside of this stack before you deploy; keep the old key until all is delivered",
        )
    else:
        yield Effect(Severity.SAFE, "buffers are encrypted with a key of AWS's")


def _role(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    yield Effect(
        Severity.UNKNOWN,
        f"delivers as {context.shown(new)}, not as {context.shown(old)}",
        "plan does not compare the rights of the two",
        "give it the old one's rights first",
    )


def _logging(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if flag(at(old, "Enabled")) and not flag(at(new, "Enabled")):
        yield Effect(Severity.READERS, "errors of the delivery are no longer logged")
    else:
        yield Effect(Severity.SAFE, f"errors of the delivery are logged to {context.shown(at(new, 'LogGroupName'))}")


def _compression(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if _converts(_destination(context.new)) and new != "UNCOMPRESSED":
        yield Effect(
            Severity.REFUSED,
            f"is not updated: Firehose refuses CompressionFormat {new} beside format conversion",
            "the serializer compresses",
            "CompressionFormat: UNCOMPRESSED",
        )
        return
    yield Effect(
        Severity.READERS,
        f"new objects are {context.shown(new)}, those so far {context.shown(old)}",
        "Athena tells them apart by the extension; programs of your own may not",
    )


def _buffering(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = (_brief(context, "BufferingHints", one) for one in (old, new))
    yield Effect(Severity.SAFE, f"buffers up to {after}, {before} before")


_DESTINATION: Mapping[str, Rule] = {
    "BucketARN": _kept("BucketARN", _bucket),
    "BufferingHints": _kept("BufferingHints", _buffering),
    "CloudWatchLoggingOptions": _kept("CloudWatchLoggingOptions", _logging),
    "CompressionFormat": _kept("CompressionFormat", _compression),
    "CustomTimeZone": _kept(
        "CustomTimeZone",
        fixed(
            Severity.READERS,
            "dates in prefixes and names are of {new} from now on, of {old} before",
            "the day of the change is cut in another way; objects so far keep their names",
            "queries over that day look at the day before and after it, too",
        ),
    ),
    _CONVERSION: _kept(_CONVERSION, _conversion),
    "DynamicPartitioningConfiguration": _partitioning,
    "EncryptionConfiguration": _kept("EncryptionConfiguration", _key("objects")),
    "ErrorOutputPrefix": _kept(
        "ErrorOutputPrefix",
        fixed(
            Severity.READERS,
            "failed records land under {new} from now on; those so far stay under {old}",
            "lifecycle rules, rights and tools that name the old prefix do not hold there",
            "give the new prefix its lifecycle rule",
        ),
    ),
    "FileExtension": _kept("FileExtension", fixed(Severity.READERS, "new objects end in {new}, those so far in {old}")),
    "Prefix": _kept("Prefix", _prefix),
    _PROCESSING: _kept(_PROCESSING, _processing),
    "RoleARN": _role,
    "S3BackupConfiguration": _backup,
    "S3BackupMode": _backup_mode,
}

DELIVERY_STREAM = Kind(
    "delivery stream",
    {
        "DeliveryStreamEncryptionConfigurationInput": _encryption,
        "Tags": safe("its tags change"),
        **{f"{S3}.{member}": rule for member, rule in _DESTINATION.items()},
    },
    gone=_gone,
    names=("DeliveryStreamName",),
    follows=frozenset(f"{S3}.{member}" for member in ("BucketARN", "EncryptionConfiguration", "S3BackupConfiguration")),
)


def _capacity(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = (at(one, "StreamMode") or "PROVISIONED" for one in (old, new))
    if before == after:
        yield Effect(Severity.SAFE, f"its capacity mode is written as {after}, which it is")
    elif after == "ON_DEMAND":
        yield Effect(Severity.SAFE, "scales by itself from now on, and bills by the gigabyte")
    else:
        yield Effect(
            Severity.INTERRUPTION,
            "scales by itself no more: records beyond its shards are refused",
            "a shard takes 1,000 records and 1 MB a second",
            "give it the shards that its peak takes",
        )


KINESIS_STREAM = Kind(
    "Kinesis stream",
    {
        "DesiredShardLevelMetrics": safe("its metrics change"),
        "MaxRecordSizeInKiB": lowered(
            Severity.INTERRUPTION,
            "records over {new} KiB are refused ({old} KiB before)",
            "takes records of up to {new} KiB",
            default="1024",
        ),
        "RetentionPeriodHours": lowered(
            Severity.LOSS,
            "keeps records for {new} h, {old} h before: older ones are gone at once",
            "keeps records for {new} h, {old} h before, which bills",
            "Kinesis drops records beyond the retention period",
            "see that every consumer has read that far",
            default="24",
        ),
        "ShardCount": lowered(
            Severity.INTERRUPTION,
            "has {new} shards, {old} before: records beyond them are refused",
            "has {new} shards, {old} before",
            "a shard takes 1,000 records and 1 MB a second",
            "look at the stream's IncomingBytes and IncomingRecords first",
        ),
        "StreamEncryption": fixed(
            Severity.READERS,
            "records are encrypted by {new} from now on: producers and readers need the key; records so far need {old}",
            way_out="grant both keys until the retention period is over",
        ),
        "StreamModeDetails": _capacity,
        "Tags": safe("its tags change"),
    },
    gone=lost(
        Severity.LOSS,
        ": every record that it retains is lost, read or not",
        "a Kinesis stream is deleted with its records",
        "stop the producers, let every consumer read to the end, then deploy; or keep it (DeletionPolicy: Retain)",
    ),
    follows=frozenset({"StreamEncryption"}),
    names=("Name",),
    bills=True,
)

KINDS = {
    "AWS::Kinesis::Stream": KINESIS_STREAM,
    "AWS::KinesisFirehose::DeliveryStream": DELIVERY_STREAM,
}
