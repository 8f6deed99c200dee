"""What each error of a request means."""

from __future__ import annotations

import botocore.exceptions as sdk
import pytest

from clickstream_producer.targets.error_classification import RetryDecision, classify


def client_error(code: str, status: int) -> sdk.ClientError:
    return sdk.ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "PutRecordBatch",
    )


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        # aws-facts 1.1: modelled and common errors with their statuses.
        (client_error("ServiceUnavailableException", 500), RetryDecision.RETRY),
        (client_error("InternalFailure", 500), RetryDecision.RETRY),
        (client_error("ServiceUnavailable", 503), RetryDecision.RETRY),
        (client_error("ThrottlingException", 400), RetryDecision.RETRY),
        (client_error("RequestTimeoutException", 408), RetryDecision.RETRY),
        (client_error("ExpiredToken", 403), RetryDecision.RETRY),
        (client_error("InvalidArgumentException", 400), RetryDecision.ISOLATE),
        (client_error("ValidationException", 400), RetryDecision.ISOLATE),
        (client_error("RequestEntityTooLargeException", 413), RetryDecision.ISOLATE),
        (client_error("413", 413), RetryDecision.ISOLATE),
        (client_error("ResourceNotFoundException", 400), RetryDecision.GIVE_UP),
        (client_error("AccessDeniedException", 403), RetryDecision.GIVE_UP),
        (client_error("UnrecognizedClientException", 403), RetryDecision.GIVE_UP),
        (client_error("InvalidSourceException", 400), RetryDecision.GIVE_UP),
        (sdk.EndpointConnectionError(endpoint_url="x"), RetryDecision.RETRY),
        (sdk.ReadTimeoutError(endpoint_url="x"), RetryDecision.RETRY),
        (sdk.NoCredentialsError(), RetryDecision.RECONNECT),
        (sdk.ProfileNotFound(profile="x"), RetryDecision.GIVE_UP),
        (sdk.ParamValidationError(report="x"), RetryDecision.ISOLATE),
        (OSError("what nobody thought of"), RetryDecision.RETRY),
    ],
    ids=repr,
)
def test_each_error_is_judged(error: Exception, decision: RetryDecision) -> None:
    assert classify(error) is decision
