"""``POST /records``: one record per event, with a result for each."""

from __future__ import annotations

from integ.check import Steps, check
from integ.deployment import Deployment
from integ.outcome import expect, holds

MOST = 500


@check("records-template")
def records_template(on: Deployment) -> Steps:
    """A batch of 500 events, one of them bad, makes 499 rows and one rejected event; a batch of one makes a row."""
    ids = [on.event_id(f"record-{number}") for number in range(MOST)]
    events = [{"event_name": "click", "event_id": event_id, "pos_x": number} for number, event_id in enumerate(ids)]
    # Of the wrong type: the gate takes it, the transform does not.
    bad = events[250] | {"value": "12"}
    answer = on.post("Main", [*events[:250], bad, *events[251:]], path="/records")
    expect(answer.status == 202, f"a batch of {MOST} was answered {answer.status}")
    expect((answer.json() or {}).get("failed") == 0, "the answer does not say that nothing failed")
    alone = on.event_id("record-alone")
    single = on.post("Main", [{"event_name": "click", "event_id": alone}], path="/records")
    expect(single.status == 202, f"a batch of one was answered {single.status}")
    yield
    good = [event_id for number, event_id in enumerate(ids) if number != 250]
    rows = on.wait_for_rows("Main", [*good, alone])
    expect(
        all(rows[event["event_id"]]["pos_x"] == event["pos_x"] for event in events if event["event_id"] in good),
        ("rows hold the values of other events"),
    )
    rejected = on.wait_for_rejected("Main", ids[250])
    expect(ids[250] not in {row["event_id"] for row in on.rows("Main")}, "the bad event is a row")
    return holds(
        f"{len(rows)} rows, each with its own values; the bad event is kept for {len(rejected['reasons'])} reason"
    )


@check("too-large-batch")
def too_large_batch(on: Deployment) -> Steps:
    """A batch over 4 MiB is answered 413 and says the limit."""
    answer = on.post("Main", [{"event_name": "click", "page_title": "x" * 900_000}] * 5, path="/records")
    yield
    said = str((answer.json() or {}).get("message", ""))
    expect(answer.status == 413, f"it was answered {answer.status}: the service's message is another one by now")
    expect("4 MiB" in said, "the answer does not say the limit")
    return holds("4.5 MB in 5 records were answered 413 with the limit of 4 MiB")
