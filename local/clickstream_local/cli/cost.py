"""``clickstream cost``: what a month of a synthesized pipeline costs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import click
from click.core import ParameterSource
from rich.console import Console

from clickstream_local.assembly.errors import AssemblyError
from clickstream_local.cli import options
from clickstream_local.cost.bill import DEFAULT_BATCH, batch_sizes, bill_of, traffic_of
from clickstream_local.cost.errors import CostError, PriceError
from clickstream_local.cost.pipeline import MeteredPipeline, RecordSource, read_pipeline
from clickstream_local.cost.prices import PriceList
from clickstream_local.cost.quantities import Estimates
from clickstream_local.cost.report import Report, document, print_report
from clickstream_local.cost.traffic import Events
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES

_DEFAULTS = Estimates()


def _bounded(
    what: str, low: float, high: float, *, example: float, whole: bool = True
) -> Callable[[str | float], float]:
    """The type of an option that is a number of ``what``, within limits that are both allowed."""

    def number(value: str | float) -> float:
        try:
            converted = float(value)
            converted = int(converted) if whole and converted.is_integer() else math.nan if whole else converted
        except (ValueError, OverflowError):
            converted = math.nan
        if low <= converted <= high:
            return converted
        noun = "a whole number" if whole else "a number"
        raise click.BadParameter(f"{str(value)!r}: give {noun} of {what} from {low:,} to {high:,}, such as {example}")

    return number


@click.command()
@options.assembly
@click.option("--stack", help="The one stack to count.  [default: all stacks of the assembly]")
@options.stream
@click.option(
    "--events-per-day",
    type=_bounded("events", 1, 10**12, example=1_000_000),
    required=True,
    help="Events that come in a day.",
)
@click.option(
    "--event-bytes",
    type=_bounded("bytes", 1, MAX_RECORD_BYTES, example=600),
    default=600,
    show_default=True,
    help="Size of an event as its client sends it, without compression.",
)
@click.option(
    "--events-per-request",
    type=_bounded("events", 1, MAX_RECORD_BYTES, example=20),
    help=f"Events that a client sends in one request to the endpoint.  [default: {DEFAULT_BATCH}, if it takes so many]",
)
@click.option("--direct", is_flag=True, help="The producer puts the events, packed, past the endpoint.")
@click.option("--region", help="Region whose prices are taken.  [default: the stack's]")
@click.option(
    "--prices",
    "price_file",
    type=click.Path(path_type=Path),
    help="JSON file of prices, which replace or add to those of the package; docs/cost.md has its form.",
)
@click.option(
    "--function-ms-per-mb",
    type=_bounded("milliseconds", 0, 900_000, example=700, whole=False),
    help="Time that the function takes for a megabyte of records.  [default: 700 with 512 MB of memory, as measured]",
)
@click.option(
    "--row-growth",
    type=_bounded("bytes", 0, 100, example=2.0, whole=False),
    default=_DEFAULTS.row_growth,
    show_default=True,
    help="Bytes of rows that the function makes of each byte that comes in.",
)
@click.option(
    "--compressed-share",
    type=_bounded("bytes", 0, 1, example=0.2, whole=False),
    default=_DEFAULTS.compressed_share,
    show_default=True,
    help="What compression leaves of a byte, in the backup and in compressed objects.",
)
@click.option(
    "--columnar-share",
    type=_bounded("bytes", 0, 10, example=0.3, whole=False),
    default=_DEFAULTS.columnar_share,
    show_default=True,
    help="Bytes of Parquet or ORC for each byte that comes in.",
)
@click.option(
    "--partitions",
    type=_bounded("partitions", 1, 5_000, example=10),
    help="Partitions that get events at a time, for a stream with dynamic partitioning.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")
def cost(
    assembly: Path,
    stack: str | None,
    stream: str | None,
    events_per_day: int,
    event_bytes: int,
    events_per_request: int | None,
    direct: bool,
    region: str | None,
    price_file: Path | None,
    function_ms_per_mb: float | None,
    row_growth: float,
    compressed_share: float,
    columnar_share: float,
    partitions: int | None,
    as_json: bool,
) -> None:
    """Work out what a month of a synthesized pipeline costs, item by item, before it is deployed.

    Quantities follow the template; prices come from a file, each with where it was read. What has no price there is
    named, not guessed.

    Example: clickstream cost --events-per-day 1000000 --event-bytes 600 --events-per-request 20
    """
    estimates = Estimates(function_ms_per_mb, row_growth, compressed_share, columnar_share, partitions)
    try:
        pipeline = read_pipeline(assembly, stack=stack, stream=stream)
        _check_estimates(pipeline, estimates)
        chosen_region = region or pipeline.region
        prices = PriceList.load(price_file).region(chosen_region)
        traffic = traffic_of(
            pipeline,
            Events(events_per_day, event_bytes),
            direct=direct,
            per_request=events_per_request,
            estimates=estimates,
        )
        report = Report(
            pipeline=pipeline,
            region=chosen_region,
            currency=next(iter(prices.values())).currency,
            bill=bill_of(pipeline, traffic, estimates, prices),
            batches=tuple(batch_sizes(pipeline, traffic, estimates, prices)),
        )
    except (AssemblyError, CostError, PriceError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        print(json.dumps(document(report), indent=2, ensure_ascii=False))
    else:
        print_report(Console(), report)


def _check_estimates(pipeline: MeteredPipeline, estimates: Estimates) -> None:
    """Refuse estimates of what this pipeline does not do, and a missing one that it cannot do without."""
    compresses = (
        pipeline.record_source is RecordSource.LOGS  # its records come in gzip
        or (pipeline.backup is not None and pipeline.backup.compressed)
        or (pipeline.events.compressed and not pipeline.converts)
    )
    unused = {
        "function_ms_per_mb": pipeline.function is None and "calls no function",
        "row_growth": pipeline.function is None and "calls no function",
        "columnar_share": not pipeline.converts and "writes neither Parquet nor ORC",
        "compressed_share": not compresses and "compresses nothing by itself",
        "partitions": not pipeline.partitions and "has no dynamic partitioning in the template",
    }
    context = click.get_current_context()
    for name, reason in unused.items():
        if reason and context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            option = "--" + name.replace("_", "-")
            raise CostError(f"{option} is {getattr(estimates, name):g}: {pipeline.stream} {reason}; leave it out")
    if pipeline.partitions and estimates.partitions is None:
        raise CostError(
            f"{pipeline.stream} partitions dynamically, and objects are billed by the partition: say with --partitions "
            "how many get events at a time"
        )
