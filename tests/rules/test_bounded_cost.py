"""Whatever comes in, work and bytes grow with its size: twice the input costs less than three times as much.

Processor time is the best of five in one process, and nothing is compared below a floor that the clock can measure.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_transform.click.enrich.referrer import classify
from clickstream_transform.records.inflate import InflateBudget
from clickstream_transform.records.json_values import JsonValues
from support.blueprints import APACHE_COMBINED, SYSLOG_LINE, Blueprint
from support.transform_harness import Running, Transform, request, rows_of
from support.user_agents import CHROME

FLOOR_SECONDS = 0.004
FLOOR_BYTES = 4_000


def names(count: int, form: str) -> dict[str, Any]:
    return {form % number: number for number in range(count)}


def longer_and_longer(size: int) -> dict[str, Any]:
    return {"n" + "_top" * length: length for length in range(int(size**0.5))}


def nested(depth: int) -> Any:
    value: Any = "a@b.example"
    for _ in range(depth):
        value = {"a": [value]}
    return value


def click(**members: Any) -> bytes:
    return json.dumps({"event_name": "e", **members}, separators=(",", ":")).encode()


CLICKS: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "names": (4_000, lambda n: click(properties=names(n, "n%d"))),
    "members at the top": (4_000, lambda n: click(**names(n, "n%d"))),
    "names that collide when redacted": (3_000, lambda n: click(properties=names(n, "a%d@b.example"))),
    "encoded names that collide": (3_000, lambda n: click(properties=names(n, "a%d%%40b.example"))),
    "colliding names, below": (3_000, lambda n: click(properties={"x": [{"y": names(n, "a%d@b.example")}]})),
    "names that collide with what they become": (
        2_000,
        lambda n: click(properties={"redacted": 1, **names(n, "redacted_%d"), **names(n, "a%d@b.example")}),
    ),
    "names that are taken in properties": (
        3_000,
        lambda n: click(properties=names(n, "n%d") | names(n, "n%d_top"), **names(n, "n%d")),
    ),
    "names that grow by the suffix": (
        # n of them are n times n characters.
        8_000,
        lambda n: click(properties=longer_and_longer(n), **longer_and_longer(n)),
    ),
    "values": (8_000, lambda n: click(properties={"x": ["a@b.example", *range(n)]})),
    "texts that are redacted": (3_000, lambda n: click(properties={"x": ["a@b.example"] * n})),
    "depth": (100, lambda n: click(properties=nested(n))),
    "a long text": (30_000, lambda n: click(properties={"x": "a@b.c;" * n})),
    "a long title": (30_000, lambda n: click(page_title="a@" * n)),
    "a long address": (30_000, lambda n: click(page_url="https://shop.example/?" + "token=a&" * n)),
    "a referrer of dots": (30_000, lambda n: click(page_referrer="https://" + "a." * n)),
    "floating numbers": (8_000, lambda n: click(properties={"x": [1e15] * n})),
    "quotes": (8_000, lambda n: click(properties={"x": '"' * n})),
    "wrong members of an array": (8_000, lambda n: click(properties={}, event_name=[1] * n)),
    "events": (100, lambda n: b"[%s]" % b",".join([click(properties={"a@b.example": 1})] * n)),
    "rejected events": (100, lambda n: b"[%s]" % b",".join([b"1"] * n)),
    "rejected events of some size": (100, lambda n: b"[%s]" % b",".join([b'{"event_name":1,"a":"%0100d"}' % 1] * n)),
}


def measure(make: Callable[[], Running], *records: bytes) -> tuple[float, int, Running]:
    """Processor seconds, best of five; bytes of rows, of rejected events and of what is requeued."""
    best = 60.0
    for _ in range(5):
        running = make()
        start = time.process_time()
        answers = running(*records)
        best = min(best, time.process_time() - start)
    rows = sum(len(answer.get("data", "")) * 3 // 4 for answer in answers)
    put = sum(len(record) for stream in running.client.accepted.values() for record in stream)
    return best, rows + put, running


def assert_grows_with_size(make: Callable[[], Running], once: list[bytes], twice: list[bytes]) -> None:
    seconds, size, _ = measure(make, *once)
    more_seconds, more_size, _ = measure(make, *twice)
    assert more_seconds < 3 * max(seconds, FLOOR_SECONDS)
    assert more_size < 3 * max(size, FLOOR_BYTES)


@pytest.mark.parametrize("shape", CLICKS)
def test_twice_the_event_costs_less_than_three_times_as_much(shape: str) -> None:
    count, make = CLICKS[shape]
    assert_grows_with_size(Transform, [request(make(count))], [request(make(2 * count))])


@pytest.mark.parametrize("shape", CLICKS)
def test_what_is_stored_for_a_request_is_bounded_by_its_bytes(shape: str) -> None:
    """docs/transform-limits.md: 9 bytes for each byte that was sent, and 4 kB for each event of it that gives a row."""
    count, make = CLICKS[shape]
    record = request(make(2 * count), user_agent=CHROME)
    _, size, running = measure(Transform, record)
    assert size <= 9 * len(record) + 24_000 + 4_000 * running.metrics[-1]["EventsOut"]


def test_twice_the_records_cost_less_than_three_times_as_much() -> None:
    records = [request(click(event_id=str(number), properties={"a@b.example": 1})) for number in range(400)]
    assert_grows_with_size(Transform, records[:200], records)


TEXTS: dict[str, Callable[[int], str]] = {
    "values on a line": lambda n: "{}" * n,
    "values on a line after a broken one": lambda n: "x\n" + "{}" * n,
    "numbers on a line after a broken one": lambda n: "x\n" + "1 " * n,
    "texts on a line after a broken one": lambda n: "x\n" + '"a" ' * n,
    "broken objects": lambda n: "{x\n" * n,
    "broken objects among good ones": lambda n: "{}\n{x}\n" * n,
    "opened arrays": lambda n: "[\n" * n,
    "arrays in arrays": lambda n: "[" * n,
    "opened objects": lambda n: '{"a":\n' * n,
    "opened objects with lines that are indented": lambda n: '{\n "a":\n' * n,
    "opened arrays with lines that are indented": lambda n: "[\n 1,\n" * n,
    "opened texts": lambda n: '"a\n' * n,
    "blank lines": lambda n: "{x" + " \n" * n + "{}",
    "quotes": lambda n: '{"' * n,
    "long integers": lambda n: ("9" * 5_000 + " ") * (n // 200),
}


@pytest.mark.parametrize("shape", TEXTS)
def test_twice_the_text_is_read_in_less_than_three_times_the_time(shape: str) -> None:
    def seconds(text: str) -> float:
        best = 60.0
        for _ in range(5):
            start = time.process_time()
            JsonValues(text)
            best = min(best, time.process_time() - start)
        return best

    make = TEXTS[shape]
    assert seconds(make(8_000)) < 3 * max(seconds(make(4_000)), FLOOR_SECONDS)


LINES: dict[str, Callable[[int], tuple[str, bytes]]] = {
    "apache": lambda n: ("apache_log_to_json", "\n".join([APACHE_COMBINED] * n).encode()),
    "broken apache": lambda n: ("apache_log_to_json", "\n".join([APACHE_COMBINED, "x" * 400] * n).encode()),
    "a long apache line": lambda n: ("apache_log_to_csv", APACHE_COMBINED.replace("GET", '\\"' * 100 * n).encode()),
    "syslog": lambda n: ("syslog_to_json", "\n".join([SYSLOG_LINE] * n).encode()),
    "syslog of many lines": lambda n: ("syslog_to_json", "\n".join([SYSLOG_LINE, *[" more"] * 20 * n]).encode()),
    "structured syslog": lambda n: ("syslog_to_json", b"<34>1 - h s 1 I " + b'[a b="c"]' * 20 * n),
    "log events": lambda n: ("cloudwatch_logs", logs([{"id": "1", "timestamp": 1, "message": "m"}] * n)),
    "broken log events": lambda n: ("cloudwatch_logs", logs([{"message": 1}] * n)),
    "documents of broken log events": lambda n: ("cloudwatch_logs", logs([1]) * n),
    "log events of a large document": lambda n: ("cloudwatch_logs", logs([{"message": 1}] * 50, "g" * 40 * n)),
}


def logs(events: list[Any], group: str = "g") -> bytes:
    return json.dumps({"messageType": "DATA_MESSAGE", "logGroup": group, "logEvents": events}).encode()


@pytest.mark.parametrize("shape", LINES)
def test_twice_the_log_costs_less_than_three_times_as_much(shape: str) -> None:
    make = LINES[shape]
    processor, once = make(400)
    assert_grows_with_size(lambda: Blueprint(processor), [once], [make(800)[1]])


def test_twice_the_gzip_members_cost_less_than_three_times_as_much() -> None:
    def seconds(members: bytes) -> float:
        best = 60.0
        for _ in range(5):
            start = time.process_time()
            InflateBudget(1 << 20, 1 << 20).inflate(members)
            best = min(best, time.process_time() - start)
        return best

    empty = gzip.compress(b"")
    assert seconds(empty * 10_000) < 3 * max(seconds(empty * 5_000), FLOOR_SECONDS)


def test_a_host_of_many_labels_is_looked_up_no_longer_than_a_host_can_be() -> None:
    assert classify("a." * 200_000 + "google.com", None) == ("other", None)


def test_an_event_that_costs_too_much_is_given_up_alone_and_kept_as_it_came() -> None:
    hostile = click(properties=names(13_000, "a%d@b.example"))
    assert len(hostile) > 240_000
    transform = Transform()
    good, poison, both = transform(
        request(click(event_id="1")), request(hostile), request(b"[" + hostile + b"," + click(event_id="2") + b"]")
    )
    assert [row["event_id"] for row in rows_of(good) + rows_of(both)] == ["1", "2"]
    assert poison["result"] == "Dropped"
    assert [reject["reasons"][0]["rule"] for reject in transform.rejects()] == ["too_costly"] * 2


def test_an_event_of_ordinary_size_never_pays_for_its_neighbours() -> None:
    costly = click(properties=names(7_000, "a%d@b.example"))
    ordinary = click(event_id="good", properties=names(100, "a%d@b.example"))
    transform = Transform()
    (answer,) = transform(b"\n".join([costly] * 20 + [ordinary]))
    assert "good" in [row["event_id"] for row in rows_of(answer)]
    assert transform.metrics[-1]["rejected_by_rule"] == {"too_costly": 9}


def test_a_replay_gets_the_same_verdict() -> None:
    event = click(properties=names(13_000, "a%d@b.example"))
    transform = Transform()
    transform(request(event))
    (reject,) = transform.rejects()
    again = Transform()
    again(json.dumps(reject["context"]).encode() + b"\n" + event)
    assert [one["reasons"] for one in again.rejects()] == [reject["reasons"]]
