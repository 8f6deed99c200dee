"""The report of a soak."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.soak.load import Sent
from bench.soak.memory import Sample, Spread
from bench.soak.outcome import Outcome

MEGABYTE = 1_000_000
ALLOWED = 150 * MEGABYTE
"""Beside what the buffers may hold."""


@dataclass(frozen=True)
class Run:
    """Everything that is known of one."""

    rate: int
    hints: Mapping[str, int]
    samples: Sequence[Sample]
    sent: Sent
    outcome: Outcome

    @property
    def most_memory(self) -> int:
        return sum(self.hints.values()) + ALLOWED

    def problems(self) -> list[str]:
        found = self.outcome.problems(self.sent)
        most = self.samples[-1].peak
        if most > self.most_memory:
            found.append(f"memory of the runtime: {_mb(most)}, more than {_mb(self.most_memory)}")
        return found


def write(run: Run, path: Path) -> list[str]:
    """Write the report; what was not as it has to be."""
    problems = run.problems()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*_lines(run, problems), ""]), encoding="utf-8")
    return problems


def _lines(run: Run, problems: Sequence[str]) -> list[str]:
    sent, outcome = run.sent, run.outcome
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(sent.answers.items()))
    hints = [f"| {name} | {size / 1024 / 1024:.0f} MiB |" for name, size in run.hints.items()]
    return [
        "# One long run of the local runtime",
        "",
        f"`python -m bench.soak`: the reference stack with its own buffering hints, {run.rate:,} events a second for",
        f"{sent.seconds:,.0f} s; Python {platform.python_version()} on {platform.system()} {platform.machine()}.",
        "Half of the events go over HTTP in requests of 1 to 20, half through the producer; one in forty breaks the",
        "schema, a request that has to be refused goes out every 5 s, a record that is no event every 10 s.",
        "",
        f"Result: {'; '.join(problems) or 'everything adds up, nothing is lost, memory is bounded'}.",
        "",
        "| | |",
        "|---|---:|",
        f"| events sent over HTTP / accepted | {sent.http:,} / {sent.http_accepted:,} |",
        f"| events sent by the producer / accepted | {sent.producer:,} / {sent.producer_accepted:,} |",
        f"| answers to the requests | {answers} |",
        f"| rows in Parquet / distinct event ids | {outcome.rows:,} / {outcome.distinct:,} |",
        f"| events rejected with a reason | {outcome.rejected:,} |",
        f"| **accepted events lost** | **{outcome.lost(sent):,}** |",
        f"| bad requests / refused | {sent.bad_requests:,} / {sent.bad_refused:,} |",
        f"| records that are no event / processing-failed | {sent.undecodable_accepted:,} / {outcome.undecodable:,} |",
        f"| objects | {outcome.objects:,}, {outcome.object_bytes / MEGABYTE:,.0f} MB |",
        f"| seconds in which the sender was late | {sent.late_seconds:,} |",
        "",
        *_memory(run.samples, run.most_memory),
        "",
        f"The bound is what the buffers may hold, {_mb(sum(run.hints.values()))}, and {_mb(ALLOWED)}:",
        "",
        "| buffer | size |",
        "|---|---:|",
        *hints,
    ]


def _memory(samples: Sequence[Sample], bound: int) -> list[str]:
    def row(name: str, figures: Sequence[float], cpu: Sequence[float], limit: str) -> str:
        spread = Spread.of(figures)
        return (
            f"| {name} | {_mb(spread.least)} | {_mb(spread.median)} | {_mb(spread.most)} | {limit} | {cpu[-1]:,.0f} s |"
        )

    buffered = Spread.of([sample.buffered for sample in samples])
    return [
        f"Resident memory in {len(samples):,} samples, while {buffered.least:,.0f} to {buffered.most:,.0f} records",
        f"were held. The most that the runtime held at any moment is {_mb(samples[-1].peak)}.",
        "",
        "| process | least | median | most | bound | CPU |",
        "|---|---:|---:|---:|---:|---:|",
        row("runtime", [s.runtime for s in samples], [s.runtime_cpu for s in samples], _mb(bound)),
        row("its function", [s.functions for s in samples], [s.functions_cpu for s in samples], "–"),
    ]


def _mb(size: float) -> str:
    return f"{size / MEGABYTE:,.0f} MB"
