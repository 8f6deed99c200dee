"""Whose fault each error of a request is, what it means for the request, and what may be shown of it."""

from __future__ import annotations

import json
import re
import time
from email.utils import formatdate

import botocore.exceptions as sdk
import botocore.session
import pytest

from clickstream_producer.errors import UnexpectedAnswer
from clickstream_producer.targets.error_classification import Fault, classify, describe


def client_error(code: str, status: int, message: str = "", date: float | None = None) -> sdk.ClientError:
    headers = {} if date is None else {"date": formatdate(date, usegmt=True)}
    return sdk.ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers},  # type: ignore[typeddict-item]
        },
        "PutRecordBatch",
    )


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        # facts/firehose.md#wire-protocol: modelled and common errors with their statuses; 1.7: those of Kinesis.
        (client_error("ServiceUnavailableException", 500), Fault.THROTTLE),
        (client_error("ServiceUnavailable", 503), Fault.THROTTLE),
        (client_error("ThrottlingException", 400), Fault.THROTTLE),
        (client_error("KMSThrottlingException", 400), Fault.THROTTLE),
        (client_error("429", 429), Fault.THROTTLE),
        (client_error("InternalFailure", 500), Fault.SERVICE),
        (client_error("RequestTimeoutException", 408), Fault.SERVICE),
        (client_error("408", 408), Fault.SERVICE),
        (client_error("502", 502), Fault.SERVICE),
        (client_error("InvalidArgumentException", 400), Fault.EVENT),
        (client_error("ValidationException", 400), Fault.EVENT),
        (client_error("SerializationException", 400), Fault.EVENT),
        (client_error("RequestEntityTooLargeException", 413), Fault.EVENT),
        (client_error("413", 413), Fault.EVENT),
        (
            client_error(
                "InvalidArgumentException",
                400,
                "This operation is not permitted on KinesisStreamAsSource delivery stream type.",
            ),
            Fault.TARGET,
        ),
        (client_error("ResourceNotFoundException", 400), Fault.TARGET),
        (client_error("ResourceInUseException", 400), Fault.TARGET),
        (client_error("InvalidSourceException", 400), Fault.TARGET),
        (client_error("InvalidKMSResourceException", 400), Fault.TARGET),
        (client_error("KMSInvalidStateException", 400), Fault.TARGET),
        (client_error("UnknownOperationException", 404), Fault.TARGET),
        (client_error("AccessDeniedException", 403), Fault.IDENTITY),
        (client_error("UnrecognizedClientException", 403), Fault.IDENTITY),
        (client_error("IncompleteSignatureException", 403), Fault.IDENTITY),
        (client_error("ExpiredTokenException", 403), Fault.IDENTITY),
        (client_error("InvalidSignatureException", 403), Fault.IDENTITY),
        (client_error("RequestTimeTooSkewed", 403), Fault.CLOCK),
        (client_error("InvalidSignatureException", 403, "Signature expired: 20260101T100000Z is now ..."), Fault.CLOCK),
        (client_error("SignatureDoesNotMatch", 403, "Signature not yet current: ..."), Fault.CLOCK),
        (client_error("InvalidSignatureException", 403, date=time.time() - 900), Fault.CLOCK),
        (client_error("AccessDeniedException", 403, date=time.time() - 900), Fault.IDENTITY),
        (client_error("301", 301), Fault.NETWORK),
        (client_error("400", 400), Fault.NETWORK),
        (client_error("404", 404), Fault.NETWORK),
        (client_error("407", 407), Fault.NETWORK),
        (client_error("NobodyKnowsException", 400), Fault.UNKNOWN),
        (sdk.EndpointConnectionError(endpoint_url="x"), Fault.NETWORK),
        (sdk.ProxyConnectionError(proxy_url="x"), Fault.NETWORK),
        (sdk.ReadTimeoutError(endpoint_url="x"), Fault.NETWORK),
        (sdk.SSLError(endpoint_url="x", error="y"), Fault.NETWORK),
        (OSError("what nobody thought of"), Fault.NETWORK),
        (sdk.NoCredentialsError(), Fault.IDENTITY),
        (sdk.CredentialRetrievalError(provider="x", error_msg="y"), Fault.IDENTITY),
        (sdk.ProfileNotFound(profile="x"), Fault.IDENTITY),
        (sdk.NoRegionError(), Fault.TARGET),
        (sdk.ParamValidationError(report="x"), Fault.EVENT),
        (UnexpectedAnswer("x"), Fault.SERVICE),
        (ZeroDivisionError("what nobody thought of"), Fault.UNKNOWN),
    ],
    ids=repr,
)
def test_each_error_has_its_fault(error: Exception, fault: Fault) -> None:
    assert classify(error).fault is fault


def test_what_somebody_has_to_mend_is_tried_slowly_and_says_what_to_look_at() -> None:
    for error in (
        client_error("ResourceNotFoundException", 400),
        client_error("AccessDeniedException", 403),
        client_error("RequestTimeTooSkewed", 403),
        client_error("404", 404),
        client_error("NobodyKnowsException", 400),
        ZeroDivisionError(),
    ):
        decision = classify(error)
        assert decision.slow
        assert len(decision.likely_cause) > 20
    assert not classify(client_error("InternalFailure", 500)).slow
    assert not classify(sdk.ConnectTimeoutError(endpoint_url="x")).slow


def test_credentials_are_looked_for_again_where_they_may_be_at_fault() -> None:
    assert classify(sdk.NoCredentialsError()).reconnect
    assert classify(client_error("UnrecognizedClientException", 403)).reconnect
    assert not classify(client_error("ResourceNotFoundException", 400)).reconnect


@pytest.mark.parametrize(("off", "said"), [(900, "ahead"), (-900, "behind")])
def test_a_wrong_clock_is_measured_by_the_date_of_the_answer(off: int, said: str) -> None:
    decision = classify(client_error("InvalidSignatureException", 403, "Signature expired", time.time() - off))
    # A date has whole seconds, and time goes on.
    assert re.search(rf"is wrong by (89\d|90\d) s \({said}\)", decision.likely_cause)


def test_every_error_that_the_model_has_for_a_put_is_known() -> None:
    session = botocore.session.get_session()
    for service, operation in (("firehose", "PutRecordBatch"), ("kinesis", "PutRecords")):
        for shape in session.get_service_model(service).operation_model(operation).error_shapes:
            if shape.name != "DryRunOperationException":  # only for who asks for it
                assert classify(client_error(shape.name, 400)).fault is not Fault.UNKNOWN, shape.name


@pytest.mark.parametrize(
    "error",
    [
        client_error("404", 404, "<html>you sent: secret</html>"),
        ValueError("secret"),
        sdk.ParamValidationError(report="secret"),
        json.JSONDecodeError("secret", "secret", 0),
    ],
    ids=repr,
)
def test_what_may_quote_the_request_is_not_shown(error: Exception) -> None:
    assert "secret" not in describe(error)


def test_a_long_text_is_cut() -> None:
    assert len(describe(client_error("AccessDeniedException", 403, "x" * 10_000))) < 400
