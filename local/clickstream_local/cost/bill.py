"""Quantities times prices: the bill of a month, and the same events in other batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clickstream_local.cost.errors import CostError
from clickstream_local.cost.pipeline import MeteredPipeline, RecordSource
from clickstream_local.cost.prices import Price
from clickstream_local.cost.quantities import Estimates, Quantity, quantities
from clickstream_local.cost.traffic import (
    Events,
    Traffic,
    by_producer,
    by_rule,
    by_subscription,
    most_per_request,
    through_endpoint,
)

BATCHES = (1, 20, 100, 500)
"""Events a request that are compared."""
DEFAULT_BATCH = 20


@dataclass(frozen=True)
class LineItem:
    """One item; ``amount`` is None where the quantity or its price is not known."""

    quantity: Quantity
    price: Price | None
    amount: float | None


@dataclass(frozen=True)
class Bill:
    """A month of one traffic."""

    traffic: Traffic
    lines: tuple[LineItem, ...]

    @property
    def total(self) -> float:
        """Of everything that has a price."""
        return sum(line.amount or 0.0 for line in self.lines)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the total leaves out, by name."""
        return tuple(line.quantity.what for line in self.lines if line.amount is None)

    def marked(self, mark: str) -> float:
        """How much of the total rests on prices with a mark."""
        return sum(line.amount or 0.0 for line in self.lines if line.price is not None and line.price.mark == mark)


@dataclass(frozen=True)
class BatchSize:
    """The same events in another batch size, or why that cannot be; ``chosen`` is the one that was asked for."""

    per_request: int | None
    bill: Bill | None
    problem: str
    chosen: bool


def bill_of(pipeline: MeteredPipeline, traffic: Traffic, estimates: Estimates, prices: Mapping[str, Price]) -> Bill:
    """Price everything that is metered."""
    return Bill(
        traffic, tuple(_line(found, prices.get(found.item)) for found in quantities(pipeline, traffic, estimates))
    )


def _line(quantity: Quantity, price: Price | None) -> LineItem:
    if price is None or quantity.amount is None:
        return LineItem(quantity, price, None)
    return LineItem(quantity, price, price.amount(quantity.amount))


def traffic_of(
    pipeline: MeteredPipeline, events: Events, *, direct: bool, per_request: int | None, estimates: Estimates
) -> Traffic:
    """The road that the events take: the endpoint if there is one, unless ``direct``.

    Raises
    ------
    CostError
        ``per_request`` was given and there are no requests, or the endpoint does not take so many; or not even one
        event fits into a record.
    """
    if pipeline.endpoint is not None and not direct:
        if per_request is None:
            most = most_per_request(events, pipeline.endpoint, DEFAULT_BATCH)
            return through_endpoint(events, pipeline.endpoint, most)
        try:
            return through_endpoint(events, pipeline.endpoint, per_request)
        except CostError as error:
            raise CostError(f"--events-per-request is {per_request}: {error}") from None
    if per_request is not None:
        why = "--direct sends none" if direct else f"no endpoint in the template puts into {pipeline.stream}"
        raise CostError(f"--events-per-request is {per_request}: {why}; leave it out")
    if direct or pipeline.record_source is RecordSource.PRODUCER:
        return by_producer(events)
    if pipeline.record_source is RecordSource.LOGS:
        return by_subscription(events, estimates.compressed_share)
    return by_rule(events)


def batch_sizes(
    pipeline: MeteredPipeline, chosen: Traffic, estimates: Estimates, prices: Mapping[str, Price]
) -> Iterator[BatchSize]:
    """The same events with other batch sizes, and packed by the producer; nothing where there is no endpoint."""
    if pipeline.endpoint is None:
        return
    for size in sorted({*BATCHES, chosen.per_request or DEFAULT_BATCH}):
        is_chosen = size == chosen.per_request
        try:
            traffic = through_endpoint(chosen.events, pipeline.endpoint, size)
        except CostError as error:
            yield BatchSize(size, None, str(error), is_chosen)
        else:
            yield BatchSize(size, bill_of(pipeline, traffic, estimates, prices), "", is_chosen)
    if pipeline.endpoint.most(2) < 2:
        return  # a record of this stream is one event
    packed = bill_of(pipeline, by_producer(chosen.events), estimates, prices)
    yield BatchSize(None, packed, "", chosen.per_request is None)
