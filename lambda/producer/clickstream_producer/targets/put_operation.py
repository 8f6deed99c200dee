"""The batch operations of Firehose and Kinesis, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class PutOperation:
    """One service's batch operation (facts/firehose.md#put-records, facts/kinesis.md#put-records).

    Attributes
    ----------
    service, name, method
        Name of the service, of the operation, and of the boto3 client's method.
    failed_count, answers, entry_id
        Names of the answer's members: how many entries failed, one answer an entry, and in it the id of one that was
        taken.
    has_keys
        Whether an entry has a partition key.
    """

    service: Literal["firehose", "kinesis"]
    name: str
    method: str
    failed_count: str
    answers: str
    entry_id: str
    has_keys: bool


PUT_RECORD_BATCH: Final = PutOperation(
    service="firehose",
    name="PutRecordBatch",
    method="put_record_batch",
    failed_count="FailedPutCount",
    answers="RequestResponses",
    entry_id="RecordId",
    has_keys=False,
)

PUT_RECORDS: Final = PutOperation(
    service="kinesis",
    name="PutRecords",
    method="put_records",
    failed_count="FailedRecordCount",
    answers="Records",
    entry_id="SequenceNumber",
    has_keys=True,
)
