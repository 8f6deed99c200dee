"""Failures: what is logged of them (facts/firehose.md#error-log)."""

from __future__ import annotations

from pathlib import Path

from support.local_firehose import FUNCTION_ARN, LocalFirehose


def test_failures_are_logged_once_per_code_with_the_function(local: LocalFirehose) -> None:
    """facts/firehose.md#error-log: shape of an entry."""
    local.transform("return answer(record, b'', 'ProcessingFailed')", b"a", b"b")
    (entry,) = local.logged()
    assert entry == {
        "deliveryStreamARN": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks",
        "destination": "arn:aws:s3:::lake",
        "deliveryStreamVersionId": 1,
        "message": "ProcessingFailed status set for record",
        "errorCode": "Lambda.ProcessingFailedStatus",
        "processor": FUNCTION_ARN,
    }


def test_no_payload_is_in_any_log(local: LocalFirehose) -> None:
    local.transform("raise ValueError('no')", b"4111111111111111")
    logs = "".join(path.read_text() for path in Path(local.root, "logs").rglob("*.log"))
    assert "Lambda.FunctionError" in logs
    assert "4111111111111111" not in logs
