"""One sender's way to a delivery stream."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import UnexpectedAnswer
from .request_body import RequestBody
from .target import Failure


class FirehoseConnection:
    """Calls PutRecordBatch with a body of its own.

    Endpoint, credentials, signature, connection and errors are boto3's: its public event ``before-call`` lets the body
    be replaced after boto3 has serialized a request of one empty record. For one thread, except ``client``.

    Parameters
    ----------
    client
        A boto3 Firehose client. Calls that others make with it are left alone.
    stream
        Name of the stream.
    """

    def __init__(self, client: Any, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._body = RequestBody(stream)
        self._call = threading.local()
        client.meta.events.register("before-call.firehose.PutRecordBatch", self._replace_body)

    @property
    def client(self) -> Any:
        """The boto3 client."""
        return self._client

    def send(self, entries: Sequence[bytes]) -> Mapping[int, Failure]:
        """Send one request; give back the failed entries by index. Errors of the whole request are raised.

        Raises
        ------
        UnexpectedAnswer
            The answer says that entries failed, but not which.
        """
        answer = self._put(entries)
        if not answer["FailedPutCount"]:
            return {}
        # One answer an entry, in the order of the request; a failed one has an ErrorCode (aws-facts 1.3).
        responses = answer["RequestResponses"]
        failed = {
            index: Failure(response["ErrorCode"], response.get("ErrorMessage", ""))
            for index, response in enumerate(responses)
            if response.get("ErrorCode")
        }
        if len(responses) != len(entries) or not failed:
            raise UnexpectedAnswer(
                f"PutRecordBatch on {self._stream} answered FailedPutCount {answer['FailedPutCount']} with "
                f"{len(responses)} entries, {len(failed)} of them failed, to a request of {len(entries)}"
            )
        return failed

    def _put(self, entries: Sequence[bytes]) -> Any:
        self._call.body = self._body.build(entries)
        try:
            answer = self._client.put_record_batch(DeliveryStreamName=self._stream, Records=[{"Data": b""}])
            if self._call.body is None:
                return answer
        finally:
            self._call.body = None
        # The event did not reach us, so only the empty record went out: leave the body to boto3.
        return self._client.put_record_batch(
            DeliveryStreamName=self._stream, Records=[{"Data": entry} for entry in entries]
        )

    def _replace_body(self, params: dict[str, Any], **_: object) -> None:
        body = getattr(self._call, "body", None)
        if body is not None:
            params["body"] = body
            self._call.body = None
