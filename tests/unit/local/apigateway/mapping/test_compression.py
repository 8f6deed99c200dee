"""Compressed payloads (developer guide, payload compression for REST APIs)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]
BODY = b'{"event_name": "click"}'


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(BODY)),
        ("GZIP", gzip.compress(BODY)),
        ("gzip", gzip.compress(BODY[:5]) + gzip.compress(BODY[5:])),
        ("deflate", zlib.compress(BODY)),
        ("identity", BODY),
        ("gzip", b""),
    ],
)
def test_a_packed_request_is_unpacked_before_it_is_mapped(
    gateway: Make, method: Make, coding: str, packed: bytes
) -> None:
    api = gateway(method("$input.body [$!input.params('Content-Encoding')]"))
    assert api.send(body=packed, headers={"Content-Encoding": coding}).status == 200
    shown = "[]" if coding != "identity" and packed else f"[{coding}]"
    assert api.sent == f"{BODY.decode() if packed else '{}'} {shown}"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", BODY),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY))),
        ("gzip", BODY),
        ("gzip", gzip.compress(BODY)[:-4]),
        ("gzip", gzip.compress(BODY) + b"x"),
        ("deflate", gzip.compress(BODY)),
    ],
)
def test_another_coding_or_a_body_that_is_not_packed_so_is_415(
    gateway: Make, method: Make, message: Make, coding: str, body: bytes
) -> None:
    api = gateway(method())
    assert message(api.send(body=body, headers={"Content-Encoding": coding})) == (415, "Unsupported Media Type")
    assert api.calls == []


def test_a_small_body_that_unpacks_to_more_than_the_limit_is_413(gateway: Make, method: Make, message: Make) -> None:
    """facts/api-gateway.md#limits: 10 MB."""
    bomb = gzip.compress(b"0" * (11 * 1024 * 1024))
    assert len(bomb) < 20_000
    assert message(gateway(method()).send(body=bomb, headers={"Content-Encoding": "gzip"})) == (413, "Request Too Long")


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip", "gzip"),
        ("br, deflate", "deflate"),
        ("deflate, GZIP;q=0.5", "gzip"),
        ("gzip;q=0, deflate;q=0.0", None),
        ("br", None),
        (None, None),
    ],
)
def test_an_answer_of_the_minimum_size_is_packed_as_the_client_takes_it(
    gateway: Make, method: Make, header: Make, accept: str | None, coding: str | None
) -> None:
    api = gateway(method(), minimum_compression_size=10)
    response = api.send(headers={} if accept is None else {"Accept-Encoding": accept})
    unpack = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}[coding]
    assert header(response, "Content-Encoding") == coding
    assert unpack(response.body) == b'{"RecordId":"r-1","Encrypted":false}'


@pytest.mark.parametrize("size", [None, 1000])
def test_a_smaller_answer_and_an_api_without_a_minimum_size_are_left_alone(
    gateway: Make, method: Make, header: Make, size: int | None
) -> None:
    response = gateway(method(), minimum_compression_size=size).send(headers={"Accept-Encoding": "gzip"})
    assert header(response, "Content-Encoding") is None
