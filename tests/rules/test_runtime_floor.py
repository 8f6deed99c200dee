"""Whatever raises in a stage of a delivery stream, wherever: no record is lost, and the stream goes on.

The points are not listed: they are the functions that run while records are delivered.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from support.local_faults import Faults, InjectedError, Point
from support.local_firehose import BACKUP, LOGGING, PARTITIONED, LocalFirehose, processor

STAGES = "firehose/stages"
ROADS = {
    "partitions": (STAGES, "firehose/config", "firehose/records", "s3", "lambda_runtime", "cloudwatch_logs"),
    "parquet": (f"{STAGES}/conversion", f"{STAGES}/destination", "glue"),
    "Kinesis": (f"{STAGES}/kinesis_source", f"{STAGES}/pipeline", f"{STAGES}/preparation", "firehose/records/kpl"),
}
"""Each with the parts of the runtime where it is looked for points."""
BY_NAME = """
if b'bad' in data:
    return answer(record, data, 'ProcessingFailed')
keys = {'partitionKeys': {'name': json.loads(data)['event_name']}}
return {**answer(record, data), 'metadata': keys}
"""


def build(local: LocalFirehose, road: str) -> None:
    if road == "Kinesis":
        local.kinesis_source(**BACKUP)
        return
    local.function(BY_NAME, memory_mb=512)
    processing = local.processing(BufferIntervalInSeconds=60)
    if road == "parquet":
        local.stream(
            DataFormatConversionConfiguration=local.conversion(),
            ProcessingConfiguration=processing,
            CloudWatchLoggingOptions=LOGGING,
        )
        return
    processing["Processors"].insert(0, processor("RecordDeAggregation", SubRecordType="JSON"))
    local.stream(
        Prefix="data/!{partitionKeyFromLambda:name}/",
        ProcessingConfiguration=processing,
        CloudWatchLoggingOptions=LOGGING,
        **PARTITIONED,
        **BACKUP,
    )


class Rounds:
    """Delivers a few records again and again, each time with another fault."""

    def __init__(self, local: LocalFirehose, road: str, time: int) -> None:
        self.local = local
        self.road = road
        self.time = time
        self.faults = Faults(*ROADS[road])
        self.lost: list[str] = []
        self.miscounted: list[str] = []

    async def play(self) -> None:
        await self.round(None)  # the function's process is started, files are opened
        await self.round(None)
        points = [Point(name, self.time) for name, times in self.faults.seen.items() if times >= self.time]
        assert len(points) > 10
        for point in points:
            await self.round(point)

    async def round(self, point: Point | None) -> None:
        names = ["good", "other", "bad"]
        buffered = self.local.state()["buffered"]
        with self.faults.at(point):
            try:
                await self.put(names)
            except InjectedError:  # the client is answered 500 and sends again
                await self.put(names)
            with contextlib.suppress(DeliveryError, InjectedError):
                await self.local.service.flush()
        await self.local.service.flush()
        delivered = self.delivered()
        self.lost += [f"{point}: {name}" for name in names if not delivered.count(name)]
        exact = len(delivered) == len(names) and "counters.py" not in str(point)
        if exact and self.local.state()["buffered"] != buffered:
            self.miscounted.append(str(point))

    async def put(self, names: list[str]) -> None:
        bodies = [json.dumps({"event_name": name, "n": "no number" if name == "bad" else 1}).encode() for name in names]
        if self.road != "Kinesis":
            await self.local.put(*bodies)
            return
        stream = self.local.kinesis.find("events")
        assert stream is not None
        for body in bodies:
            stream.shards[0].put(body, "key")

    def delivered(self) -> list[str]:
        """The events of this round, from data and error objects, which are removed."""
        found: list[str] = []
        for folder in ("data", "errors"):
            for path in sorted((self.local.root / "s3/lake" / folder).rglob("*")):
                if path.is_file():
                    found += _events(path)
            shutil.rmtree(self.local.root / "s3/lake" / folder, ignore_errors=True)
        return found


def _events(path: Path) -> list[str]:
    import base64

    import pyarrow.parquet

    body = path.read_bytes()
    if body.startswith(b"PAR1"):
        return [str(name) for name in pyarrow.parquet.read_table(path)["event_name"].to_pylist()]
    documents: list[Any] = [json.loads(line) for line in body.replace(b"}{", b"}\n{").splitlines()]
    events = [json.loads(base64.b64decode(one["rawData"])) if "rawData" in one else one for one in documents]
    return [str(event["event_name"]) for event in events]


@pytest.mark.parametrize("time", [1, pytest.param(2, marks=pytest.mark.matrix)])
@pytest.mark.parametrize("road", ROADS)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a generator that is closed is a point
def test_no_record_is_lost_wherever_a_stage_raises(
    tmp_path: Path, road: str, time: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    local = LocalFirehose(tmp_path)
    build(local, road)
    rounds = Rounds(local, road, time)
    local.run(rounds.play, seconds=120)
    assert rounds.lost == []
    assert rounds.miscounted == []
