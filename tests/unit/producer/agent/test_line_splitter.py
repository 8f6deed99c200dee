"""The splitter: however the bytes are cut, the lines are the same."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from clickstream_producer._limits import MAX_EVENT_BYTES
from clickstream_producer.agent.line_splitter import LineSplitter

CONTENT = st.text(alphabet="a \n", max_size=60).map(str.encode)
CUTS = st.lists(st.integers(0, 60), max_size=8).map(sorted)


def pieces(content: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *cuts, len(content)]
    return [content[start:end] for start, end in itertools.pairwise(edges) if start < end]


@given(CONTENT, CUTS)
def test_lines_do_not_depend_on_how_they_were_read(content: bytes, cuts: list[int]) -> None:
    splitter = LineSplitter()
    given_out = [line for piece in pieces(content, cuts) for line in splitter.feed(piece)]
    assert given_out == content.split(b"\n")[:-1]
    assert splitter.held == len(content) - content.rfind(b"\n") - 1


@given(CONTENT, CUTS)
def test_what_is_held_and_what_was_given_out_is_everything(content: bytes, cuts: list[int]) -> None:
    splitter = LineSplitter(re.compile(b"a"), skip=1)
    given_out = [record for piece in pieces(content, cuts) for record in splitter.feed(piece)]
    _, newline, rest = content.partition(b"\n")
    if not newline:
        assert splitter.held == len(content)
        return
    assert b"".join(record + b"\n" for record in given_out) == rest[: len(rest) - splitter.held]
    assert all(record.startswith(b"a") for record in given_out[1:])
    assert b"\n".join([*given_out, *splitter.finish()]) == rest.removesuffix(b"\n") or not rest


def test_a_line_beyond_the_limit_is_never_held_as_a_whole() -> None:
    splitter = LineSplitter()
    for _ in range(5):
        assert splitter.feed(b"x" * MAX_EVENT_BYTES) == []
    assert splitter.held == 5 * MAX_EVENT_BYTES
    cut, following = splitter.feed(b"end\nnext\n")
    assert (len(cut), following) == (MAX_EVENT_BYTES + 1, b"next")
    assert splitter.held == 0
