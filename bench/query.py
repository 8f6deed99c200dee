"""What `clickstream query` costs over a lake of 10,000 objects, and its goals: CPU seconds and memory of a process.

    python bench/query.py [objects]

A partition is a day of 500 objects with ten rows each. CPU time is the best of five processes. Ends with an error where
a goal is missed: 0.6 s and 200 MB for a query without a table, and for one partition.
"""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clickstream_local.common.catalog import Catalog
from clickstream_local.common.model import Column, Stack, Table

GOAL_SECONDS = 0.6
GOAL_MB = 200
OBJECTS_A_DAY = 500
PROCESSES = 5
COLUMNS = (
    Column("event_id", "string"),
    Column("event_name", "string"),
    Column("event_time", "timestamp"),
    Column("value", "double"),
    Column("added_later", "int"),
)
ALL = "SELECT count(*) FROM events"
DAY = "SELECT event_name, avg(value), max(added_later) FROM events WHERE event_date = '2026-01-02' GROUP BY 1"
QUERIES = {
    "no table": "SELECT 1",
    "one partition": DAY,
    "all": ALL,
}


def make_lake(root: Path, objects: int) -> None:
    table = Table("Events", "web", "events", COLUMNS, (Column("event_date", "string"),), location="s3://lake/events/")
    Catalog.of([Stack("S", "eu-west-1", "1", tables=(table,))]).write(root)
    moments = pa.array([datetime.datetime(2026, 1, 1)] * 10, pa.timestamp("us"))  # noqa: DTZ001 - as Hive has them
    names = [f"id-{number}" for number in range(10)]
    rows = pa.table({"event_id": names, "event_name": ["view"] * 10, "event_time": moments, "value": [1.5] * 10})
    one = root / "one.parquet"
    pq.write_table(rows, one)
    for number in range(objects):
        day = datetime.date(2026, 1, 1) + datetime.timedelta(days=number // OBJECTS_A_DAY)
        folder = root / f"s3/lake/events/event_date={day}"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one, folder / f"{number}.parquet")


def cost(root: Path, sql: str) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a process."""
    command = [sys.executable, "-m", "clickstream_local", "query", "--data-dir", str(root), "--format", "csv", sql]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the query failed: {sql}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(objects: int) -> int:
    """Print the table; the number of goals that are missed."""
    missed = 0
    print(f"{objects:,} objects, CPU seconds and megabytes of a process, best of {PROCESSES}")
    with tempfile.TemporaryDirectory() as folder:
        make_lake(Path(folder), objects)
        for name, sql in QUERIES.items():
            seconds, megabytes = map(min, zip(*[cost(Path(folder), sql) for _ in range(PROCESSES)], strict=True))
            goal = sql != ALL
            kept = not goal or (seconds <= GOAL_SECONDS and megabytes <= GOAL_MB)
            missed += not kept
            print(f"{name:15}{seconds:8.2f} s{megabytes:8.0f} MB{'' if kept else '  over the goal'}")
    return missed


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
