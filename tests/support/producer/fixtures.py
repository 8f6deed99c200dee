"""Fixtures of the producer's tests; the conftest of a folder imports those that it offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.producer.sink import Sink, running_sink
from support.producer.soak import Tally


@pytest.fixture(autouse=True)
def no_aws_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", f"{tmp_path}/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", f"{tmp_path}/credentials")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An endpoint without faults; a test sets them as it goes."""
    with running_sink() as running:
        yield running


@pytest.fixture
def tally(sink: Sink, record_property: Callable[[str, object], None]) -> Tally:
    """Notes for the report of `make soak`; they land in the test's properties."""

    def note(goal: str, *, events: int, lost: int, copies: int, rounds: int = 1) -> None:
        faults = ", ".join(f"{count:,} {fault}" for fault, count in sorted(sink.faults.items()) if count)
        counts = {"goal": goal, "events": events, "lost": lost, "copies": copies, "rounds": rounds}
        for name, value in {**counts, "requests": len(sink.attempts), "faults": faults}.items():
            record_property(name, value)

    return note


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the logs are that an agent follows."""
    logs = tmp_path / "logs"
    logs.mkdir()
    return logs
