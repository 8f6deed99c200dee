"""Shows a bill: tables for people, one document for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clickstream_local.cost.bill import BatchSize, Bill, LineItem
from clickstream_local.cost.items import ITEMS
from clickstream_local.cost.pipeline import MeteredPipeline
from clickstream_local.cost.prices import MARKS, Price, Tier
from clickstream_local.cost.traffic import DAYS

_SIGNS = {"V": "", "V3": "†", "M": "*"}
_MEASURES = {"GB": "GB", "GB-s": "GB-s", "GB-months": "GB-month", "hours": "hour"}
"""Units that no item's name tells, with what one of them is called."""
_CONVENTIONS = (
    f"A month has {DAYS} days, 5 KB are 5,120 bytes, and a GB is taken to be 2^30. What is called an estimate is not "
    "known from a template: --help has its options.",
    "Events come evenly over the day, and records of the producer are full. Peaks, and the buffer that each shard "
    "inside Firehose has, make more calls and objects, not more GB.",
    "Not in it: free tiers and discounts, preflight requests of browsers, retries, rejected events, logs of function "
    "and streams, what was stored in earlier months, data transfer, queries.",
)


@dataclass(frozen=True)
class Report:
    """Everything that is shown."""

    pipeline: MeteredPipeline
    region: str
    currency: str
    bill: Bill
    batches: Sequence[BatchSize]

    @property
    def not_counted(self) -> tuple[str, ...]:
        """What of the template was not looked at."""
        others = (f"{kind} ({count})" for kind, count in self.pipeline.fixed_costs.others)
        return (*self.pipeline.not_counted, *others)


def document(report: Report) -> dict[str, Any]:
    """The report as a JSON document; ``null`` where a quantity or an amount is not known."""
    traffic = report.bill.traffic
    return {
        "stack": report.pipeline.stack,
        "stream": report.pipeline.stream,
        "region": report.region,
        "currency": report.currency,
        "days": DAYS,
        "events_per_day": traffic.events.per_day,
        "event_bytes": traffic.events.bytes_each,
        "through": traffic.way,
        "events_per_request": traffic.per_request,
        "record_bytes": traffic.record_bytes,
        "lines": [_line_document(line) for line in report.bill.lines],
        "total": report.bill.total,
        "left_out": list(report.bill.left_out),
        "not_counted": list(report.not_counted),
        "batches": [_batch_document(batch) for batch in report.batches],
        "conventions": list(_CONVENTIONS),
    }


def _line_document(line: LineItem) -> dict[str, Any]:
    found, price = line.quantity, line.price
    return {
        "item": found.item,
        "what": found.what,
        "quantity": found.amount,
        "unit": ITEMS[found.item].unit,
        "price": None if price is None else _price_document(price),
        "amount": line.amount,
        "how": found.how,
    }


def _price_document(price: Price) -> dict[str, Any]:
    tiers = [{"price": tier.price, "up_to": tier.up_to} for tier in price.tiers]
    return {"per": price.per, "tiers": tiers, "mark": price.mark, "source": price.source, "date": price.date}


def _batch_document(batch: BatchSize) -> dict[str, Any]:
    bill = batch.bill
    return {
        "events_per_request": batch.per_request,
        "chosen": batch.chosen,
        "requests": None if bill is None else bill.traffic.requests * DAYS,
        "firehose_gb": None if bill is None else bill.traffic.billed_gigabytes,
        "total": None if bill is None else bill.total,
        "problem": batch.problem or None,
    }


def print_report(console: Console, report: Report) -> None:
    """Print the bill, then the other batch sizes, then what to know of the numbers."""
    traffic = report.bill.traffic
    events = traffic.events
    each = "" if traffic.per_request is None else f", {traffic.per_request:,} a request"
    console.print(
        f"{events.per_day:,} events of {events.bytes_each:,} bytes a day through the {traffic.way}{each}, into "
        f"{escape(report.pipeline.stream)} of stack {escape(report.pipeline.stack)}; prices of {report.region}",
        highlight=False,
    )
    console.print(_bill_table(report))
    for text in _below(report):
        console.print(text, highlight=False)
    if report.batches:
        console.print()
        console.print(_batch_table(report))
    console.print()
    for text in _CONVENTIONS:
        console.print(text, highlight=False)
    if report.not_counted:
        console.print(f"Not counted: {escape('; '.join(report.not_counted))}.", highlight=False)


def _bill_table(report: Report) -> Table:
    table = Table(title="A month", title_justify="left")
    table.add_column("item")
    table.add_column("quantity", justify="right", no_wrap=True)
    table.add_column("unit price", justify="right")
    table.add_column(report.currency, justify="right", no_wrap=True)
    table.add_column("how")
    for line in report.bill.lines:
        table.add_row(
            line.quantity.what,
            _quantity(line),
            _unit_price(line),
            "" if line.amount is None else _money(line.amount),
            escape(line.quantity.how),
        )
    table.add_section()
    table.add_row("[bold]total", "", "", f"[bold]{_money(report.bill.total)}", "of what has a price here")
    return table


def _below(report: Report) -> Iterator[str]:
    bill = report.bill
    for mark, sign in _SIGNS.items():
        share = bill.marked(mark)
        used = any(line.price is not None and line.price.mark == mark for line in bill.lines)
        if sign and used:
            yield f"{sign} {MARKS[mark]}; {_money(share)} of the total rests on such prices."
    if bill.left_out:
        yield f"The total leaves out: {'; '.join(bill.left_out)}. Prices of your own go into --prices FILE."


def _batch_table(report: Report) -> Table:
    table = Table(title="The same events in other batches, the same items left out", title_justify="left")
    table.add_column("events a request")
    for name in ("API requests", "GB that Firehose bills", f"total, {report.currency}"):
        table.add_column(name, justify="right")
    table.add_column("")
    for batch in report.batches:
        name = "the producer, past the endpoint" if batch.per_request is None else f"{batch.per_request:,}"
        if batch.bill is None:
            table.add_row(name, "", "", "", batch.problem)
            continue
        traffic = batch.bill.traffic
        cells = (f"{traffic.requests * DAYS:,}", f"{traffic.billed_gigabytes:,.1f}", _money(batch.bill.total))
        table.add_row(name, *cells, "← the table above" if batch.chosen else "")
    return table


def _quantity(line: LineItem) -> str:
    amount = line.quantity.amount
    unit = ITEMS[line.quantity.item].unit
    unit = f" {unit}" if unit in _MEASURES else ""
    if amount is None:
        return "not known"
    digits = 0 if amount >= 1000 or amount == int(amount) else 1 if amount >= 10 else 2
    return f"{amount:,.{digits}f}{unit}"


def _unit_price(line: LineItem) -> str:
    price = line.price
    if price is None:
        return "no price here"
    reached = price.tiers if line.quantity.amount is None else price.tiers_of(line.quantity.amount)
    one = _MEASURES.get(ITEMS[line.quantity.item].unit, "one")
    per = one if price.per == 1 else "million" if price.per == 1_000_000 else f"{price.per:,g}"
    text = f"{', then '.join(_exact(tier) for tier in reached)} per {per}{_SIGNS[price.mark]}"
    return text if line.amount is not None or line.quantity.amount is None else f"{text}; none beyond that"


def _exact(tier: Tier) -> str:
    whole, _, decimals = f"{tier.price:.12f}".rstrip("0").partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def _money(amount: float) -> str:
    return "< 0.01" if 0 < amount < 0.005 else f"{amount:,.2f}"
