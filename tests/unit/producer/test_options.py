"""Options: each limit refuses what is beyond it, and says so."""

from __future__ import annotations

import inspect
import pydoc
import re
from typing import Any

import pytest

from clickstream_producer import AsyncProducer, FirehoseStream, InvalidOption, Producer
from clickstream_producer.options import Options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"events_per_record": 0}, "events_per_record=0 is outside 1 to 500"),
        ({"events_per_record": 501}, "events_per_record=501 is outside 1 to 500"),
        ({"events_per_record": True}, "events_per_record=True is outside"),
        ({"record_bytes": 1_024_001}, "record_bytes=1024001 is outside 1 to 1,024,000"),
        ({"batch_bytes": 4_194_305}, "batch_bytes=4194305 is outside 1 to 4,194,304"),
        ({"max_buffer_bytes": 1_048_575}, "max_buffer_bytes=1048575 is below 1,048,576"),
        ({"max_spool_bytes": 1_000}, "max_spool_bytes=1000 is below 16,777,216"),
        ({"max_retries": -1}, "max_retries=-1 is outside 0 to 1,000,000"),
        ({"when_full": "block"}, r"when_full='block' must be a FullPolicy: use FullPolicy.block\(timeout\)"),
        ({"linger": "5 years"}, "linger='5 years' must be a duration: .*250ms"),
        ({"linger": -1}, "linger=-1 must be a duration"),
        ({"linger": float("nan")}, "linger=nan must be a duration"),
        ({"linger": None}, "linger=None must be a duration"),
        ({"max_age": 1e12}, "max_age=1000000000000.0 must be a duration from 0 to 31,622,400 seconds"),
        ({"linger": "1m", "max_age": 60}, "max_age=60 must be longer than linger='1m'"),
        ({"retry_initial": 0}, "retry_initial=0 must be above 0"),
        ({"retry_growth": "cubic"}, "retry_growth='cubic' must be one of exponential, linear, constant"),
        ({"retry_initial": 2, "retry_cap": 1}, "retry_initial=2 must be above 0 and at most retry_cap=1"),
        ({"target": "clicks"}, r"target='clicks' must be FirehoseStream\('name'\) or KinesisStream\('name'\)"),
        ({"check_json": "no"}, "check_json='no' must be True or False"),
        ({"spool": 5}, "spool=5 must be the path of a folder"),
        ({"on_drop": "log"}, "on_drop='log' must be a function"),
        ({"on_error": []}, r"on_error=\[\] must be a function"),
    ],
)
def test_a_value_beyond_its_limit_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        Producer(**({"target": FirehoseStream("clicks")} | options))


@pytest.mark.parametrize("producer", [Producer, AsyncProducer])
def test_the_signature_and_the_help_of_a_producer_show_every_option(producer: type) -> None:
    options = inspect.signature(Options)
    assert inspect.signature(producer) == options
    shown = pydoc.plain(pydoc.render_doc(producer))
    assert "linger: 'float | str' = 5.0" in shown
    for name in options.parameters:
        assert re.search(rf"^[| ]+(\w+, )?{name}(, \w+)?$", shown, re.MULTILINE), name
