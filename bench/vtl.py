"""How long a mapping template takes: rendered from its compiled form, and compiled anew for each request.

    python bench/vtl.py [seconds per figure]

The second column is what an engine costs that parses the template every time; the ratio is what compiling once saves.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from clickstream_local.vtl import MappingTemplate

EVENT = {
    "event_id": "6f1b0c1e-4a55-4d55-9b0e-0c1f2a3b4c5d",
    "event_name": "click",
    "client_time": "2026-01-02T03:04:05.123Z",
    "page_url": "https://shop.example/products/42?utm_source=mail&utm_campaign=spring",
    "user": 'Zoë "Z" O\'Hara',
    "x": 10,
    "y": -3,
    "price": 12.5,
    "sequence": 1234567890123,
    "tags": ["a", "b/c"],
    "properties": {"k 1": "v", "emoji": "日本"},
    "referrer": None,
    "logged_in": True,
}
CONTEXT = {
    "identity": {"sourceIp": "203.0.113.9", "userAgent": "Mozilla/5.0 (X11; Linux) 'x'"},
    "extendedRequestId": "Zx=",
}

PUT_RECORD = """#set($nl = "
")
#set($body = $input.json('$'))
{"DeliveryStreamName": "clicks", "Record": {"Data": "$util.base64Encode("$body$nl")"}}"""

CONTEXT_LINE = """#set($q = '"')
#set($nl = "
")
#set($ua = $util.escapeJavaScript("$!context.identity.userAgent").replaceAll("\\\\'","'"))
#set($id = $util.escapeJavaScript("$!context.extendedRequestId").replaceAll("\\\\'","'"))
#set($line = "{${q}user_agent${q}:${q}$ua${q},${q}ip${q}:${q}$context.identity.sourceIp${q}}")
{"DeliveryStreamName":"clicks","Record":{"Data":"$util.base64Encode("$line$nl$input.body$nl$id$nl")"}}"""

PUT_RECORD_BATCH = """#set($nl = "
")
{"DeliveryStreamName": "clicks", "Records": [
#foreach($record in $input.path('$.records'))
#set($i = $foreach.index)
#set($json = $input.json("$.records[$i]"))
{"Data": "$util.base64Encode("$json$nl")"}#if($foreach.hasNext),#end

#end
]}"""


def batch(size: int) -> dict[str, Any]:
    return {"records": [{**EVENT, "sequence": number} for number in range(size)]}


def microseconds(call: Callable[[], object], seconds: float) -> float:
    """The best mean of short rounds, so that other work on the machine does not count."""
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(20):
            call()
        best = min(best, (time.perf_counter() - start) / 20)
    return best * 1e6


def put_record_microseconds(seconds: float = 0.3) -> float:
    """One render of the put-record template."""
    template, body = MappingTemplate(PUT_RECORD), json.dumps(EVENT, ensure_ascii=False)
    return microseconds(lambda: template.render(body=body, context=dict(CONTEXT)), seconds)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
    rows: list[tuple[str, str, Any, int]] = [
        ("put-record", PUT_RECORD, EVENT, 1),
        ("context line", CONTEXT_LINE, EVENT, 1),
        *((f"put-record-batch of {size}", PUT_RECORD_BATCH, batch(size), size) for size in (1, 20, 100, 500)),
    ]
    print(f"{'template':26}{'us/render':>12}{'us/record':>12}{'parse each time':>18}{'ratio':>8}")
    for name, text, document, records in rows:
        body = json.dumps(document, ensure_ascii=False)
        template = MappingTemplate(text)

        def rendered(template: MappingTemplate = template, body: str = body) -> str:
            return template.render(body=body, context=dict(CONTEXT))

        def parsed(text: str = text, body: str = body) -> str:
            return MappingTemplate(text).render(body=body, context=dict(CONTEXT))

        once, each = microseconds(rendered, seconds), microseconds(parsed, seconds)
        print(f"{name:26}{once:12.1f}{once / records:12.1f}{each:18.1f}{each / once:8.1f}")


if __name__ == "__main__":
    main()
