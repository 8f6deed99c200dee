"""How the endpoint is built, beside who may call it."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_clickstream.client_context import ClientContext
from cdk_clickstream.throttle import Throttle


@dataclass(frozen=True)
class EndpointOptions:
    """Routes of the endpoint, and what it writes down of a request.

    Parameters
    ----------
    client:
        What the context line of a record says of the client. Default: ``ClientContext()``.
    records:
        Whether there is ``POST /records``, one record per event with a result for each. Firehose bills a record as
        5 KB at least, so 500 small events cost as much as 2.5 MB there. Default: ``True``.
    records_throttle:
        Requests to ``POST /records`` of all callers together; each holds up to 500 records.
        Default: ``Throttle(rate=20, burst=20)``, which bounds what an unknown caller can cost.
    """

    client: ClientContext = ClientContext()
    records: bool = True
    records_throttle: Throttle = Throttle(rate=20, burst=20)
