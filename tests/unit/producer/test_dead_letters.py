"""Dead letters: what was given up is in a file, and can be sent after all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clickstream_producer import DeadLetters, DropReason, InvalidOption, Producer
from support.producer.sink import Sink


def test_what_the_stream_refused_can_be_replayed_when_it_is_repaired(sink: Sink, tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl")
    sink.refuse = lambda records: None if records == [b'"taken"\n'] else (400, "ValidationException", "no")
    with Producer(sink.target(), on_drop=letters, events_per_record=1) as producer:
        for event in (b'{"a":1}', '"\u00e9"'):
            producer.put_many([event, b'"taken"'])
            assert producer.flush(10).complete
        assert [(letter.reason, letter.event) for letter in letters.read()] == [
            ("refused", b'{"a":1}'),
            ("refused", '"\u00e9"'.encode()),
        ]
        sink.refuse = lambda records: None
        assert letters.replay(producer) == 2
        assert letters.replay(producer) == 0
    assert sink.events == {b'"taken"': 2, b'{"a":1}': 1, '"\u00e9"'.encode(): 1}
    assert list(tmp_path.iterdir()) == []


def test_what_is_refused_again_is_kept_again(sink: Sink, tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl")
    letters([b"1"], DropReason.EXPIRED)
    sink.refuse = lambda records: (400, "ValidationException", "no") if b"1" in records[0] else None
    with Producer(sink.target(), on_drop=letters) as producer:
        producer.put(b"2")
        assert letters.replay(producer, 10) == 1
    assert [letter.reason for letter in letters.read()] == ["refused"]


def test_a_replay_that_does_not_come_to_its_end_forgets_nothing(sink: Sink, tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl")
    letters([b"1"], DropReason.EXPIRED)
    sink.down = True
    with Producer(sink.target()) as producer:
        letters.replay(producer, 0.1)
        producer.clear()
        letters([b"2"], DropReason.EXPIRED)
        assert [letter.event for letter in letters.read()] == [b"1", b"2"]
        producer.close(0)
    sink.down = False
    with Producer(sink.target()) as producer:
        assert letters.replay(producer) == 1
        assert letters.replay(producer) == 1
    assert set(sink.events) == {b"1", b"2"}


def test_bytes_that_are_no_text_survive(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl")
    letters([b"\xff\x00"], DropReason.REFUSED)
    assert [letter.event for letter in letters.read()] == [b"\xff\x00"]


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl")
    letters([b"1", b"2"], DropReason.REFUSED)
    file = tmp_path / "dead.jsonl"
    file.write_bytes(file.read_bytes()[:-5])
    assert [letter.event for letter in letters.read()] == [b"1"]


def test_the_file_is_bounded_and_what_is_left_out_is_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl", max_bytes=1_000)
    letters([b'"%d secret"' % number for number in range(100)], DropReason.EXPIRED)
    kept = len(list(letters.read()))
    assert 0 < kept < 100
    assert (tmp_path / "dead.jsonl").stat().st_size <= 1_000
    assert letters.left_out == 100 - kept
    assert "it would pass max_bytes=1,000" in caplog.text
    assert "secret" not in caplog.text


def test_a_disk_that_fails_stops_nothing(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "missing" / "dead.jsonl")
    letters([b"1"], DropReason.EXPIRED)
    assert letters.left_out == 1


def test_the_file_is_for_its_owner_only_and_one_object_a_line(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl")
    letters([b'{"a":1}'], DropReason.EXPIRED)
    assert (tmp_path / "dead.jsonl").stat().st_mode & 0o77 == 0
    letter = json.loads((tmp_path / "dead.jsonl").read_text())
    assert (letter["reason"], letter["event"], set(letter)) == ("expired", '{"a":1}', {"dropped_at", "reason", "event"})


def test_a_bound_below_one_byte_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="max_bytes=0 must be at least 1"):
        DeadLetters(tmp_path / "dead.jsonl", max_bytes=0)
