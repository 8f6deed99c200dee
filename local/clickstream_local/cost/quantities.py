"""The quantities of a month, each with how it was derived."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from clickstream_local.cost.items import ITEMS
from clickstream_local.cost.pipeline import DeliveryBuffer, MeteredPipeline, TransformCalls
from clickstream_local.cost.traffic import DAYS, GIGABYTE, MEGABYTE, Traffic

_HOURS = DAYS * 24
_DAY_SECONDS = 86_400
_PUT_UNIT = 25 * 1024
_MULTIPART_SECONDS = 60
_MULTIPART_REQUESTS = 3
# docs/transform-limits.md, "Memory": page views, a request each, 1 MiB take 0.7 s with 512 MiB, 0.29 of a core.
_MEASURED_MS_PER_MB = 700
_MEASURED_MEMORY = 512
_ONE_PROCESSOR_MEMORY = 1769


@dataclass(frozen=True)
class Estimates:
    """What no template says.

    Parameters
    ----------
    function_ms_per_mb:
        Milliseconds that the function takes for a megabyte of records. Default: as measured in
        docs/transform-limits.md, scaled to the function's memory.
    row_growth:
        Bytes that leave the function for each that goes in (docs/transform-limits.md).
    compressed_share:
        What gzip leaves of a byte. The default is the backup of `clickstream demo`'s 60,000 events.
    columnar_share:
        What lies in Parquet or ORC for each byte that came in; from the same events.
    partitions:
        Values that the keys of dynamic partitioning have at a time.
    """

    function_ms_per_mb: float | None = None
    row_growth: float = 2.0
    compressed_share: float = 0.11
    columnar_share: float = 0.20
    partitions: int | None = None


@dataclass(frozen=True)
class Quantity:
    """How much of an item a month takes; ``amount`` is None where no template tells."""

    item: str
    amount: float | None
    how: str
    part: str = ""

    @property
    def what(self) -> str:
        """The item's name, and of which part of the pipeline it is."""
        return f"{ITEMS[self.item].what}{f' ({self.part})' if self.part else ''}"


def quantities(pipeline: MeteredPipeline, traffic: Traffic, estimates: Estimates) -> list[Quantity]:
    """Everything that is metered of a pipeline under this traffic."""
    return [
        *_endpoint(pipeline, traffic),
        *_kinesis(pipeline, traffic),
        *_firehose(pipeline, traffic),
        *_function(pipeline, traffic, estimates),
        *_delivery(pipeline, traffic, estimates),
        *_fixed_costs(pipeline),
    ]


def flushes(size: float, interval: float, carried_bytes: float, arrivals: float) -> tuple[float, str]:
    """How often a day a buffer of ``size`` MiB and ``interval`` seconds is emptied, and which of the two does it.

    Whichever comes first (facts/firehose.md#buffering); a buffer that nothing came into is not emptied. 0 seconds
    count as one.
    """
    by_size = carried_bytes / (size * MEGABYTE)
    by_time = min(_DAY_SECONDS / max(interval, 1), arrivals)
    if by_size > by_time:
        return by_size, f"one each {size:g} MiB, full before {interval:g} s pass"
    if by_time == arrivals:
        return by_time, f"one each arrival, more than {interval:g} s apart"
    return by_time, f"one each {interval:g} s, before {size:g} MiB is full"


def _endpoint(pipeline: MeteredPipeline, traffic: Traffic) -> Iterator[Quantity]:
    if traffic.per_request is None or pipeline.endpoint is None:
        return
    requests = traffic.requests * DAYS
    each = f"{traffic.events.per_day:,} events a day, {traffic.per_request:,} a request, {DAYS} days"
    yield Quantity("api-requests", requests, each)
    line = pipeline.endpoint.log_line_bytes
    if line:
        yield Quantity("log-gb", requests * line / GIGABYTE, f"a line of {line} bytes a request", "access log")
    if pipeline.fixed_costs.web_acl_guards:
        yield Quantity("waf-requests", requests, "each request is looked at")


def _kinesis(pipeline: MeteredPipeline, traffic: Traffic) -> Iterator[Quantity]:
    stream = pipeline.kinesis
    if stream is None:
        return
    if stream.on_demand:
        yield Quantity("kinesis-on-demand-hours", _HOURS, f"one stream, {DAYS} days")
        yield Quantity("kinesis-on-demand-gb", traffic.carried_bytes * DAYS / GIGABYTE, _records(traffic))
        return
    yield Quantity("kinesis-shard-hours", stream.shard_count * _HOURS, f"{stream.shard_count} shards, {DAYS} days")
    units = math.ceil(traffic.record_bytes / _PUT_UNIT)
    yield Quantity("kinesis-put-units", traffic.records * units * DAYS, f"{units} of 25 KB for each record")


def _firehose(pipeline: MeteredPipeline, traffic: Traffic) -> Iterator[Quantity]:
    billed = traffic.billed_gigabytes
    if not traffic.rounded:
        yield Quantity("firehose-log-gb", billed, f"{traffic.how}; not rounded")
    else:
        yield Quantity(
            "firehose-gb", billed, f"{_records(traffic)}; each billed as {traffic.billed_record_bytes // 1024:,} KB"
        )
    if pipeline.decompresses:
        yield Quantity("decompression-gb", traffic.unpacked_bytes * DAYS / GIGABYTE, "the events, unpacked")
    if pipeline.converts:
        how = "the same GB, as they were rounded" if traffic.rounded else "the same GB"
        yield Quantity("conversion-gb", billed, how)


def _function(pipeline: MeteredPipeline, traffic: Traffic, estimates: Estimates) -> Iterator[Quantity]:
    function = pipeline.function
    if function is None:
        return
    calls, why = _calls(pipeline, function, traffic)
    yield Quantity("lambda-requests", calls * DAYS, why)
    if function.memory is None:
        yield Quantity("lambda-gb-seconds", None, "its memory and architecture are not in the template")
        return
    item = "lambda-arm-gb-seconds" if function.arm else "lambda-x86-gb-seconds"
    per_mb, source = _milliseconds(function, function.memory, estimates)
    megabytes = traffic.unpacked_bytes / MEGABYTE * DAYS
    seconds = megabytes * per_mb / 1000
    how = f"estimate: {megabytes:,.0f} MB × {per_mb:,.0f} ms ({source}) × {function.memory} MB of memory"
    yield Quantity(item, seconds * function.memory / 1024, how)


def _calls(pipeline: MeteredPipeline, function: TransformCalls, traffic: Traffic) -> tuple[float, str]:
    buffered = traffic.unpacked_bytes if pipeline.decompresses else traffic.carried_bytes
    return flushes(function.size, function.interval, buffered, traffic.records)


def _milliseconds(function: TransformCalls, memory: int, estimates: Estimates) -> tuple[float, str]:
    if estimates.function_ms_per_mb is not None:
        return estimates.function_ms_per_mb, "--function-ms-per-mb"
    # Lambda gives a share of a processor by memory, and one thread cannot use more than one.
    scaled = _MEASURED_MS_PER_MB * _MEASURED_MEMORY / min(memory, _ONE_PROCESSOR_MEMORY)
    return scaled, "measured" if memory == _MEASURED_MEMORY else f"measured with {_MEASURED_MEMORY} MB, scaled"


def _delivery(pipeline: MeteredPipeline, traffic: Traffic, estimates: Estimates) -> Iterator[Quantity]:
    leaving = _leaving(pipeline, traffic, estimates)
    objects, why = _objects(pipeline, traffic, leaving, estimates)
    if pipeline.partitions:
        grown = f", estimate: {estimates.row_growth:g} times what came in" if pipeline.function is not None else ""
        yield Quantity("partitioning-gb", leaving * DAYS / GIGABYTE, f"what is delivered{grown}")
        yield Quantity("partitioning-objects", objects, why)
        if pipeline.jq:
            yield Quantity("partitioning-jq-hours", None, "how long jq takes is not known from a template")
    yield _puts(pipeline.events, objects, why, "events")
    yield _stored(pipeline.events, traffic.unpacked_bytes, _share(pipeline, traffic, leaving, estimates), "events")
    encrypted = objects if pipeline.events.encrypted else 0
    backup = pipeline.backup
    if backup is not None:
        each, why = flushes(backup.size, backup.interval, traffic.carried_bytes, traffic.records)
        yield _puts(backup, each * DAYS, why, "backup")
        share = estimates.compressed_share if backup.compressed and traffic.rounded else 1
        yield _stored(backup, traffic.carried_bytes, share, "backup")
        encrypted += each * DAYS if backup.encrypted else 0
    if encrypted:
        how = "one for each object, fewer with S3 Bucket Keys; those of the streams' encryption are not counted"
        yield Quantity("kms-requests", encrypted, how)


def _leaving(pipeline: MeteredPipeline, traffic: Traffic, estimates: Estimates) -> float:
    """Bytes a day that come to the buffer of the destination."""
    if pipeline.function is not None:
        return traffic.unpacked_bytes * estimates.row_growth
    return traffic.unpacked_bytes if pipeline.decompresses else traffic.carried_bytes


def _objects(pipeline: MeteredPipeline, traffic: Traffic, leaving: float, estimates: Estimates) -> tuple[float, str]:
    """Objects a month, and why so many."""
    arrivals: float = traffic.records
    if pipeline.function is not None:
        arrivals, _ = _calls(pipeline, pipeline.function, traffic)
    events = pipeline.events
    if not pipeline.partitions:
        each, why = flushes(events.size, events.interval, leaving, arrivals)
        return each * DAYS, why
    # Each partition has a buffer of its own.
    partitions = estimates.partitions or 1
    each, why = flushes(events.size, events.interval, leaving / partitions, arrivals)
    return each * partitions * DAYS, f"{partitions:,} partitions: {why} in each"


def _share(pipeline: MeteredPipeline, traffic: Traffic, leaving: float, estimates: Estimates) -> float:
    """Bytes of objects for each byte that came in."""
    if pipeline.converts:
        return estimates.columnar_share
    return leaving / traffic.unpacked_bytes * (estimates.compressed_share if pipeline.events.compressed else 1)


def _puts(objects: DeliveryBuffer, count: float, why: str, part: str) -> Quantity:
    if objects.interval < _MULTIPART_SECONDS:
        how = f"{_MULTIPART_REQUESTS} for each object at least, by multipart uploads under 60 s; {why}"
        return Quantity("s3-put-requests", count * _MULTIPART_REQUESTS, how, part)
    return Quantity("s3-put-requests", count, why, part)


def _stored(objects: DeliveryBuffer, came_in: float, share: float, part: str) -> Quantity:
    how = "what came in" if share == 1 else f"estimate: {share:.2g} of the bytes that came in"
    days = objects.expires_days
    how += "; so much more each month" if days is None else f"; never more, deleted after {days} days"
    return Quantity("s3-gb-months", came_in * share * (days or DAYS) / GIGABYTE, how, part)


def _fixed_costs(pipeline: MeteredPipeline) -> Iterator[Quantity]:
    fixed = pipeline.fixed_costs
    counted = (
        ("kms-keys", fixed.keys),
        ("alarms", fixed.alarms),
        ("dashboards", fixed.dashboards),
        ("waf-acls", fixed.web_acls),
        ("waf-rules", fixed.web_acl_rules),
    )
    for item, count in counted:
        if count:
            yield Quantity(item, count, "in the template")
    if fixed.endpoint_zones:
        how = f"in {fixed.endpoint_zones} subnets in all, {DAYS} days"
        yield Quantity("interface-endpoint-hours", fixed.endpoint_zones * _HOURS, how)


def _records(traffic: Traffic) -> str:
    return f"{traffic.records * DAYS:,} records of {traffic.record_bytes:,} bytes ({traffic.how})"
