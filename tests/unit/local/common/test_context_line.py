"""Context lines as the commands meet them: in records that are shown, and in records that are put again."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_local.common.context_line import believing_all, context_token, with_token, without_token
from clickstream_local.common.model import Function

NOW = "0b7c6d2e-1f7a-4d55-9c1b-7d0d8f4f1a11"
FORMER = "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"
RECORD = b'{"clickstream":1,"kind":"request","token":"%s","ip":"203.0.113.9"}\n{"event_name":"a","token":"%s"}\n'


def function(**environment: str) -> Function:
    return Function("F", "f", "arn:f", "python3.14", "h.h", Path(), environment)


def test_a_function_writes_the_first_of_the_tokens_that_it_believes() -> None:
    assert context_token(function(CLICKSTREAM_CONTEXT_TOKENS=f"{NOW},{FORMER}")) == NOW
    assert context_token(function(OTHER="x")) is None


def test_a_function_for_a_sample_believes_every_context_line() -> None:
    kept = believing_all({"CLICKSTREAM_CONTEXT_TOKENS": NOW, "CLICKSTREAM_REJECT_STREAM": "rejects"})
    assert kept == {"CLICKSTREAM_REJECT_STREAM": "rejects"}


def test_a_context_line_gets_the_token_that_is_believed_now_where_it_was_believed_before() -> None:
    record = RECORD % (FORMER.encode(), FORMER.encode())
    assert with_token(record, NOW, [FORMER]) == RECORD % (NOW.encode(), FORMER.encode())
    assert with_token(record, None, [FORMER]) == record


@pytest.mark.parametrize(
    "record",
    [
        RECORD % (b"guessed", FORMER.encode()),
        b'{"clickstream":1,"kind":"replay"}\n{"token":"%s"}' % FORMER.encode(),
        b'{"event_name":"a","token":"%s"}' % FORMER.encode(),
        b"",
    ],
    ids=["another token", "none", "an event", "nothing"],
)
def test_what_nobody_believed_before_is_not_believed_by_a_replay(record: bytes) -> None:
    assert with_token(record, NOW, [FORMER]) == record


def test_a_record_is_shown_without_its_token() -> None:
    shown = without_token(RECORD % (NOW.encode(), b"mine"))
    assert shown == RECORD % (b"...", b"mine")
    assert without_token(b'{"clickstream": 1, "token": "%s"}' % NOW.encode()) == b'{"clickstream": 1, "token": "..."}'
    assert without_token(b'{"token":"mine"}') == b'{"token":"mine"}'
