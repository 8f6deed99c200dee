"""What the endpoint answers."""

from __future__ import annotations

from integ.check import Steps, check
from integ.deployment import Deployment
from integ.outcome import expect, holds

_EVENT = b'{"event_name": "click"}'
_JSON, _TEXT, _XML = "application/json", "text/plain;charset=UTF-8", "application/xml"
REFUSALS = (
    ("malformed JSON", b'{"event_name": ', _JSON, "/events", 400),
    ("an empty array", b"[]", _JSON, "/events", 400),
    ("501 events", b"[" + b",".join([_EVENT] * 501) + b"]", _JSON, "/events", 400),
    ("an event without a name", b'{"page_url": "/"}', _JSON, "/events", 400),
    ("one bad event of two", b'[{"event_name": "a"}, {"event_name": 1}]', _JSON, "/events", 400),
    ("a beacon without a name", b'{"page_url": "/"}', _TEXT, "/events", 400),
    ("an empty body", b"", _JSON, "/events", 400),
    ("no array at /records", _EVENT, _JSON, "/records", 400),
    ("another content type", _EVENT, _XML, "/events", 415),
    ("an unknown path", _EVENT, _JSON, "/event", 403),
)
"""What is sent, as what, where, and the status of the answer.

Source: facts/api-gateway.md#templates, #request-validation, #gateway-responses.
"""


@check("gateway-answers")
def gateway_answers(on: Deployment) -> Steps:
    """What breaks the model, has another type, another path or no key is refused with the documented status."""
    wrong = []
    for what, body, content_type, path, status in REFUSALS:
        answer = on.post("Main", body, path=path, headers={"Content-Type": content_type})
        if answer.status != status:
            wrong.append(f"{what}: {answer.status} instead of {status}")
        if "access-control-allow-origin" not in answer.headers:
            wrong.append(f"{what}: no CORS header")
    without = on.post("Main", _EVENT, with_key=False)
    if without.status != 403:
        wrong.append(f"no API key: {without.status} instead of 403")
    yield
    expect(not wrong, "; ".join(wrong))
    return holds(f"{len(REFUSALS) + 1} bad requests were answered as documented, with CORS headers")


@check("too-large-record")
def too_large_record(on: Deployment) -> Steps:
    """A request too large for a record is answered 413 and says the limit."""
    answer = on.post("Main", [{"event_name": "click", "page_title": "x" * 4_000}] * 300)
    yield
    said = str((answer.json() or {}).get("message", ""))
    expect(answer.status == 413, f"it was answered {answer.status}: the service's message is another one by now")
    expect("1,024,000" in said, "the answer does not say the limit")
    return holds("1.2 MB were answered 413 with the limit of 1,024,000 bytes")


@check("beacon")
def beacon(on: Deployment) -> Steps:
    """What ``navigator.sendBeacon`` posts, text with a charset, is taken."""
    event_id = on.event_id("beacon")
    body = b'{"event_name": "page_view", "event_id": "%s"}' % event_id.encode()
    answer = on.post("Main", body, headers={"Content-Type": _TEXT})
    yield
    expect(answer.status == 202, f"it was answered {answer.status}")
    on.wait_for_rows("Main", [event_id])
    return holds("text/plain;charset=UTF-8 was answered 202 and is a row")
