"""Putting records: facts/firehose.md#put-records (limits, partial failure)."""

from __future__ import annotations

import pytest

from clickstream_transform.contract.put import BatchPutter, default_client
from support.producer.sink import CREDENTIALS, running_sink
from support.transform_harness import Client


def putter(client: Client, pauses: list[float]) -> BatchPutter:
    return BatchPutter(lambda: client, sleep=pauses.append, jitter=lambda: 1.0)


def test_a_batch_has_at_most_500_records_and_4_mib() -> None:
    client = Client()
    assert all(putter(client, []).put("s", [b"x"] * 1_100 + [b"y" * 1_000_000] * 9, 60))
    assert [len(records) for _, records in client.calls] == [500, 500, 104, 4, 1]
    assert max(sum(map(len, records)) for _, records in client.calls) <= 4 * 1024 * 1024


def test_a_record_that_firehose_cannot_take_is_not_tried() -> None:
    """facts/firehose.md#put-records: 0 to 1,024,000 raw bytes."""
    client = Client()
    assert putter(client, []).put("s", [b"x" * 1_024_000, b"x" * 1_024_001, b""], 60) == [True, False, True]


def test_only_the_entries_that_failed_are_put_again_after_growing_pauses() -> None:
    tries: dict[bytes, int] = {}

    def answer(stream: str, records: list[bytes]) -> list[str | None]:
        for record in records:
            tries[record] = tries.get(record, 0) + 1
        return ["ServiceUnavailableException" if int(record) > tries[record] - 1 else None for record in records]

    client, pauses = Client(answer), []
    assert putter(client, pauses).put("s", [b"0", b"1", b"2", b"9"], 60) == [True, True, True, False]
    assert [records for _, records in client.calls] == [
        [b"0", b"1", b"2", b"9"],
        [b"1", b"2", b"9"],
        [b"2", b"9"],
        [b"9"],
        [b"9"],
    ]
    assert pauses == [0.2, 0.4, 0.8, 1.6]


def test_a_call_that_raises_is_tried_again() -> None:
    failures = [ConnectionError("down")]

    def answer(stream: str, records: list[bytes]) -> list[None]:
        if failures:
            raise failures.pop()
        return [None] * len(records)

    assert putter(Client(answer), []).put("s", [b"a"], 60) == [True]


def test_an_error_that_waiting_does_not_cure_is_not_tried_again() -> None:
    class DeniedError(Exception):
        response = {"Error": {"Code": "AccessDeniedException"}}  # noqa: RUF012

    def answer(stream: str, records: list[bytes]) -> list[None]:
        raise DeniedError

    client = Client(answer)
    assert putter(client, []).put("s", [b"a"], 60) == [False]
    assert len(client.calls) == 1


def test_no_pause_goes_past_the_time_that_is_left() -> None:
    client, pauses = Client(lambda stream, records: ["InternalFailure"]), []
    assert putter(client, pauses).put("s", [b"a"], 0.3) == [False]
    assert pauses == [0.2]


def test_after_a_put_no_call_begins_that_could_outlast_the_invocation() -> None:
    """It would be stopped in the middle, tried again as a whole, and put the first group twice."""
    client = Client()
    assert putter(client, []).put("s", [b"x"] * 501, 7) == [True] * 500 + [False]
    assert len(client.calls) == 1
    assert all(putter(client, []).put("s", [b"x"] * 501, 60))


def test_without_time_nothing_is_put() -> None:
    client = Client()
    assert putter(client, []).put("s", [b"a"], 0) == [False]
    assert client.calls == []


def test_a_throttle_is_waited_out_here_and_not_in_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """facts/firehose.md#put-records: throttling is ServiceUnavailableException, HTTP 500; the SDK alone would send
    three more.
    """
    pauses: list[float] = []
    throttles = [(500, "ServiceUnavailableException", "Slow down.")]
    with running_sink(refuse=lambda records: throttles.pop() if throttles else None) as sink:
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(f"AWS_{name.upper()}", value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ENDPOINT_URL", sink.url)
        default_client.cache_clear()
        putter = BatchPutter(sleep=pauses.append, jitter=lambda: 1.0)
        assert putter.put("clicks", [b"one\n", b"\x00\xff\n"], 30) == [True, True]
        default_client.cache_clear()
    assert sink.records == [b"one\n", b"\x00\xff\n"]
    assert (len(sink.requests), len(pauses)) == (2, 1)
