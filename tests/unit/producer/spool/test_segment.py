"""Frames: what a reader makes of a segment that is whole, torn, damaged, or of another kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_producer.spool import segment as segment_module
from clickstream_producer.spool.segment import _HEADER, Segment, StoredFrame

FRAMES = 20
EVENTS = 5
SEGMENT_BYTES = 16_384
FRAME = 80
"""Bytes from one frame to the next."""


def segment_at(path: Path, *, new: bool) -> Segment:
    return Segment(path, new=new, set_aside=lambda path: None, tell=lambda what: None)


@pytest.fixture(scope="module", autouse=True)
def small_segments() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment_module, "SEGMENT_BYTES", SEGMENT_BYTES)
        yield


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, small_segments: None) -> bytes:
    """A segment of twenty frames, as a killed process leaves it: the last one is not sealed."""
    path = tmp_path_factory.mktemp("spool") / "1.seg"
    one = segment_at(path, new=True)
    for number in range(FRAMES):
        location = one.begin(1_000, None)
        assert location is not None
        for event in range(EVENTS):
            one.append(b"%d-%05d\n" % (event, number))
        if number < FRAMES - 1:
            one.seal(location, EVENTS)
    one.abandon()
    return path.read_bytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "1.seg"


def read(path: Path, data: bytes) -> tuple[list[StoredFrame], list[bytes], bool]:
    """The frames of a file, the records of those that are right, and whether something was not understood."""
    path.write_bytes(data)
    one = segment_at(path, new=False)
    frames = list(one.frames())
    damaged = one.damaged
    records = [one.read(frame.offset) for frame in frames]
    one.abandon()
    return frames, [record for record in records if record is not None], damaged


def record(number: int) -> bytes:
    return b"".join(b"%d-%05d\n" % (event, number) for event in range(EVENTS))


def test_a_whole_segment_is_read_as_it_was_written(written: bytes, path: Path) -> None:
    frames, records, damaged = read(path, written)
    assert [frame.events for frame in frames] == [EVENTS] * FRAMES
    assert records == [record(number) for number in range(FRAMES)]
    assert frames[1].offset == FRAME
    assert not damaged


@settings(deadline=None)
@given(bit=st.integers(0, 8 * FRAME * FRAMES - 1))
def test_a_flipped_bit_costs_at_most_its_own_frame_and_is_not_passed_over(written: bytes, path: Path, bit: int) -> None:
    data = bytearray(written)
    data[bit // 8] ^= 1 << bit % 8
    _, records, damaged = read(path, bytes(data))
    hit = bit // 8 // FRAME
    assert [one for one in records if one != record(hit)] == [record(n) for n in range(FRAMES) if n != hit]
    if record(hit) not in records:
        assert damaged


@settings(deadline=None)
@given(first=st.integers(0, FRAMES - 1), count=st.integers(1, FRAMES), byte=st.sampled_from([b"\0", b"\xff", b"x"]))
def test_frames_that_are_overwritten_cost_no_others_and_are_told(
    written: bytes, path: Path, first: int, count: int, byte: bytes
) -> None:
    last = min(FRAMES, first + count)
    data = written[: first * FRAME] + byte * ((last - first) * FRAME) + written[last * FRAME :]
    _, records, damaged = read(path, data)
    assert records == [record(number) for number in range(FRAMES) if not first <= number < last]
    # Zeros at the end are what was never written.
    assert damaged or (byte == b"\0" and last == FRAMES)


@settings(deadline=None)
@given(length=st.integers(0, FRAME * FRAMES))
def test_a_file_that_was_cut_short_gives_what_it_has_and_is_told(written: bytes, path: Path, length: int) -> None:
    _, records, damaged = read(path, written[:length])
    assert records == [record(number) for number in range(length // FRAME if length < FRAME * FRAMES else FRAMES)]
    assert damaged


def test_a_part_of_an_event_behind_the_last_one_is_what_a_kill_leaves(written: bytes, path: Path) -> None:
    used = len(written.rstrip(b"\0"))
    torn = written[:used] + b"torn" + written[used + 4 :]
    assert len(read(path, torn)[1]) == FRAMES
    assert not read(path, torn)[2]


@pytest.mark.parametrize("content", [b"", b"CSF1" + b"x" * 100, b"x" * SEGMENT_BYTES], ids=len)
def test_a_file_of_another_kind_is_not_understood(path: Path, content: bytes) -> None:
    frames, _, damaged = read(path, content)
    assert frames == []
    assert damaged


def test_a_released_frame_is_left_out(written: bytes, tmp_path: Path) -> None:
    path = tmp_path / "1.seg"
    path.write_bytes(written)
    one = segment_at(path, new=False)
    frames = list(one.frames())
    one.release(frames[3].offset)
    one.abandon()
    assert [frame.offset for frame in read(path, path.read_bytes())[0]] == [
        frame.offset for number, frame in enumerate(frames) if number != 3
    ]


def test_the_age_of_a_frame_of_another_boot_is_not_known(
    written: bytes, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert None not in [frame.created for frame in read(path, written)[0]]
    monkeypatch.setattr(segment_module, "_boot", lambda: 1)
    assert {frame.created for frame in read(path, written)[0]} == {None}


def test_storing_in_a_file_that_was_cut_short_is_an_error(tmp_path: Path) -> None:
    # POSIX mmap: a store beyond the end of the file would be SIGBUS.
    path = tmp_path / "1.seg"
    one = segment_at(path, new=True)
    location = one.begin(1_000, None)
    assert location is not None
    os.truncate(path, _HEADER.size)
    with pytest.raises(OSError, match="cut the file short"):
        one.append(b"1\n")
    with pytest.raises(OSError, match="cut the file short"):
        one.begin(1_000, None)
    one.seal(location, 1)
    one.abandon()
