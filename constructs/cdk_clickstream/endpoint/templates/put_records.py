"""The mapping templates of ``POST /records``: one record per event, and an answer for each.

``$input.json`` writes each element as compact JSON, so that none can hold a newline. It also writes numbers anew:
10.00 may become 10.0 (facts/api-gateway.md#mapping-templates). ``#foreach`` runs at most 1,000 times; the model takes
500 events.
"""

from __future__ import annotations

from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.endpoint.client_context import ClientContext
from cdk_clickstream.endpoint.templates.context_line import NEWLINE, context_line, context_settings
from cdk_clickstream.endpoint.templates.put_events import KINESIS_REFUSED_TEMPLATE, REFUSED_TEMPLATE

_COUNT = "#set($last = $input.path('$').size() - 1)\n"


def put_records_template(target: Target, principal: str, token: str, client: ClientContext | None = None) -> str:
    """Turn an array of events into one PutRecordBatch, each event behind a context line of its own.

    The line has the event's position in the request, ``index``: two equal anonymous events stay two records with two
    identities.

    Parameters
    ----------
    target:
        The stream that takes the records.
    principal:
        VTL expression of the caller's identity, without its ``$``.
    token:
        Token by which the transform believes a context line.
    client:
        Client data of the context line. Default: ``ClientContext()``.
    """
    client = client or ClientContext()
    data = f'$util.base64Encode("{context_line(client, token, index="$i")}$nl$event$nl$id$nl")'
    return f"{context_settings(principal, client)}{_COUNT}{target.put_many_body(data)}"


def put_bare_records_template(target: Target) -> str:
    """Turn an array of events into one PutRecordBatch, each a record of compact JSON and a newline.

    Parameters
    ----------
    target:
        The stream that takes the records.
    """
    put = target.put_many_body('$util.base64Encode("$event$nl")')
    return f"{NEWLINE}{_COUNT}{put}"


def batch_answer_template(target: Target) -> str:
    """Answer to a batch: 202 if all of it was taken, 207 if some, 503 if nothing; one result per event, in order.

    The service answers 200 in all three cases (facts/api-gateway.md#aws-integration).
    """
    firehose = target.service == "firehose"
    count, results = ("FailedPutCount", "RequestResponses") if firehose else ("FailedRecordCount", "Records")
    return _BATCH_ANSWER % {"count": count, "results": results}


_BATCH_ANSWER = """#set($failed = $input.path('$.%(count)s'))
#if("$!failed" == "0")
{"request_id": "$context.extendedRequestId", "failed": 0}
#else
#set($results = $input.path('$.%(results)s'))
#if($failed == $results.size())
#set($context.responseOverride.status = 503)
#set($context.responseOverride.header.Retry-After = "1")
#else
#set($context.responseOverride.status = 207)
#end
{"request_id": "$context.extendedRequestId", "failed": $failed, "results": [#foreach($one in $results)
#if("$!one.ErrorCode" == ""){"taken": true}#else{"taken": false, "error": "$one.ErrorCode"}#end
#if($foreach.hasNext), #end
#end]}
#end"""
# The service's ErrorMessage is not passed on: it may name the stream and the account.

_TOO_LARGE = '#if($text.contains("less than or equal to 1024000"))'
_BATCH_TOO_LARGE = """#if($text.contains("exceeds 4 MB limit"))
#set($context.responseOverride.status = 413)
{"message": "The request is too large: its records hold 4 MiB together, context lines included. Send fewer events per \
request.", "request_id": "$context.extendedRequestId"}
#elseif($text.contains("less than or equal to 1024000"))"""


def batch_refused_template(target: Target) -> str:
    """Answer to a batch that was refused as a whole: as for one record, and 413 for a batch over its limit.

    The limit's text was recorded by others (facts/firehose.md#put-records); should it change, the answer is 502
    instead of 413.
    """
    if target.service == "kinesis":
        return KINESIS_REFUSED_TEMPLATE
    return REFUSED_TEMPLATE.replace(_TOO_LARGE, _BATCH_TOO_LARGE)
