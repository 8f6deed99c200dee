"""Functions: their code, their limits, and who calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clickstream_local.plan.differences import ABSENT
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context, Kind, fixed, lost, lowered, number, safe

_CODE = "a template does not say what code does"
_TRY = "run real records through it with `clickstream transform` first"
_AT_ONCE = "the next call runs it; no record is lost by the switch"


def _timeout(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    before, after = (number("3" if side is ABSENT else side) for side in (old, new))
    if after < before:
        yield Effect(
            Severity.INTERRUPTION,
            f"has {context.shown(new)} s for a batch, {context.shown(old)} before: batches that take longer fail",
            "Firehose tries a batch again, then puts it below processing-failed",
            "look at the function's Duration metric first",
        )
    else:
        yield Effect(Severity.SAFE, f"has {context.shown(new)} s for a batch (Firehose waits 300 at the most)")


def _environment(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    former, latter = (side if isinstance(side, Mapping) else {} for side in (old, new))
    names = [name for name in {**former, **latter} if former.get(name) != latter.get(name)]
    yield Effect(Severity.UNKNOWN, f"its environment changes in {', '.join(names) or 'nothing'}", _CODE, _TRY)


def _network(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new is ABSENT:
        yield Effect(
            Severity.READERS,
            "runs outside of a VPC from now on, without a way to what is private there",
        )
    else:
        yield Effect(
            Severity.READERS,
            f"runs in {'other subnets or groups' if old is not ABSENT else 'a VPC'} from now on",
            "a function in a VPC has no way out but the VPC's own: it puts rejected and re-queued events to Firehose",
            "see that a VPC endpoint of Firehose, or a NAT gateway, lets it out",
        )


def _concurrency(context: Context, old: Any, new: Any) -> Iterator[Effect]:
    if new == "0":
        yield Effect(Severity.INTERRUPTION, "can no longer be called", "ReservedConcurrentExecutions is 0")
        return
    if new is ABSENT:
        yield Effect(
            Severity.SAFE, f"may run as often at once as the account lets it, {context.shown(old)} times before"
        )
        return
    yield from lowered(
        Severity.INTERRUPTION,
        "runs {new} times at once at the most, {old} before: calls beyond that are throttled",
        "may run {new} times at once, {old} before",
        "Firehose tries a throttled batch again, then puts it below processing-failed",
    )(context, old, new)


FUNCTION = Kind(
    "function",
    {
        "Architectures": fixed(
            Severity.UNKNOWN, "runs on {new}, on {old} before", "compiled parts must be built for it"
        ),
        "Code": fixed(Severity.CODE, "has new code", f"{_AT_ONCE}; {_CODE}", _TRY),
        "DeadLetterConfig": safe("its dead letters go to {new}; Firehose's calls have none"),
        "Description": safe("its description changes"),
        "Environment.Variables": _environment,
        "EphemeralStorage": fixed(Severity.UNKNOWN, "has {new} of disk, {old} before"),
        "Handler": fixed(Severity.CODE, "runs {new}, {old} before", f"{_AT_ONCE}; {_CODE}", _TRY),
        "Layers": fixed(Severity.CODE, "has other layers: {new}", _CODE, _TRY),
        "LoggingConfig": fixed(Severity.READERS, "logs to {new} from now on, to {old} before: its old logs stay there"),
        "MemorySize": lowered(
            Severity.INTERRUPTION,
            "has {new} MB of memory, {old} before: it is slower, and large batches may not fit",
            "has {new} MB of memory, {old} before: faster, and dearer for each millisecond",
            way_out="look at its Duration and Max Memory Used first",
            default="128",
        ),
        "ReservedConcurrentExecutions": _concurrency,
        "Runtime": fixed(Severity.UNKNOWN, "runs on {new}, on {old} before", _CODE, _TRY),
        "Tags": safe("its tags change"),
        "Timeout": _timeout,
        "TracingConfig": safe("its tracing is {new}"),
        "VpcConfig": _network,
    },
    gone=lost(Severity.READERS, ": callers outside of this stack fail"),
    names=("FunctionName",),
)

PERMISSION = Kind(
    "right to call a function",
    {},
    part_of="FunctionName",
    gone=lost(
        Severity.INTERRUPTION,
        ": its principal may no longer call the function",
        way_out="see that nothing needs it: Firehose calls by its role, API Gateway and CloudWatch Logs by this",
        anew=": the new one is made first",
    ),
)

ALIAS = Kind(
    "function alias",
    {
        "Description": safe("its description changes"),
        "FunctionVersion": fixed(Severity.CODE, "stands for {new}, for {old} before", f"{_AT_ONCE}; {_CODE}", _TRY),
        "RoutingConfig": fixed(Severity.CODE, "routes calls by {new}, by {old} before", _CODE),
    },
    part_of="FunctionName",
    gone=lost(Severity.INTERRUPTION, ": callers that use it fail", way_out="callers name the new one first"),
    names=("FunctionName", "Name"),
)

KINDS = {
    "AWS::Lambda::Alias": ALIAS,
    "AWS::Lambda::Function": FUNCTION,
    "AWS::Lambda::LayerVersion": Kind("layer", gone=lost(Severity.SAFE, ": functions that use it keep it")),
    "AWS::Lambda::Permission": PERMISSION,
    "AWS::Lambda::Version": Kind(
        "function version",
        part_of="FunctionName",
        gone=lost(Severity.READERS, ": callers of this version's ARN fail"),
    ),
}
