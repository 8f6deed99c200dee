"""The speed and money goals S1 to S10 of facts/goals.md#producer, each as a row: measured, goal, met or not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from producer_cases import agent
from producer_cases.endpoint import Endpoint, running
from producer_cases.interpreters import run
from producer_cases.table import Table

YARDSTICK = "boto3 put_record_batch"
FLUENT_BIT = 3.05
"""Fluent Bit's ratio to the yardstick where both were measured (facts/peers.md#measured-speed: 322,000 to 105,467)."""

MIB = 1024 * 1024


@dataclass(frozen=True)
class Goal:
    """A row. ``at_most`` turns the comparison round; without a goal it is there to be compared with."""

    name: str
    what: str
    measured: float
    goal: float | None
    unit: str
    at_most: bool = False

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.measured <= self.goal if self.at_most else self.measured >= self.goal

    def line(self) -> str:
        sign = "≤" if self.at_most else "≥"
        digits = 3 if self.unit == "" else 0 if self.measured >= 100 else 2
        shown = f"{self.measured:,.{digits}f}{self.unit}"
        if self.goal is None:
            return f"| {self.name} | {self.what} | {shown} | none | |"
        limit = f"{self.goal:,.0f}" if self.goal >= 1_000 else f"{self.goal:.4g}"
        verdict = "met" if self.met else "**missed**"
        return f"| {self.name} | {self.what} | {shown} | {sign} {limit}{self.unit} | {verdict} |"


def ratios(table: Table) -> list[Goal]:
    """Goals that are rows of the table."""
    rows = [
        ("S1", "producer", 500, 4.0),
        ("S1", "producer", 100, 7.0),
        ("S1", "producer", 5_000, 1.7),
        ("S1", "producer, standard library only", 500, 4.0),
        ("S1", "producer, standard library only", 100, 7.0),
        ("S1", "producer, standard library only", 5_000, 1.7),
        ("S1", "producer, standard library only, check_json=False", 500, 4.0),
        ("S1", "producer, standard library only, check_json=False", 100, 7.0),
        ("S2", "producer, unpacked", 500, 2.5),
        ("S2", "producer, unpacked", 100, 3.0),
        ("S3", "producer, Kinesis", 500, 2.5),
        ("S6", "producer, dicts, standard library only", 500, 2.2),
        ("S7", "producer, durable", 500, 2.0),
    ]
    found = [
        Goal(name, f"{case}, {size:,} B, CPU to that of {table.yardstick(case)}", table.ratio(case, size), goal, "x")
        for name, case, size, goal in rows
    ]
    call = table.rate("producer", 500) / table.rate("boto3 put_record", 500)
    return [
        *found[:3],
        Goal("S1", "producer, 500 B, CPU to that of a put_record for each event", call, 280, "x"),
        *found[3:],
    ]


def put_latency(rounds: int) -> Iterator[Goal]:
    """S4: the caller's time in put, with the service slow, and with nobody there.

    The goal is one for bytes; that of a dict is mostly what it takes to write it as JSON.
    """
    for situation, serving in (("answers after 200 ms", running(latency=0.2)), ("refused connections", nobody())):
        with serving as endpoint:
            for case, events in (
                ("put latency", "bytes"),
                ("put latency, check_json=False", "bytes that are not checked"),
                ("put latency, dicts", "dicts"),
            ):
                runs = [run(case, endpoint.url, 30_000, 500) for _ in range(rounds)]
                what = f"put of {events}, 500 B, {situation}"
                goal = None if events == "dicts" else 1.0
                yield Goal("S4", f"{what}, median", median(one["median"] for one in runs) / 1e3, goal, " µs", True)
                yield Goal("S4", f"{what}, p99.9", median(one["p999"] for one in runs) / 1e6, 1.0, " ms", True)


def latency(rounds: int) -> Iterator[Goal]:
    """S5: events a second by the wall clock, when each answer takes 25 ms."""
    with running(latency=0.025) as endpoint:
        rates = [200_000 / run("producer", endpoint.url, 200_000, 500)["wall"] for _ in range(rounds)]
        boto3 = 20_000 / run(YARDSTICK, endpoint.url, 20_000, 500)["wall"]
    yield Goal(
        "S5", f"25 ms latency, defaults (boto3 at the same time: {boto3:,.0f})", median(rates), 120_000, " events/s"
    )


def memory(table: Table) -> Iterator[Goal]:
    """S9: memory beside that of an idle client."""
    for size, limit in ((100, 12), (500, 12), (5_000, 32)):
        what = f"memory while a loop puts {size:,} B events as fast as it can, FullPolicy.block"
        yield Goal("S9", what, table.growth("producer, put one by one", size), limit, " MB", True)
    with running() as endpoint:
        for size in (100, 500, 5_000):
            cost = run("paced", endpoint.url, 100_000, size)
            limit = 32 if size == 5_000 else 12
            yield Goal(
                "S9", f"memory at 20,000 events of {size:,} B a second, defaults", cost["growth"], limit, " MB", True
            )
    with nobody() as endpoint:
        cost = run("outage", endpoint.url, 100_000, 500)
    yield Goal("S9", "memory in an outage, the buffer full", cost["growth"], 16 * MIB / 1e6 + 12, " MB", True)


def money() -> Iterator[Goal]:
    """S10: bytes billed to bytes of events."""
    with running() as endpoint:
        for size in (100, 500, 1_000, 2_000):
            yield Goal(
                "S10",
                f"billed / raw, {size:,} B, 50 kB waiting",
                billed(endpoint, size, 50_000 // size),
                1.03,
                "",
                True,
            )
        for size, count in ((500, 1), (500, 11), (5_000, 1), (5_119, 3), (5_120, 3)):
            unpacked = -(-(size + 1) // 5_120) * 5_120 / size
            what = f"billed / raw, {size:,} B, {count} waiting: not above that of one record for each"
            yield Goal("S10", what, billed(endpoint, size, count), unpacked, "", True)
        endpoint.counts()
        run("trickle", endpoint.url, 60, 500)
        each = 60 / endpoint.counts()["records"]
        yield Goal("S10", "five events a second, defaults: events in a record", each, 10, "")


def billed(endpoint: Endpoint, size: int, count: int) -> float:
    """Billed to raw bytes of so many events that are flushed together."""
    run("flushed", endpoint.url, count, size)
    return endpoint.counts()["billed"] / (count * size)


def on_a_file(table: Table, rounds: int) -> Iterator[Goal | str]:
    """S8: the agent over TLS; where Fluent Bit is not at hand, compared with by its ratio to the yardstick."""
    program = agent.fluent_bit_program()
    with agent.certificate() as certificate:
        if certificate is None:
            yield "S8 is not measured: there is no openssl to make a certificate with"
            return
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(agent.measure(certificate, 500, agent.tail))
            if program:
                theirs.append(agent.measure(certificate, 500, agent.fluent_bit))
    rate = median(cost.rate for cost in ours)
    if program:
        ratio = median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
        memory = max(cost.memory for cost in theirs)
        other = f"{median(cost.rate for cost in theirs):,.0f} lines a CPU-second, {memory:.0f} MB"
        yield Goal("S8", f"agent on a file of 500 B lines, TLS, CPU to that of Fluent Bit ({other})", ratio, 1.0, "x")
    else:
        yield "Fluent Bit is not on PATH nor in FLUENT_BIT: the agent is compared with by its ratio to boto3 elsewhere"
        what = f"agent on a file of 500 B lines, TLS, CPU to that of {YARDSTICK} without (Fluent Bit's own ratio)"
        yield Goal("S8", what, rate / table.rate(YARDSTICK, 500), FLUENT_BIT, "x")
    yield Goal("S8", "agent on a file, most memory", max(cost.memory for cost in ours), 60, " MB", True)


@contextmanager
def nobody() -> Iterator[Endpoint]:
    """An address where connections are refused: a socket holds it, and does not listen."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield Endpoint(f"http://127.0.0.1:{held.getsockname()[1]}", None)  # type: ignore[arg-type]
