"""One sender's way to a stream."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from clickstream_producer.errors import UnexpectedAnswer
from clickstream_producer.spool.record import Record
from clickstream_producer.targets.direct_call import DirectCall
from clickstream_producer.targets.put_operation import PutOperation
from clickstream_producer.targets.request_body import RequestBody
from clickstream_producer.targets.target import Failure


class AwsConnection:
    """Calls PutRecordBatch or PutRecords with a body of its own.

    The first request goes through the boto3 client: its public event ``before-call`` lets the body be replaced after
    boto3 has serialized a request of one empty record. Later ones take the shorter way of :class:`DirectCall`, where
    this botocore allows it. For one thread, except ``client``.

    Parameters
    ----------
    client
        A boto3 client of the operation's service. Calls that others make with it are left alone.
    operation
        What to call.
    """

    def __init__(self, client: Any, operation: PutOperation) -> None:
        self._client = client
        self._operation = operation
        self._body = RequestBody(operation)
        self._call = threading.local()
        self._direct: DirectCall | None = None
        # In an answer's text, quotes inside a value are escaped: this can only be the member itself.
        self._all_taken = re.compile(rb'"%s"\s*:\s*0\s*[,}]' % operation.failed_count.encode())
        # First of its kind, so that what it learns holds nothing that other handlers add to a single call.
        self._event = f"before-call.{operation.service}.{operation.name}"
        client.meta.events.register_first(self._event, self._replace_body)

    @property
    def client(self) -> Any:
        """The boto3 client."""
        return self._client

    def send(self, records: Sequence[Record]) -> Mapping[int, Failure]:
        """Send one request; give back the failed entries by index. Errors of the whole request are raised.

        Raises
        ------
        UnexpectedAnswer
            The answer says that entries failed, but not which.
        """
        if self._direct is None:
            return self._failures(self._put(records), sum(record.entries for record in records))
        content = self._direct.post(self._body.build(records))
        # The ids of 500 records that arrived are 120 kB of text that nobody needs (producers.md, section 8).
        if self._all_taken.search(content):
            return {}
        try:
            answer = json.loads(content)
            return self._failures(answer, sum(record.entries for record in records))
        except (ValueError, TypeError, LookupError) as error:
            raise UnexpectedAnswer(
                f"{self._operation.name} answered {len(content)} bytes that are not its answer ({error})"
            ) from None

    def close(self) -> None:
        """Take back what was left with the client, which may be the application's."""
        self._client.meta.events.unregister(self._event, self._replace_body)

    def _failures(self, answer: Any, entries: int) -> Mapping[int, Failure]:
        count = answer[self._operation.failed_count]
        if not count:
            return {}
        # One answer an entry, in the order of the request; a failed one has an ErrorCode (aws-facts 1.3, 1.7).
        responses = answer[self._operation.answers]
        failed = {
            index: Failure(response["ErrorCode"], response.get("ErrorMessage", ""))
            for index, response in enumerate(responses)
            if response.get("ErrorCode")
        }
        if len(responses) != entries or not failed:
            raise UnexpectedAnswer(
                f"{self._operation.name} on {' '.join(self._operation.stream.values())} answered "
                f"{self._operation.failed_count} {count} with {len(responses)} entries, {len(failed)} of them failed, "
                f"to a request of {entries}"
            )
        return failed

    def _put(self, records: Sequence[Record]) -> Any:
        put = getattr(self._client, self._operation.method)
        key = {"PartitionKey": "0"} if self._operation.has_keys else {}
        self._call.body = self._body.build(records)
        try:
            answer = put(**self._operation.stream, Records=[{"Data": b"", **key}])
            if self._call.body is None:
                return answer
        finally:
            self._call.body = None
        # The event did not reach us, so only the empty record went out: leave the body to boto3.
        entries = [
            {"Data": one.data, **({"PartitionKey": one.key or "0"} if key else {})}
            for record in records
            for one in record.single()
        ]
        return put(**self._operation.stream, Records=entries)

    def _replace_body(self, params: dict[str, Any], **event: Any) -> None:
        body = getattr(self._call, "body", None)
        if body is not None:
            self._direct = DirectCall.after(self._client, {**event, "params": params})
            params["body"] = body
            self._call.body = None
