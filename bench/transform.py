"""Events per CPU-second of the click transform against what one writes by hand, as one table of ratios.

    python bench/transform.py [EVENTS] [ROUNDS]

The cases take turns on the same events, so that a noisy machine disturbs them alike; each answers whole batches, base64
included. The yardstick is the logic of AWS's general blueprint on Python 3: decode, parse, change one member, encode;
it checks nothing and derives nothing. Addresses, referrers and user agents come from a public access log where the
sample data is present (559 user agents in 10,000 requests), and are made up in the same numbers where it is not.
Read the ratios: the figures themselves belong to the machine.
"""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import subprocess
import sys
import time
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import clickstream_transform
from clickstream_transform.digest import digest
from clickstream_transform.handler import _processor
from clickstream_transform.harness import Harness
from clickstream_transform.options import Options
from clickstream_transform.records.codec import compact, scan

CHECKOUT = Path(__file__).parent.parent
SAMPLES = Path(os.environ.get("CLICKSTREAM_SHARED", CHECKOUT.parent / "shared"))
PACKAGE = Path(clickstream_transform.__file__).parent
ARRIVAL = 1_795_255_200_999
RECORDS_PER_BATCH = 1_000
GENERAL = "general blueprint: parse, change, encode"
ONE_EVENT = "click, everything on, requests of 1 event"
GOALS = {ONE_EVENT: 0.35, "click, everything on, bare events": 0.35}
"""What transforms.md 8 asks for, with the user agents of the access log."""

Run = Callable[[Sequence[dict[str, Any]]], None]
Visit = tuple[dict[str, Any], str, str]
"""An event, and what the endpoint knows of its sender: address and user agent."""


def main(events: int, rounds: int) -> None:
    """Measure every case in turn and print the table."""
    visits = workload(events)
    agents = len({agent for _, _, agent in visits})
    batches = {shape: to_batches(records) for shape, records in shapes(visits).items()}
    cases = {name: (shape, run) for name, shape, make in CASES if (run := make()) is not None}
    results: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, (shape, run) in cases.items():
            start = time.process_time()
            run(batches[shape])
            if turn:  # the first warms the caches
                results[name].append(events / (time.process_time() - start))
    size = sum(len(compact(event)) for event, _, _ in visits) / events
    print(f"{events} events of {size:.0f} B on average, {agents} user agents; median of {rounds} interleaved runs")
    real = bool(access_log())
    if not real:
        print("made-up visitors, all new to the caches: the goals are for those of the sample data, which is not here")
    print(f"{'case':58}{'events/CPU-s':>14}{'of general':>12}{'goal':>7}")
    yardstick = results[GENERAL]
    for name, _, _ in CASES:
        if name not in results:
            print(f"{name:58}{'not installed':>14}   (requirements/bench.txt)")
            continue
        ratio = median(rate / general for rate, general in zip(results[name], yardstick, strict=True))
        print(f"{name:58}{median(results[name]):>14,.0f}{ratio:>12.2f}{GOALS.get(name, '') if real else '':>7}")
    print(f"cold import of the handler: {cold_import():.1f} ms over the bare interpreter")


def workload(count: int) -> list[Visit]:
    """Page views with everything a tracker sends; the same on every machine that has the same sample data."""
    requests = access_log() or made_up()
    visits = []
    for number in range(count):
        address, path, referrer, agent = requests[number % len(requests)]
        # A third of all visits comes from a campaign, with a click id that no other visit has.
        query = f"utm_source=mail&utm_campaign=spring&gclid={digest(b'%d' % number)}" if number % 3 == 0 else ""
        event = {
            "event_id": f"{number:08x}-4a55-4d55-9b0e-0c1f2a3b4c5d",
            "event_name": "page_view",
            "client_time": f"2026-11-21T09:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}Z",
            "sent_at": f"2026-11-21T09:{number // 60 % 60:02}:59.{number % 1000:03}Z",
            "app_id": "shop",
            "anonymous_id": digest(b"a%d" % (number % 700)),
            "session_id": digest(b"s%d" % (number % 900)),
            "session_number": number % 30,
            "page_url": f"https://www.shop.example{path}" + ("&" if "?" in path else "?" if query else "") + query,
            "page_title": "Jordan’s shop: all kinds of things",
            "page_referrer": referrer,
            "viewport_width": 1280,
            "viewport_height": 720,
            "language": "en-GB",
            "properties": {"list": "search", "position": number % 40},
        }
        visits.append((event, address, agent))
    return visits


def access_log() -> list[tuple[str, str, str, str]]:
    """Address, path, referrer and user agent of real requests; empty where the sample data is not here."""
    log = SAMPLES / "data" / "apache" / "elastic_apache_logs.log"
    if not log.exists():
        return []
    pattern = re.compile(r'(\S+) \S+ \S+ \[[^]]*\] "\S+ (\S+)[^"]*" \d+ \S+ "([^"]*)" "([^"]*)"')
    return [match.groups() for line in log.read_text("utf-8").splitlines() if (match := pattern.match(line))]


def made_up() -> list[tuple[str, str, str, str]]:
    """Requests with as many different user agents, pages and referrers as the access log has, in rotation."""
    return [
        (
            f"203.0.{number % 113}.{number % 256}",
            f"/products/{number % 1500}",
            f"https://www.google.com/search?q={number % 1300}",
            f"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/{number % 559}.0 Safari/537.36",
        )
        for number in range(10_000)
    ]


def shapes(visits: list[Visit]) -> dict[str, list[bytes]]:
    """The same events as records: bare, and as requests of one and of twenty events."""
    bare = [compact(event | {"ip": address, "user_agent": agent}).encode() + b"\n" for event, address, agent in visits]
    return {
        "bare": bare,
        "requests of 1": [request(number, [visit]) for number, visit in enumerate(visits)],
        "requests of 20": [request(number, visits[number : number + 20]) for number in range(0, len(visits), 20)],
    }


def request(number: int, visits: list[Visit]) -> bytes:
    """A record as the endpoint's mapping template writes it."""
    _, address, agent = visits[0]
    boundary = f"Jx9Zb{number:06}jEFq1w="
    line = {"clickstream": 1, "kind": "request", "received_at": ARRIVAL - number, "ip": address, "user_agent": agent}
    body = compact([event for event, _, _ in visits] if len(visits) > 1 else visits[0][0])
    return b"\n".join([compact(line | {"boundary": boundary}).encode(), body.encode(), boundary.encode(), b""])


def to_batches(records: list[bytes], step: int | None = None) -> list[dict[str, Any]]:
    """Invocations as Lambda receives them, of ``step`` records; else each small enough for its answer to fit."""
    entries = [
        {
            "recordId": f"{number:062d}",
            "approximateArrivalTimestamp": ARRIVAL,
            "data": b2a_base64(record, newline=False).decode(),
        }
        for number, record in enumerate(records)
    ]
    step = step or (RECORDS_PER_BATCH if len(records) > RECORDS_PER_BATCH else 50)
    arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks"
    return [
        {"deliveryStreamArn": arn, "records": entries[start : start + step]} for start in range(0, len(entries), step)
    ]


class Context:
    """What the harness asks of the invocation's context."""

    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:transform"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def click_harness(**options: Any) -> Harness:
    """Our handler's harness with the click schema; events that are rejected fail their record."""
    chosen = Options.from_dict(options)
    return Harness(_processor(str(PACKAGE), chosen), chosen, reject_stream=None, emit=lambda line: None)


def click(**options: Any) -> Callable[[], Run]:
    """Our handler as a case."""

    def make() -> Run:
        harness = click_harness(**options)

        def run(batches: Sequence[dict[str, Any]]) -> None:
            for batch in batches:
                answers = harness.handle(batch, Context())["records"]
                assert all(answer["result"] == "Ok" for answer in answers)

        return run

    return make


def per_record(change: Callable[[str], str]) -> Run:
    """A handler that keeps the contract and nothing else; ``change`` takes and gives base64."""

    def run(batches: Sequence[dict[str, Any]]) -> None:
        for batch in batches:
            records = [
                {"recordId": record["recordId"], "result": "Ok", "data": change(record["data"])}
                for record in batch["records"]
            ]
            assert len({"records": records}["records"]) == len(batch["records"])

    return run


def general() -> Run:
    def change(data: str) -> str:
        event = json.loads(base64.b64decode(data))
        event["processed"] = True
        return base64.b64encode((json.dumps(event) + "\n").encode()).decode()

    return per_record(change)


def bare_stdlib() -> Run:
    def change(data: str) -> str:
        event = scan(a2b_base64(data).decode(), 0)[0]
        event["processed"] = True
        return b2a_base64(compact(event).encode() + b"\n", newline=False).decode()

    return per_record(change)


def bare_orjson() -> Run | None:
    if find_spec("orjson") is None:
        return None
    import orjson

    def change(data: str) -> str:
        event = orjson.loads(a2b_base64(data))
        event["processed"] = True
        return b2a_base64(orjson.dumps(event) + b"\n", newline=False).decode()

    return per_record(change)


def powertools() -> Run | None:
    if find_spec("aws_lambda_powertools") is None:
        return None
    from aws_lambda_powertools.utilities.data_classes import (  # type: ignore[import-not-found]
        KinesisFirehoseDataTransformationResponse,
        KinesisFirehoseEvent,
    )

    def run(batches: Sequence[dict[str, Any]]) -> None:
        for batch in batches:
            response = KinesisFirehoseDataTransformationResponse()
            for record in KinesisFirehoseEvent(batch).records:
                event = record.data_as_json
                event["processed"] = True
                data = base64.b64encode((json.dumps(event) + "\n").encode()).decode()
                response.add_record(record.build_data_transformation_response("Ok", data=data))
            assert len(response.asdict()["records"]) == len(batch["records"])

    return run


def cold_import() -> float:
    """Milliseconds of processor time of importing the handler, compiled, without site packages."""
    code = "import clickstream_transform.handler"
    environment = {"PYTHONPATH": str(PACKAGE.parent), "PATH": os.environ["PATH"]}

    def start(code: str) -> float:
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-S", "-c", code], env=environment, check=True)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return end.ru_utime - begin.ru_utime + end.ru_stime - begin.ru_stime

    start(code)
    # The best of each: anything that disturbs a start makes it longer, nothing makes it shorter.
    return (min(start(code) for _ in range(21)) - min(start("pass") for _ in range(21))) * 1000


CASES: list[tuple[str, str, Callable[[], Run | None]]] = [
    (GENERAL, "bare", general),
    ("bare standard library, codec built once", "bare", bare_stdlib),
    ("bare orjson", "bare", bare_orjson),
    ("powertools data classes", "bare", powertools),
    ("click, everything on, bare events", "bare", click()),
    (ONE_EVENT, "requests of 1", click()),
    ("click, everything on, requests of 20 events", "requests of 20", click()),
    ("click, no enrichments, requests of 20 events", "requests of 20", click(enrichments=[])),
]


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], *["10000", "5"][len(sys.argv) - 1 :]]))
