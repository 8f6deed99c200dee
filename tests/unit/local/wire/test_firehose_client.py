"""Puts of the commands: batches that fit, and streams that refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_local.wire.firehose_client import WireError, batches


def test_requests_hold_at_most_500_records_and_4_mib() -> None:
    """facts/firehose.md#put-records."""
    assert [len(batch) for batch in batches([b"x"] * 1001)] == [500, 500, 1]
    assert [len(batch) for batch in batches([b"x" * 1_000_000] * 9)] == [4, 4, 1]


def test_a_stream_that_goes_on_refusing_is_an_error_that_says_how_many_were_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clickstream_local.wire.firehose_client import WireClient

    client = WireClient("http://127.0.0.1:9")
    refused = {"RequestResponses": [{"RecordId": "1"}, {"ErrorCode": "ServiceUnavailableException"}]}
    again = {"RequestResponses": [{"ErrorCode": "ServiceUnavailableException"}]}
    answers = iter([refused] + [again] * 7)
    monkeypatch.setattr(client, "_call", lambda *_, **__: next(answers))
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(WireError, match="1 records were taken; then delivery stream clicks refused 8 times"):
        client.put("clicks", [b"a", b"b"])
