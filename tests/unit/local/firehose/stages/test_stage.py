"""The floor of every stage: what no one foresaw keeps a batch, is said once, and holds up nothing else."""

from __future__ import annotations

import pytest

from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from support.local_firehose import BACKUP, LocalFirehose


def test_a_batch_that_cannot_be_worked_on_is_said_once_and_kept(
    local: LocalFirehose, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    local.stream()

    async def scenario() -> None:
        await local.put(b"precious")
        with monkeypatch.context() as broken:
            broken.setattr(local.store, "put", _fail)
            for _ in range(3):
                with pytest.raises(DeliveryError, match="delivery stream clicks: ValueError at"):
                    await local.service.flush()
            assert local.state()["buffered"] == 1
        await local.service.flush()

    local.run(scenario)
    (said,) = caplog.messages
    assert said.startswith("delivery stream clicks: ValueError at")
    assert said.endswith("stage 'data' keeps 1 records and tries again")
    assert "secret" not in said
    assert local.bodies() == [b"precious"]


def test_one_streams_failure_costs_neither_another_stream_nor_another_stage(
    local: LocalFirehose, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.function("return answer(record, data)")
    local.stream(ProcessingConfiguration=local.processing(), **BACKUP)
    local.stream("other", Prefix="other/")
    put = local.store.put

    def refuse_backup(bucket: str, key: str, body: bytes, **more: object) -> object:
        return _fail() if key.startswith("raw/") else put(bucket, key, body, **more)  # type: ignore[arg-type]

    async def scenario() -> None:
        await local.put(b"one")
        await local.put(b"two", stream="other")
        with monkeypatch.context() as broken:
            broken.setattr(local.store, "put", refuse_backup)
            with pytest.raises(DeliveryError):
                await local.service.flush()
        assert (local.bodies("data/"), local.bodies("other/"), local.bodies("raw/")) == ([b"one"], [b"two"], [])

    local.run(scenario)
    assert local.bodies("raw/") == [b"one"]


def _fail(*_: object, **__: object) -> object:
    raise ValueError("a secret of a record")
