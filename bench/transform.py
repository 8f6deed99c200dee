"""Events per CPU-second of the click transform against what one writes by hand, as one table of ratios.

    python bench/transform.py [EVENTS] [ROUNDS]

The cases take turns on the same events, so that a noisy machine disturbs them alike; each answers whole batches, base64
included. The yardstick is the logic of AWS's general blueprint on Python 3: decode, parse, change one member, encode;
it checks nothing and derives nothing. Addresses, referrers and user agents come from a public access log where the
sample data is present (559 user agents in 10,000 requests), and are made up in the same numbers where it is not.
With visitors who are new nothing is in a cache: each round has other addresses, pages, referrers, ids and agents, and a
harness of its own. Then events are made larger, and what they cost is fitted by a power of their size.
Read the ratios: the figures themselves belong to the machine. Writes ``bench/reports/transform.md``.
"""

from __future__ import annotations

import base64
import json
import math
import os
import platform
import re
import resource
import subprocess
import sys
import time
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, NamedTuple

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
REPORT = CHECKOUT / "bench" / "reports" / "transform.md"
COLD_IMPORT, EXPONENT = 20.0, 1.15
"""What importing may take, in milliseconds, and how cost may grow with size."""

Run = Callable[[Sequence[dict[str, Any]]], None]
Visit = tuple[dict[str, Any], str, str]
"""An event, and what the endpoint knows of its sender: address and user agent."""


class Visitors(Enum):
    """Who sends the events of a round."""

    SAME = "the same each round"
    NEW = "new each round"
    EVERY_AGENT = "new, an agent each"


class Case(NamedTuple):
    """What is measured: a handler on records of a shape, and the ratio that it has to reach."""

    name: str
    shape: str
    visitors: Visitors
    make: Callable[[], Run | None]
    goal: float | None = None


def main(events: int, rounds: int) -> int:
    """Measure every case in turn, print the report and write it; 1 where a goal is missed."""
    results = measured(events, rounds)
    visits = workload(events)
    size = sum(len(compact(event)) for event, _, _ in visits) / events
    agents = len({agent for _, _, agent in visits})
    real = bool(access_log())
    lines = [
        "# Speed of the click transform",
        "",
        f"`python -m bench transform` on {datetime.now(UTC):%Y-%m-%d}: Python {platform.python_version()}. "
        f"{events:,} events of {size:.0f} bytes on average,",
        f"{agents} user agents; median of {rounds} interleaved rounds, by CPU time. The ratios are what counts.",
        f"{os.cpu_count()} cores shared with other work (load {os.getloadavg()[0]:.1f} at the end).",
        "",
    ]
    if not real:
        lines += ["The visitors are made up: the goals are for those of the sample data, which is not here.", ""]
    lines += ["| case | visitors | events a CPU second | of the general blueprint | goal |", "|---|---|---:|---:|---:|"]
    yardstick = results[CASES[0].name]
    missed = 0
    for case in CASES:
        if case.name not in results:
            lines.append(f"| {case.name} | | not installed (requirements/bench.txt) | | |")
            continue
        rates = results[case.name]
        ratio = median(rate / general for rate, general in zip(rates, yardstick, strict=True))
        goal = f"{case.goal:.2f}" if case.goal and real else ""
        missed += bool(goal) and round(ratio, 2) < (case.goal or 0)
        lines.append(f"| {case.name} | {case.visitors.value} | {median(rates):,.0f} | {ratio:.2f} | {goal} |")
    missed += growth(lines)
    cold = cold_import()
    missed += cold > COLD_IMPORT
    lines += [
        "",
        f"Importing the handler takes {cold:.1f} ms of processor time over the bare interpreter; the goal is "
        f"{COLD_IMPORT:.0f} ms.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    REPORT.write_text(text, "utf-8")
    return int(missed > 0)


def measured(events: int, rounds: int) -> dict[str, list[float]]:
    """Events a CPU second of each case, round by round; those with the same visitors have warm caches."""
    same = all_batches(workload(events))
    warm = {case.name: run for case in CASES if (run := case.make()) is not None}
    for case in CASES:
        if case.visitors is Visitors.SAME and case.name in warm:
            warm[case.name](same[case.shape])
    results: dict[str, list[float]] = {name: [] for name in warm}
    for turn in range(1, rounds + 1):
        for case in CASES:
            run, batches = warm.get(case.name), same
            if case.visitors is not Visitors.SAME:
                run = case.make()
                batches = all_batches(workload(events, turn, every_agent=case.visitors is Visitors.EVERY_AGENT))
            if run is None:
                continue
            start = time.process_time()
            run(batches[case.shape])
            results[case.name].append(events / (time.process_time() - start))
    return results


def growth(lines: list[str]) -> int:
    """Add the exponents by which cost grows with each size; how many are too large."""
    lines += [
        "",
        "## Growth",
        "",
        f"CPU time of one request of each size, fitted by a power of the size; the goal is at most {EXPONENT}.",
        "",
        "| what grows | sizes | exponent |",
        "|---|---|---:|",
    ]
    missed = 0
    for name, (first, make) in GROWING.items():
        sizes = [first * 2**step for step in range(5)]
        costs = [cost_of(make(size)) for size in sizes]
        exponent = linear_regression([math.log(size) for size in sizes], [math.log(cost) for cost in costs]).slope
        missed += exponent > EXPONENT
        lines.append(f"| {name} | {sizes[0]:,} to {sizes[-1]:,} | {exponent:.2f} |")
    return missed


def cost_of(body: Any) -> float:
    """CPU seconds of one request in a harness of its own, the best of five."""
    batch = to_batches([request(0, [(body, "203.0.113.9", "Mozilla/5.0")])])[0]
    costs = []
    for _ in range(5):
        harness = click_harness()
        start = time.process_time()
        harness.handle(batch, Context())
        costs.append(time.process_time() - start)
    return min(costs)


def named(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"event_name": "e", "properties": properties}


GROWING: dict[str, tuple[int, Callable[[int], Any]]] = {
    "members of an event": (200, lambda n: {"event_name": "e"} | {f"m{i}": i for i in range(n)}),
    "members in `properties`": (500, lambda n: named({f"m{i}": "x" for i in range(n)})),
    "members whose names are e-mail addresses": (250, lambda n: named({f"a{i}@b.example": 1 for i in range(n)})),
    "characters of a text": (10_000, lambda n: named({"text": "ab @ 1% = " * (n // 10)})),
    "parameters of an address": (200, lambda n: {"event_name": "e", "page_url": "https://a.example/?" + "k=v&" * n}),
    "events of a request": (25, lambda n: [{"event_name": "e", "page_title": f"page {i}"} for i in range(n)]),
}
"""By what grows, the smallest size, and an event or the events of a request."""


def workload(count: int, turn: int = 0, *, every_agent: bool = False) -> list[Visit]:
    """Page views with everything a tracker sends; the same on every machine that has the same sample data.

    Another turn has other visitors: nothing of theirs is in a cache.
    """
    requests = access_log() or made_up()
    visits = []
    for number in range(count):
        address, path, referrer, agent = requests[number % len(requests)]
        if turn:
            address = f"{20 + turn % 200}.{address.partition('.')[2]}"
            path += f"{'&' if '?' in path else '?'}v={turn}"
            # Browsers take the fragment off a referrer, so it is the query that makes it new.
            referrer = referrer if referrer == "-" else f"{referrer}{'&' if '?' in referrer else '?'}v={turn}"
            agent = other_version(agent, turn * count + number if every_agent else turn)
        # A third of all visits comes from a campaign, with a click id that no other visit has.
        click_id = digest(b"%d" % (turn * count + number))
        query = f"utm_source=mail&utm_campaign=spring&gclid={click_id}" if number % 3 == 0 else ""
        event = {
            "event_id": f"{turn * count + number:08x}-4a55-4d55-9b0e-0c1f2a3b4c5d",
            "event_name": "page_view",
            "client_time": f"2026-11-21T09:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}Z",
            "sent_at": f"2026-11-21T09:{number // 60 % 60:02}:59.{number % 1000:03}Z",
            "app_id": "shop",
            "anonymous_id": digest(b"a%d" % (turn * 700 + number % 700)),
            "session_id": digest(b"s%d" % (turn * 900 + number % 900)),
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


def other_version(agent: str, number: int) -> str:
    """A user agent with another last number, as a version that nobody has seen."""
    return re.sub(r"\d+(?=\D*$)", str(number), agent) if re.search(r"\d", agent) else f"{agent}/{number}"


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


def all_batches(visits: list[Visit]) -> dict[str, list[dict[str, Any]]]:
    """The invocations of each shape of records."""
    return {shape: to_batches(records) for shape, records in shapes(visits).items()}


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


CASES = [
    Case("general blueprint: parse, change, encode", "bare", Visitors.SAME, general),
    Case("bare standard library, codec built once", "bare", Visitors.SAME, bare_stdlib),
    Case("bare orjson", "bare", Visitors.SAME, bare_orjson),
    Case("powertools data classes", "bare", Visitors.SAME, powertools),
    Case("click, everything on, bare events", "bare", Visitors.SAME, click(), 0.35),
    Case("click, everything on, one event a request", "requests of 1", Visitors.SAME, click(), 0.35),
    Case("click, everything on, one event a request, nothing cached", "requests of 1", Visitors.NEW, click(), 0.35),
    Case("click, everything on, no agent seen before", "requests of 1", Visitors.EVERY_AGENT, click(), 0.20),
    Case("click, everything on, twenty events a request", "requests of 20", Visitors.SAME, click(), 0.55),
    Case("click, everything on, twenty a request, nothing cached", "requests of 20", Visitors.NEW, click()),
    Case("click, no enrichments, twenty events a request", "requests of 20", Visitors.SAME, click(enrichments=[])),
]


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in [*sys.argv[1:], *["10000", "5"][len(sys.argv) - 1 :]])))
