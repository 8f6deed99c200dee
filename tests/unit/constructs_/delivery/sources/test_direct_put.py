from __future__ import annotations

from cdk_clickstream import Source
from support.stacks import STREAM, Synthesized, new_stack, stream_in


def test_direct_put_can_hint_at_its_throughput() -> None:
    """facts/cloudformation.md#delivery-stream: informational only."""
    stack = new_stack()
    stream_in(stack, source=Source.direct_put(throughput_hint=20))
    found = Synthesized(stack).only(STREAM)
    assert found["DeliveryStreamType"] == "DirectPut"
    assert found["DirectPutSourceConfiguration"] == {"ThroughputHintInMBs": 20}
