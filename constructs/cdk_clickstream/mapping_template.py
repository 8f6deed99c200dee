"""The mapping templates (VTL) between the endpoint and Firehose.

Everything that is said about the templates is said here: comments inside them would be rendered on every request.
"""

from __future__ import annotations

from cdk_clickstream.target import Target

_ESCAPED = """#set($%(name)s = $util.escapeJavaScript("$!%(expression)s").replaceAll("\\\\'","'"))
"""
# escapeJavaScript also turns ' into \\', which is no JSON escape: the replaceAll takes that back (aws-facts 10.4).

_NEWLINE = """#set($nl = "
")
"""
_PREAMBLE = f"""#set($q = '"')
{_NEWLINE}"""
# VTL strings know no backslash escapes: a newline is a real one, and $q spares quotes inside quotes.

_CONTEXT_LINE = (
    "{${q}clickstream${q}:1,${q}kind${q}:${q}request${q},${q}received_at${q}:$context.requestTimeEpoch,"
    "${q}ip${q}:${q}$ip${q},${q}user_agent${q}:${q}$ua${q},${q}api_key_id${q}:${q}$key${q},"
    "${q}principal${q}:${q}$principal${q},${q}boundary${q}:${q}$id${q}}"
)


def put_events_template(target: Target, principal: str) -> str:
    """Turn one request into one PutRecord: context line, body as it came, boundary line.

    The body is neither parsed nor looped over, so nothing limits the events of a request but its size. Every value
    of the context is escaped, and the boundary is ``extendedRequestId``, which a client cannot choose (unlike
    ``requestId``): a body cannot forge a context line.

    Parameters
    ----------
    target:
        The stream that takes the record.
    principal:
        VTL expression of who the caller is, without its ``$``.
    """
    values = {
        "ua": "context.identity.userAgent",
        "ip": "context.identity.sourceIp",
        "key": "context.identity.apiKeyId",
        "principal": principal,
        "id": "context.extendedRequestId",
    }
    settings = "".join(_ESCAPED % {"name": name, "expression": expression} for name, expression in values.items())
    put = target.put_one_body('$util.base64Encode("$line$nl$input.body$nl$id$nl")')
    return f'{_PREAMBLE}{settings}#set($line = "{_CONTEXT_LINE}")\n{put}'


def put_event_template(target: Target) -> str:
    """Turn one request into one PutRecord: the event as compact JSON and a newline, for a stream without a transform.

    Parameters
    ----------
    target:
        The stream that takes the record.
    """
    put = target.put_one_body('$util.base64Encode("$event$nl")')
    return f"{_NEWLINE}#set($event = $input.json('$'))\n{put}"


ACCEPTED_TEMPLATE = '{"request_id": "$context.extendedRequestId"}'
"""Answer to a record that Firehose took: the boundary of the record, by which it can be found in a backup."""


UNAVAILABLE_TEMPLATE = """#set($type = "$!input.path('$.__type')")
#if($type.contains("ServiceUnavailable"))
{"message": "The stream is throttled: retry after a second.", "request_id": "$context.extendedRequestId"}
#else
#set($context.responseOverride.status = 502)
{"message": "The stream did not take the events.", "request_id": "$context.extendedRequestId"}
#end"""
"""Answer to a 5xx of Firehose: throttling is ServiceUnavailableException with status 500 (aws-facts 1.1, 1.3)."""


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
parties recorded (aws-facts 1.3: "Member must have length less than or equal to 1024000"). Should the text change, the
answer is 502 instead of 413. The service's own text is not passed on: it names the stream and the account.
"""


KINESIS_REFUSED_TEMPLATE = REFUSED_TEMPLATE.replace('"Throttling"', '"ThroughputExceeded"')
"""The same for Kinesis, which throttles with ProvisionedThroughputExceededException (aws-facts 1.7)."""
