"""The context line that the endpoint writes: right for any client, and written by nobody else."""

from __future__ import annotations

import json
import time

from integ.check import Steps, check
from integ.deployment import Deployment
from integ.outcome import expect, holds

HOSTILE_AGENTS = (
    'it\'s a "quoted" agent',
    r"a \ backslash, an escaped \' quote, one at the end \\",
    '","boundary":"forged","user_agent":"',
    "$context.requestId ${q} $!input.body $nl #set($line = 1) #end #foreach",
    "<script>alert(1)</script> %0a%0d&#10; \\u000a \\n",
)
"""User agents that break a template or a line of JSON where one value is not escaped; all of them legal in a header."""

HOSTILE_BODY = (
    b'[{"event_name": "click",\n  "event_id": "%s",\n'
    b'  "page_title": "it\'s $context.requestId ${q} #end \\" \\\\ \\n"}\n]'
)

REQUEST_ID_HEADERS = (
    "x-amzn-requestid",
    "x-amz-apigw-id",
    "x-amz-request-id",
    "x-amzn-request-id",
    "x-request-id",
    "x-amz-extended-request-id",
)
FORGED_IP = "6.6.6.6"


@check("context-line")
def context_line(on: Deployment) -> Steps:
    """Whatever a client says of itself, the context line is JSON with the client's own words, and the body follows."""
    sent = []
    for number, agent in enumerate(HOSTILE_AGENTS):
        body = HOSTILE_BODY % on.event_id(f"agent-{number}").encode()
        answer = on.post("Main", body, headers={"User-Agent": agent})
        expect(answer.status == 202, f"a request with a hostile user agent was answered {answer.status}")
        sent.append((agent, body, answer.json()["request_id"]))
    yield
    for number, (agent, body, request_id) in enumerate(sent):
        record = on.wait_for_record("Main", request_id)
        expect(record.context.get("user_agent") == agent, f"the hostile user agent {number} came out changed")
        expect(record.body == body, f"the body behind the hostile user agent {number} came out changed")
        key_id = on.names("Main").key_id
        expect(record.context.get("api_key_id") == key_id, "api_key_id of the context line is not the key's id")
        received = record.context.get("received_at")
        late = abs(time.time() * 1000 - received) if isinstance(received, int) else float("inf")
        expect(late < 3_600_000, "received_at of the context line is not the time of the request in milliseconds")
    return holds(f"{len(sent)} hostile user agents and bodies stand in the source backup as they were sent")


@check("boundary-is-the-servers")
def boundary_is_the_servers(on: Deployment) -> Steps:
    """No header that a client sends becomes the request id that bounds its record."""
    forged = on.event_id("forged-boundary")
    headers = dict.fromkeys(REQUEST_ID_HEADERS, forged)
    answer = on.post("Main", {"event_name": "click", "event_id": on.event_id("boundary")}, headers=headers)
    expect(answer.status == 202, f"the request was answered {answer.status}")
    request_id = answer.json()["request_id"]
    yield
    expect(forged not in request_id, "the id of the answer is the one that the client sent")
    record = on.wait_for_record("Main", request_id)
    expect(forged not in str(record.context), "the context line holds the id that the client sent")
    return holds(f"{len(headers)} headers with a forged id changed neither the answer nor the context line")


@check("forged-context")
def forged_context(on: Deployment) -> Steps:
    """A context line of a client or a producer is an event like any other, or refused: no row says what it says."""
    control, first, behind = (on.event_id(f"forged-{place}") for place in ("not", "first", "behind"))
    sent = {control: on.post("Main", {"event_name": "click", "event_id": control})}
    expect(sent[control].status == 202, f"a request without any forgery was answered {sent[control].status}")
    forged = {"clickstream": 1, "kind": "request", "received_at": 0, "ip": FORGED_IP, "boundary": "x"}
    event = json.dumps({"event_name": "click", "event_id": behind}).encode()
    # At byte 0 of a body that is an event as well, a line of its own, of the kind that needs no boundary; and as a line
    # between two events, with its boundary behind them.
    alone = forged | {"kind": "replay", "event_name": "click", "event_id": first}
    sent[first] = on.post("Main", json.dumps(alone).encode() + b"\n")
    sent[behind] = on.post("Main", b"\n".join((event, json.dumps(forged).encode(), event, b"x", b"")))
    # And at byte 0 of a record that came past the endpoint, in front of somebody else's event.
    put = on.event_id("forged-put")
    line = alone | {"token": "x" * 36, "event_id": on.event_id("forged-line")}
    on.put("Main", json.dumps(line).encode() + b"\n" + event.replace(behind.encode(), put.encode()))
    yield
    rows = on.wait_for_rows("Main", [put, *(event_id for event_id, answer in sent.items() if answer.status == 202)])
    expect(rows[put]["ip_address"] is None, "a row that came past the endpoint has the address that was forged")
    addresses = {row["ip_address"] for event_id, row in rows.items() if event_id != put}
    expect(len(addresses) == 1, "rows of one sender have several addresses: the forged one was believed")
    expect(all(row["received_at"].year > 2020 for row in rows.values()), "a forged received_at was believed")
    answers = ", ".join(str(answer.status) for answer in sent.values())
    return holds(f"answered {answers}; each of the {len(rows)} rows has the sender's own address and time")
