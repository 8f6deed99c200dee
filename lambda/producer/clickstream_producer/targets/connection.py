"""One sender's way to a stream."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from clickstream_producer.errors import UnexpectedAnswer
from clickstream_producer.spool.record import Record
from clickstream_producer.targets.put_operation import PutOperation
from clickstream_producer.targets.request_body import RequestBody


class Failure(NamedTuple):
    """Why the service did not take one entry of a request."""

    code: str
    message: str


class AwsConnection:
    """Calls PutRecordBatch or PutRecords with a body of its own.

    boto3 prepares, signs and sends a request of one empty record. Its event ``before-call`` lets the body be replaced
    before it is signed, and ``before-parse`` lets the answer be shortened before it is read. For one thread, except
    ``client``.

    Parameters
    ----------
    client
        A boto3 client of the operation's service. Calls that others make with it are left alone.
    operation
        What to call.
    stream
        The request's members that name the stream.
    """

    def __init__(self, client: Any, operation: PutOperation, stream: Mapping[str, str]) -> None:
        self._client = client
        self._operation = operation
        self._stream = stream
        self._put = getattr(client, operation.method)
        self._body = RequestBody(operation, stream)
        self._request = threading.local()  # what this thread sends just now, if anything
        # In an answer's text, quotes inside a value are escaped: this can only be the member itself.
        self._none_failed = re.compile(rb'"%s"\s*:\s*0\s*[,}]' % operation.failed_count.encode())
        self._shortened = b'{"%s":0}' % operation.failed_count.encode()
        self._handlers: dict[str, Any] = {}
        if getattr(client.meta.service_model, "resolved_protocol", "json") == "json":
            call = f"{operation.service}.{operation.name}"
            self._handlers = {
                f"before-call.{call}": self._replace_body,
                f"before-parse.{call}": self._shorten_answer,
            }
        for event, handler in self._handlers.items():
            # First of its kind, so that handlers of the application see the body that is sent.
            client.meta.events.register_first(event, handler)

    @property
    def client(self) -> Any:
        """The boto3 client."""
        return self._client

    def send(self, records: Sequence[Record]) -> Mapping[int, Failure]:
        """Send one request; give back the failed entries by index. Errors of the whole request are raised.

        Raises
        ------
        UnexpectedAnswer
            The answer is not one of this operation, or says that entries failed, but not which.
        """
        key = {"PartitionKey": "0"} if self._operation.has_keys else {}
        if self._handlers:
            self._request.body = self._body.build(records)
            entries = [{"Data": b"", **key}]
        else:  # a botocore that speaks something else than JSON to this service
            singles = [one for record in records for one in record.one_per_entry()]
            entries = [{"Data": one.data, **(key and {"PartitionKey": one.key or "0"})} for one in singles]
        try:
            answer = self._put(**self._stream, Records=entries)
        finally:
            self._request.body = None
        return self._failures(answer, sum([record.entries for record in records]))

    def close(self) -> None:
        """Take back what was left with the client, which may be the application's."""
        for event, handler in self._handlers.items():
            self._client.meta.events.unregister(event, handler)

    def _replace_body(self, params: dict[str, Any], **_: Any) -> None:
        body = getattr(self._request, "body", None)
        if body is not None:
            params["body"] = body

    def _shorten_answer(self, response_dict: dict[str, Any], **_: Any) -> None:
        # The ids of 500 records that arrived are 120 kB of text that nobody needs (producers.md, section 8).
        if getattr(self._request, "body", None) is not None and self._none_failed.search(response_dict["body"]):
            response_dict["body"] = self._shortened

    def _failures(self, answer: Any, entries: int) -> Mapping[int, Failure]:
        # One answer an entry, in the order of the request; a failed one has an ErrorCode (aws-facts 1.3, 1.7).
        count = answer.get(self._operation.failed_count)
        if count == 0:
            return {}
        answers = answer.get(self._operation.answers, [])
        failed = {
            index: Failure(one["ErrorCode"], one.get("ErrorMessage", ""))
            for index, one in enumerate(answers)
            if one.get("ErrorCode")
        }
        if len(answers) != entries or not failed:
            raise UnexpectedAnswer(
                f"{self._operation.name} on {' '.join(self._stream.values())} answered "
                f"{self._operation.failed_count} {count} with {len(answers)} entries, {len(failed)} of them failed, "
                f"to a request of {entries}"
            )
        return failed
