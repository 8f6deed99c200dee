"""Accepted records outlive the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.firehose.records import journal
from clickstream_local.firehose.records.journal import Journal

DIES = """
import asyncio, base64, json, os, signal, sys
from pathlib import Path
from clickstream_local.firehose import FirehoseService
from clickstream_local.lambda_runtime import LambdaService
from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.model import DeliveryStream
from clickstream_local.s3 import Store

async def main(root):
    properties = {"ExtendedS3DestinationConfiguration": {"BucketARN": "arn:aws:s3:::lake", "Prefix": "data/"}}
    logs = Logs(root)
    service = FirehoseService(
        [DeliveryStream("S", "clicks", "arn", properties)],
        functions=LambdaService([], endpoint_url="http://127.0.0.1:9", logs=logs),
        tables=[], store=Store(root), logs=logs, region="r", account="a", journal_dir=root / "journal",
    )
    for number in range(10):
        records = [{"Data": base64.b64encode(f"{number}-{place}\\n".encode()).decode()} for place in range(100)]
        body = json.dumps({"DeliveryStreamName": "clicks", "Records": records}).encode()
        answer = await service.handle("Firehose_20150804.PutRecordBatch", body)
        assert answer.status == 200
        if number == 4:
            await service.flush()
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(Path(sys.argv[1])))
"""


def segments(root: Path) -> list[Path]:
    return [*(root / "journal").rglob("*.records")]


def test_records_of_a_killed_process_are_delivered_by_the_next(local: Any) -> None:
    ended = subprocess.run([sys.executable, "-c", DIES, str(local.root)], env=os.environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    local.stream()

    async def nothing() -> None:
        assert local.state()["received"] >= 500

    local.run(nothing, journal_dir=local.root / "journal")
    lines = set(b"".join(local.bodies("data/")).split())
    assert lines == {f"{number}-{place}".encode() for number in range(10) for place in range(100)}
    assert segments(local.root) == []


def test_a_record_keeps_its_arrival_over_a_restart(local: Any) -> None:
    journal_dir = local.root / "journal"
    kept = Journal(journal_dir / "clicks")
    kept.append([(int(local.now - 3600) * 1000, b"one")])
    local.stream()

    async def nothing() -> None:
        pass

    local.run(nothing, journal_dir=journal_dir)
    assert local.keys("data/")[0].startswith("data/2026/11/21/11/")


@pytest.mark.parametrize("result", ["Ok", "Dropped", "ProcessingFailed"])
def test_whatever_becomes_of_a_record_it_is_kept_no_longer(local: Any, result: str) -> None:
    local.function(f"return answer(record, data, '{result}')")
    configuration = local.processing()
    parameters = [{"ParameterName": "SubRecordType", "ParameterValue": "JSON"}]
    configuration["Processors"].append({"Type": "RecordDeAggregation", "Parameters": parameters})
    local.stream(
        ProcessingConfiguration=configuration,
        S3BackupMode="Enabled",
        S3BackupConfiguration={"BucketARN": "arn:aws:s3:::lake", "Prefix": "raw/"},
    )
    local.deliver(b'{"a":1}{"a":2}', b'{"a":3}', journal_dir=local.root / "journal")
    assert segments(local.root) == []


def test_a_segment_stays_until_all_of_its_records_are_settled(tmp_path: Path) -> None:
    kept = Journal(tmp_path)
    segment = kept.append([(1, b"one"), (2, b"two")])
    kept.close()
    segment.settle()
    assert len([*tmp_path.iterdir()]) == 1
    segment.settle()
    assert [*tmp_path.iterdir()] == []


def test_a_full_segment_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 100)
    kept = Journal(tmp_path)
    for _ in range(3):
        kept.append([(1, bytes(100))])
    assert len([*tmp_path.iterdir()]) == 3


def cut(data: bytes) -> bytes:
    return data[:-1]


def cut_in_the_head(data: bytes) -> bytes:
    return data + b"\0\0\0"


@pytest.mark.parametrize(("damage", "whole"), [(cut, [(1, b"one")]), (cut_in_the_head, [(1, b"one"), (2, b"two")])])
def test_a_record_that_was_cut_off_is_not_taken(
    tmp_path: Path, damage: Callable[[bytes], bytes], whole: list[tuple[int, bytes]]
) -> None:
    Journal(tmp_path).append([(1, b"one"), (2, b"two")])
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert list(Journal(tmp_path).left()) == [whole]


def test_a_put_that_cannot_be_kept_is_not_accepted(local: Any) -> None:
    local.stream()

    async def scenario() -> Any:
        directory = local.root / "journal" / "clicks"
        directory.rmdir()
        directory.write_text("in the way")
        refused = await local.call("PutRecord", {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}})
        directory.unlink()
        directory.mkdir()
        return refused, await local.call("PutRecord", {"DeliveryStreamName": "clicks", "Record": {"Data": "Yg=="}})

    (status, answer), (second, _) = local.run(scenario, journal_dir=local.root / "journal")
    assert (status, answer["__type"], second) == (500, "InternalFailure", 200)
    assert local.bodies() == [b"b"]
    assert local.state()["received"] == 1


def test_deleting_a_stream_forgets_what_is_kept(local: Any) -> None:
    local.stream()

    async def scenario() -> None:
        await local.put(b"one")
        await local.call("DeleteDeliveryStream", {"DeliveryStreamName": "clicks"})

    local.run(scenario, journal_dir=local.root / "journal")
    assert segments(local.root) == []
