from __future__ import annotations

import json

from cdk_clickstream import Source
from support.stacks import new_stack, stream_in


def test_the_body_of_a_put_names_the_stream_that_takes_it() -> None:
    stack = new_stack()
    other = new_stack()
    bodies = [
        json.dumps(one.resolve(stream_in(one, source=source).target.put_one_body("$data"))).replace("\\", "")
        for one, source in ((stack, Source.direct_put()), (other, Source.kinesis()))
    ]
    assert '"Record":{"Data":"$data"}' in bodies[0]
    assert '"PartitionKey":"$context.extendedRequestId","Data":"$data"' in bodies[1]
