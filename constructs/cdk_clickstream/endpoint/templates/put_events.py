"""The mapping templates (VTL) between the endpoint and Firehose.

Everything that is said about the templates is said here: comments inside them would be rendered on every request.
"""

from __future__ import annotations

from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.endpoint.client_context import ClientContext
from cdk_clickstream.endpoint.templates.context_line import NEWLINE, context_line, context_settings


def put_events_template(target: Target, principal: str, token: str, client: ClientContext | None = None) -> str:
    """Turn one request into one PutRecord: context line, body as it came, boundary line.

    The body is neither parsed nor looped over, so nothing limits the events of a request but its size.

    Parameters
    ----------
    target:
        The stream that takes the record.
    principal:
        VTL expression of the caller's identity, without its ``$``.
    token:
        Token by which the transform believes a context line.
    client:
        Client data of the context line. Default: ``ClientContext()``.
    """
    client = client or ClientContext()
    put = target.put_one_body('$util.base64Encode("$line$nl$input.body$nl$id$nl")')
    return f'{context_settings(principal, client)}#set($line = "{context_line(client, token)}")\n{put}'


def put_event_template(target: Target) -> str:
    """Turn one request into one PutRecord: the event as compact JSON and a newline, for a stream without a transform.

    Parameters
    ----------
    target:
        The stream that takes the record.
    """
    put = target.put_one_body('$util.base64Encode("$event$nl")')
    return f"{NEWLINE}#set($event = $input.json('$'))\n{put}"


ACCEPTED_TEMPLATE = '{"request_id": "$context.extendedRequestId"}'
"""Answer to a record that Firehose took: the boundary of the record, by which it can be found in a backup."""


UNAVAILABLE_TEMPLATE = """#set($type = "$!input.path('$.__type')")
#if($type.contains("ServiceUnavailable"))
{"message": "The stream is throttled: retry after a second.", "request_id": "$context.extendedRequestId"}
#else
#set($context.responseOverride.status = 502)
{"message": "The stream did not take the events.", "request_id": "$context.extendedRequestId"}
#end"""
"""Answer to a 5xx of Firehose: throttling is ServiceUnavailableException with status 500.

Source: facts/firehose.md#wire-protocol, #put-records.
"""


REFUSED_TEMPLATE = """#set($type = "$!input.path('$.__type')")
#set($text = "$!input.path('$.message')")
#if($text.contains("less than or equal to 1024000"))
#set($context.responseOverride.status = 413)
{"message": "The request is too large: a record holds 1,024,000 bytes, its context line included. Send fewer events \
per request.", "request_id": "$context.extendedRequestId"}
#elseif($type.contains("Throttling"))
#set($context.responseOverride.status = 503)
#set($context.responseOverride.header.Retry-After = "1")
{"message": "The stream is throttled: retry after a second.", "request_id": "$context.extendedRequestId"}
#else
{"message": "The stream did not take the events.", "request_id": "$context.extendedRequestId"}
#end"""
"""Answer to any other status of Firehose: 502, unless the text is that of a record over the size limit.

An oversize record cannot be told from other bad requests by its status, only by the service's text, which third
parties recorded (facts/firehose.md#put-records: "Member must have length less than or equal to 1024000"). Should the
text change, the
answer is 502 instead of 413. The service's own text is not passed on: it names the stream and the account.
"""


KINESIS_REFUSED_TEMPLATE = REFUSED_TEMPLATE.replace('"Throttling"', '"ThroughputExceeded"')
"""The same for Kinesis, which throttles with ProvisionedThroughputExceededException (facts/kinesis.md#put-records)."""
