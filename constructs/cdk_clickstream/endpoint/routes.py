"""Routes that take events: request models and mapping templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.endpoint.client_context import ClientContext
from cdk_clickstream.endpoint.request_model import event_model, events_model, records_model
from cdk_clickstream.endpoint.templates.put_events import (
    ACCEPTED_TEMPLATE,
    KINESIS_REFUSED_TEMPLATE,
    REFUSED_TEMPLATE,
    put_event_template,
    put_events_template,
)
from cdk_clickstream.endpoint.templates.put_records import (
    batch_answer_template,
    batch_refused_template,
    put_bare_records_template,
    put_records_template,
)


@dataclass(frozen=True)
class Route:
    """A path with a ``POST`` method.

    Attributes
    ----------
    path:
        Below the API's root.
    action:
        Of the service.
    model_id, model:
        Construct id and JSON Schema of what a body must be.
    request, accepted, refused:
        Mapping templates: to the service, of its success, and of whatever is neither success nor a 5xx.
    statuses:
        That the method may answer.
    """

    path: str
    action: str
    model_id: str
    model: dict[str, Any]
    request: str
    accepted: str
    refused: str
    statuses: tuple[str, ...] = ("202", "413", "502", "503")


def events_route(
    target: Target, principal: str, *, client: ClientContext, token: str | None, event: dict[str, Any]
) -> Route:
    """``POST /events``: one record for the whole request; without a token, which is one event, put as it is."""
    return Route(
        path="events",
        action="PutRecord",
        model_id="EventsModel",
        model=event_model(event) if token is None else events_model(event),
        request=put_event_template(target) if token is None else put_events_template(target, principal, token, client),
        accepted=ACCEPTED_TEMPLATE,
        refused=KINESIS_REFUSED_TEMPLATE if target.service == "kinesis" else REFUSED_TEMPLATE,
    )


def records_route(
    target: Target, principal: str, *, client: ClientContext, token: str | None, event: dict[str, Any]
) -> Route:
    """``POST /records``: one record for each event; without a token the event is put as it is."""
    return Route(
        path="records",
        action=target.put_many,
        model_id="RecordsModel",
        model=records_model(event),
        request=(
            put_bare_records_template(target)
            if token is None
            else put_records_template(target, principal, token, client)
        ),
        accepted=batch_answer_template(target),
        refused=batch_refused_template(target),
        statuses=("202", "207", "413", "502", "503"),
    )
