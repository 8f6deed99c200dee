"""Events as people send them first, from the endpoint to rows."""

from __future__ import annotations

import json

import pytest

from support.running_pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("pipeline")
NAMES = ["Order Completed", "$pageview", "заказ оформлен", "注文完了"]


def test_names_numbers_and_epoch_times_of_other_services_become_rows(pipeline: Pipeline) -> None:
    events = [
        {"event_name": name, "user_id": 42, "session_id": 1_700_000_000_000, "client_time": time, "sent_at": time}
        for name, time in zip(
            NAMES, [1_795_255_100, 1_795_255_100.5, 1_795_255_100_123, 1_795_255_100_999], strict=True
        )
    ]
    answer = pipeline.post(json.dumps(events).encode())
    assert answer.status == 202, answer.body
    pipeline.flush()
    rows = pipeline.rows()
    assert {row["event_name"] for row in rows} == set(NAMES)
    assert {(row["user_id"], row["session_id"]) for row in rows} == {("42", "1700000000000")}
    assert {str(row["client_time"])[:16] for row in rows} == {"2026-11-21 09:58"}


@pytest.mark.parametrize("body", [{"batch": [{"event_name": "a"}]}, {"events": [{"event_name": "a"}]}])
def test_a_batch_inside_an_object_is_refused_with_the_way_out(pipeline: Pipeline, body: object) -> None:
    answer = pipeline.post(json.dumps(body).encode())
    assert answer.status == 400
    assert "send the array alone" in json.loads(answer.body)["hint"]
