"""The producer against what one would use instead, and its goals: ``python bench/producer.py [ROUNDS]``.

Events per CPU-second of the client's process, as ratios to plain boto3 in the same round. Every case runs in a fresh
process; the endpoint is a process of its own and costs the client nothing. Making the client and the first request are
left out. Read the ratios: the figures themselves belong to the machine. Writes ``bench/reports/producer.md``.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from producer_cases.endpoint import running
from producer_cases.goals import Goal, latency, memory, money, on_a_file, put_latency, ratios
from producer_cases.interpreters import versions
from producer_cases.table import Table

REPORT = Path(__file__).parent / "reports" / "producer.md"


def main(rounds: int) -> None:
    """Measure everything, and write the report."""
    table = Table()
    for case, reason in table.skipped.items():
        print(f"left out: {case}: {reason}", file=sys.stderr)
    with running() as endpoint:
        table.measure(endpoint.url, rounds, lambda done: print(done, file=sys.stderr, flush=True))
    rows: list[Goal | str] = [*ratios(table), *put_latency(rounds), *latency(rounds), *on_a_file(table, rounds)]
    rows += [*memory(table), *money()]
    REPORT.write_text(page(table, rows, rounds), encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


def page(table: Table, rows: list[Goal | str], rounds: int) -> str:
    """The report."""
    goals = [row for row in rows if isinstance(row, Goal)]
    return PAGE.format(
        rounds=rounds,
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        python=platform.python_version(),
        versions=", ".join(f"{name} {version}" for name, version in versions().items()),
        cores=os.cpu_count(),
        load=f"{os.getloadavg()[0]:.1f}",
        table="\n".join(table.lines()),
        met=sum(goal.met is True for goal in goals),
        all=sum(goal.met is not None for goal in goals),
        goals="\n".join(goal.line() for goal in goals),
        unmeasured="".join(f"\n{row}.\n" for row in rows if isinstance(row, str)),
    )


PAGE = """\
# The producer's speed, memory and bill

`python bench/producer.py {rounds}` on {day}: Python {python},
{versions};
{cores} cores shared with other work (load {load} at the end).

Events per CPU-second of the client's process, the median of {rounds} interleaved rounds. Ratios are to the yardstick of
the same round, with the least and the most. Events are click events of exactly that size, made while they are sent.
Without another word the producer is given lists of bytes, packs them, checks that they are JSON, and has the extra
`fast` (msgspec, orjson, pybase64). *Floor*: the body written as bytes, SigV4 by hand, a bare connection, no threads, no
look at the JSON and no accounting: what is possible at all. *Memory* is the most beside that of the idle client.

{table}

## Goals: {met} of {all} rows met

| goal | what | measured | goal | |
|---|---|---:|---:|---|
{goals}
{unmeasured}"""


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["5"])[0]))
