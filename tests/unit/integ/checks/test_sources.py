"""The check of what a rule writes."""

from __future__ import annotations

import json
import secrets

import boto3
import pytest

from integ.outcome import Verdict
from support.integ.runs import Running, run_check, simulated

pytestmark = pytest.mark.xdist_group("integ")


@pytest.mark.parametrize(("end", "verdict"), [(b"", Verdict.DOES_NOT_HOLD), (b"\n", Verdict.HOLDS)])
def test_records_of_a_rule_are_looked_at_for_their_newlines(
    running: Running, session: boto3.Session, end: bytes, verdict: Verdict
) -> None:
    """Nothing carries an event from moto's bus to the stream: the test does, with and without the newline."""
    bus = f"orders-{secrets.token_hex(3)}"
    session.client("events").create_event_bus(Name=bus)
    on = simulated(running["Core"], session, BusEventBus=bus)
    order = {"event_name": "order_placed", "value": 12.5}
    on.put("Bus", *(json.dumps(order | {"event_id": on.event_id(f"order-{one}")}).encode() + end for one in range(3)))
    outcome = run_check("bus-newline", on)
    assert outcome.verdict is verdict, outcome.evidence
