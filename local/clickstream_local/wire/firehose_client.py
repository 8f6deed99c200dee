"""What commands need of a running pipeline's Firehose: a client, the stream that is meant, records put to the last."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

MAX_RECORD_BYTES = 1_024_000
_BATCH_RECORDS = 500
_BATCH_BYTES = 4 * 1024 * 1024
_ATTEMPTS = 8


class WireError(Exception):
    """The pipeline cannot be reached, or does not take the records; the message says why and what to do."""


class WireClient:
    """A Firehose client for a runtime at ``url``.

    Parameters
    ----------
    url:
        Where the runtime listens.
    """

    def __init__(self, url: str) -> None:
        import boto3
        from botocore.config import Config

        self._url = url
        # The runtime's own key; a real one would only risk being logged.
        self._client: Any = boto3.client(
            "firehose",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id="LOCAL",
            aws_secret_access_key="local",  # noqa: S106
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=3),
        )

    def streams(self) -> list[str]:
        """The names of all streams. Raises :class:`WireError`."""
        names: list[str] = self._call("list_delivery_streams", Limit=10_000)["DeliveryStreamNames"]
        return names

    def stream(self, wanted: str | None) -> str:
        """The name of the stream that is meant: the wanted one, the only one, or the only one with a processor.

        Raises
        ------
        WireError
            If there is no such stream, or more than one.
        """
        names = self.streams()
        if wanted is not None and wanted in names:
            return wanted
        candidates = [name for name in names if self.has_processor(name)] if len(names) > 1 else names
        if wanted is not None or len(candidates) != 1:
            asked = f"no delivery stream {wanted!r}" if wanted is not None else "which delivery stream is not clear"
            raise WireError(f"{asked} at {self._url}; give one of {', '.join(names) or 'none'} with --stream")
        return str(candidates[0])

    def has_processor(self, stream: str) -> bool:
        """Whether a stream's records go through a Lambda function."""
        described = self._call("describe_delivery_stream", DeliveryStreamName=stream)["DeliveryStreamDescription"]
        destination = described["Destinations"][0].get("ExtendedS3DestinationDescription", {})
        processors = destination.get("ProcessingConfiguration", {}).get("Processors", [])
        return any(processor["Type"] == "Lambda" for processor in processors)

    def put(self, stream: str, records: Iterable[bytes]) -> int:
        """Put records, again those that were refused for the moment; how many were taken.

        Raises
        ------
        WireError
            If some are refused again and again.
        """
        taken = 0
        for batch in batches(records):
            waiting = batch
            for attempt in range(_ATTEMPTS):
                entries = [{"Data": record} for record in waiting]
                answer = self._call("put_record_batch", DeliveryStreamName=stream, Records=entries)
                refused = [
                    record
                    for record, entry in zip(waiting, answer["RequestResponses"], strict=True)
                    if "ErrorCode" in entry
                ]
                taken += len(waiting) - len(refused)
                waiting = refused
                if not waiting:
                    break
                time.sleep(0.1 * 2**attempt)
            else:
                raise WireError(f"{taken} records were taken; then delivery stream {stream} refused {_ATTEMPTS} times")
        return taken

    def _call(self, operation: str, **parameters: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, operation)(**parameters)
        except ClientError as error:
            raise WireError(str(error)) from None
        except BotoCoreError as error:
            raise WireError(f"{error}; is `clickstream local` running there? give its address with --url") from None


def batches(records: Iterable[bytes]) -> Iterator[Sequence[bytes]]:
    """Cut records into requests that PutRecordBatch takes (facts/firehose.md#put-records: 500 records, 4 MiB)."""
    batch: list[bytes] = []
    size = 0
    for record in records:
        if batch and (len(batch) == _BATCH_RECORDS or size + len(record) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record)
    if batch:
        yield batch
