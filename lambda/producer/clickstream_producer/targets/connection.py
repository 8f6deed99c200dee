"""One sender's way to a stream."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from clickstream_producer.errors import UnexpectedAnswer
from clickstream_producer.spool.record import Record
from clickstream_producer.targets.put_operation import PutOperation
from clickstream_producer.targets.request_body import RequestBody


class Failure(NamedTuple):
    """Why the service did not take one entry of a request."""

    code: str
    message: str

    @property
    def error(self) -> ClientError:
        """The same as the error of a whole request."""
        return ClientError({"Error": {"Code": self.code, "Message": self.message}}, "PutRecordBatch")


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
        # In an answer's text, quotes inside a value are escaped: these can only be the members themselves.
        self._none_failed = re.compile(rb'"%s"\s*:\s*0\s*[,}]' % operation.failed_count.encode())
        self._id = b'"%s"' % operation.entry_id.encode()
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
        self._request.shortened = False
        self._request.entries = sum([record.entries for record in records])
        try:
            answer = self._put(**self._stream, Records=entries)
        finally:
            self._request.body = None
        return self._failures(answer, self._request.entries)

    def close(self) -> None:
        """Take back what was left with the client, which may be the application's."""
        for event, handler in self._handlers.items():
            self._client.meta.events.unregister(event, handler)

    def _replace_body(self, params: dict[str, Any], **_: Any) -> None:
        body = getattr(self._request, "body", None)
        if body is not None:
            params["body"] = body

    def _shorten_answer(self, response_dict: dict[str, Any], **_: Any) -> None:
        # The ids of 500 records that arrived are 120 kB of text that nobody needs (facts/peers.md#findings).
        if getattr(self._request, "body", None) is None:
            return
        body = response_dict["body"]
        if (
            self._none_failed.search(body)
            and body.count(self._id) == self._request.entries
            and b'"ErrorCode"' not in body
        ):
            response_dict["body"] = self._shortened
            self._request.shortened = True

    def _failures(self, answer: Any, entries: int) -> Mapping[int, Failure]:
        # One answer an entry, in the order of the request: an id, or an ErrorCode (facts/firehose.md#put-records,
        # facts/kinesis.md#put-records).
        operation = self._operation
        if self._request.shortened:
            return {}
        count = answer.get(operation.failed_count)
        answers = answer.get(operation.answers)
        answers = answers if isinstance(answers, list) else []
        failed = {}
        for index, one in enumerate(answers):
            entry = one if isinstance(one, dict) else {}
            if entry.get("ErrorCode") or not entry.get(operation.entry_id):
                failed[index] = Failure(entry.get("ErrorCode") or "InternalFailure", entry.get("ErrorMessage") or "")
        if len(answers) != entries or not isinstance(count, int) or count > len(failed):
            raise UnexpectedAnswer(
                f"{operation.name} on {' '.join(self._stream.values())} answered "
                f"{operation.failed_count} {count} with {len(answers)} entries, {len(failed)} of them failed, "
                f"to a request of {entries}"
            )
        return failed
