"""The producer's correctness goals at their full size: ``python -m bench.producer_soak``, a part of ``make soak``.

Runs those tests of ``tests/end_to_end/producer`` that note what they did (``tests/support/producer/soak.py``), with
``CLICKSTREAM_SOAK`` set, and writes ``bench/reports/producer-soak.md`` from the notes: rounds, events, faults injected,
events lost, copies. Takes about half an hour, most of it waiting: ``-n 4`` is quicker on an idle machine.
Arguments go to pytest; a run of a part of the tests writes a report of that part.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
REPORT = CHECKOUT / "bench" / "reports" / "producer-soak.md"
GOALS = {
    "C1": "partial failures, throttling, 500s, resets before the request is recorded, a quota: nothing lost, no copy",
    "C2": "answers lost after the request was recorded: copies of those requests only",
    "C3": "an outage of 60 s at the defaults: nothing missing, at most 40 requests, back within 30 s",
    "C4": "a day offline, three restarts: nothing missing, in order",
    "C5": "kill -9 at random moments: every event whose put returned; at most the request under way twice",
    "C6": "forks while sending, multiprocessing, gunicorn with preload: each event once, no deadlock",
    "C7": "close keeps its time against a black hole and hands all back; an interpreter's exit delivers a backlog",
    "C8": "the counters add up at every sample (rounds are samples), and after an exception at any input or output",
    "C9": "the agent through rotations, restarts, kill -9 and an exception at any input or output: each line once",
}


@dataclass
class Row:
    """What the tests of one name noted together."""

    goal: str
    name: str
    rounds: int = 0
    events: int = 0
    requests: int = 0
    lost: int = 0
    copies: int = 0
    failed: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        faults = ", ".join(f"{count:,} {fault}" for fault, count in sorted(self.faults.items())) or "-"
        counts = f"{self.rounds:,} | {self.events:,} | {self.requests:,} | {faults} | {self.lost:,} | {self.copies:,}"
        return f"| {self.goal} | {self.name} | {counts} | {'**failed**' if self.failed else 'passed'} |"


def main(arguments: list[str]) -> int:
    """Run the tests and write the report; pytest's exit status."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-q", *(arguments or ["tests/end_to_end/producer"])]
        command += ["-o", "junit_family=xunit1", f"--junitxml={results}"]
        start, cpu = time.monotonic(), os.times()
        status = subprocess.run(
            command, cwd=CHECKOUT, env=os.environ | {"CLICKSTREAM_SOAK": "1"}, check=False
        ).returncode
        seconds, after = time.monotonic() - start, os.times()
        spent = after.children_user + after.children_system - cpu.children_user - cpu.children_system
        suite = ElementTree.parse(results).getroot()
    REPORT.write_text(report(suite, seconds, spent), encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))
    return status


def report(suite: ElementTree.Element, seconds: float, cpu: float) -> str:
    """The page, from pytest's results."""
    rows: dict[tuple[str, str], Row] = {}
    cases = list(suite.iter("testcase"))
    for case in cases:
        noted = {one.get("name", ""): one.get("value", "") for one in case.iter("property")}
        if "goal" in noted:
            name = re.sub(r"\[.*", "", case.get("name", "")).removeprefix("test_").replace("_", " ")
            note(rows.setdefault((noted["goal"], name), Row(noted["goal"], name)), case, noted)
    broken = [case for case in cases if failed(case)]
    where = f"Python {platform.python_version()}, boto3 {version('boto3')}"
    return (
        "\n".join(
            [
                "# The producer's correctness goals at full size",
                "",
                f"`make soak` on {datetime.now(UTC):%Y-%m-%d}, {where}:",
                f"{seconds / 60:.0f} minutes, {cpu / 60:.0f} of CPU. {len(cases)} tests, {len(broken)} failed. Every",
                "request went to an HTTP endpoint that injects the faults and counts each event",
                "(`tests/support/producer/sink.py`).",
                "",
                *[f"* **{goal}** {meaning}." for goal, meaning in GOALS.items()],
                "",
                "`copies`: beyond what the goal allows: lost answers (C2), the request under way at a kill (C5, C9).",
                "",
                "| goal | test | rounds | events | requests | faults injected | lost | copies | |",
                "|---|---|---:|---:|---:|---|---:|---:|---|",
                *[row.line() for row in sorted(rows.values(), key=lambda row: row.goal)],
                "",
                *[f"Failed: `{case.get('classname')}::{case.get('name')}`" for case in broken],
            ]
        ).rstrip()
        + "\n"
    )


def note(row: Row, case: ElementTree.Element, noted: dict[str, str]) -> None:
    """Add a test's notes to its row."""
    row.rounds += int(noted["rounds"])
    row.events += int(noted["events"])
    row.requests += int(noted["requests"])
    row.lost += int(noted["lost"])
    row.copies += int(noted["copies"])
    row.failed += failed(case)
    for count, fault in re.findall(r"(\d[\d,]*) ([^\d,][^,]*)", noted["faults"]):
        row.faults[fault] += int(count.replace(",", ""))


def failed(case: ElementTree.Element) -> bool:
    """Whether a test failed, or broke before or after."""
    return case.find("failure") is not None or case.find("error") is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
