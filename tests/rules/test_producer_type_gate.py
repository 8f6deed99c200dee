"""Every public constructor of the producer refuses an option of the wrong type, by its name.

The cases come from the signatures, so that a new option is covered by itself.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from clickstream_producer import (
    DeadLetters,
    EmfMetrics,
    FirehoseStream,
    FullPolicy,
    InvalidOption,
    KinesisStream,
    OtelMetrics,
    Producer,
)

CALLS: dict[str, tuple[Callable[..., object], Mapping[str, Any]]] = {
    "Producer": (Producer, {"target": FirehoseStream("clicks", region="eu-west-1")}),
    "FirehoseStream": (FirehoseStream, {"name": "clicks"}),
    "KinesisStream": (KinesisStream, {"name_or_arn": "clicks"}),
    "DeadLetters": (DeadLetters, {"path": "letters"}),
    "EmfMetrics": (EmfMetrics, {"stats": lambda: None}),
    "OtelMetrics": (OtelMetrics, {"stats": lambda: None}),
    "FullPolicy": (FullPolicy, {"kind": "block"}),
    "FullPolicy.block": (FullPolicy.block, {}),
}
WRONG = object()
"""Of no option's type: neither a text, a number, a function nor a mapping."""
OPTIONS = [(call, name) for call, (made, _) in CALLS.items() for name in inspect.signature(made).parameters]


@pytest.mark.parametrize(("call", "name"), OPTIONS)
def test_an_option_of_the_wrong_type_is_refused_by_its_name(call: str, name: str) -> None:
    made, options = CALLS[call]
    said = "stream" if name in ("name", "name_or_arn") else name
    with pytest.raises(InvalidOption, match=rf"\b{re.escape(said)}\b"):
        made(**{**options, name: WRONG})


@pytest.mark.parametrize(
    "wrong", [["access_key_id", "AKIDSECRET"], "AKIDSECRET", {"access_key_id": 7, "secret_access_key": "AKIDSECRET"}]
)
def test_credentials_of_the_wrong_type_are_refused_and_never_shown(wrong: Any) -> None:
    with pytest.raises(InvalidOption, match="credentials") as refused:
        FirehoseStream("clicks", credentials=wrong)
    assert "AKIDSECRET" not in str(refused.value)


def test_the_options_are_seen() -> None:
    assert len(OPTIONS) > 35
    assert {("FirehoseStream", "credentials"), ("FirehoseStream", "client"), ("Producer", "when_full")} <= {*OPTIONS}
