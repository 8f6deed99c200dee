"""Counters as lines in the embedded metric format."""

from __future__ import annotations

import json

import pytest

from clickstream_producer import EmfMetrics, InvalidOption, Producer
from support.producer.sink import Sink


def test_a_line_has_what_was_counted_since_the_one_before(sink: Sink) -> None:
    lines: list[str] = []
    with Producer(sink.target(), linger=60) as producer:
        metrics = EmfMetrics(producer.stats, dimensions={"Stream": "clicks"}, output=lines.append)
        producer.put_many([b"1", b"2"])
        producer.flush(10)
        metrics.write()
        producer.put(b"3")
        metrics.write()
    first, second = map(json.loads, lines)
    assert (first["EventsPut"], first["EventsSent"], first["Requests"], first["EventsPending"]) == (2, 2, 1, 0)
    assert (second["EventsPut"], second["EventsSent"], second["EventsPending"], second["BytesPending"]) == (1, 0, 1, 2)


def test_a_line_declares_every_metric_and_dimension_that_it_has(sink: Sink) -> None:
    lines: list[str] = []
    EmfMetrics(Producer(sink.target()).stats, dimensions={"Stream": "clicks"}, output=lines.append).write()
    line = json.loads(lines[0])
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    declared = {metric["Name"] for metric in directive["Metrics"]}
    assert declared | {"_aws", "Stream"} == set(line)
    assert directive["Dimensions"] == [["Stream"]]
    assert directive["Namespace"] == "Clickstream/Producer"


def test_more_dimensions_than_cloudwatch_takes_are_refused(sink: Sink) -> None:
    with pytest.raises(InvalidOption, match="31 names; CloudWatch takes at most 30"):
        EmfMetrics(Producer(sink.target()).stats, dimensions={str(number): "x" for number in range(31)})
