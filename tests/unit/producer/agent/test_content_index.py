"""What is proposed as the original of a copy, and that the search does not grow with the number of files."""

from __future__ import annotations

import itertools
import os
import threading
import time
from pathlib import Path

import pytest

from clickstream_producer.agent.checkpoints import Checkpoints
from clickstream_producer.agent.content_index import TRIED, ContentIndex
from clickstream_producer.agent.descriptors import Descriptors
from clickstream_producer.agent.file_set import FileSet
from clickstream_producer.agent.fingerprint import NOTHING, Fingerprint
from clickstream_producer.agent.options import FlowOptions
from support.producer.sink import Sink


def test_equal_content_comes_before_equal_names() -> None:
    index = ContentIndex()
    index.put("by name", "/logs/app.log", Fingerprint.of(b"x"))
    index.put("by content", "/logs/web.log", Fingerprint.of(b"y"))
    index.put("elsewhere", "/old/app.log", Fingerprint.of(b"y"))
    assert list(index.candidates("/logs/app.log.1", Fingerprint.of(b"y"))) == ["by content", "by name", "elsewhere"]
    index.remove("by content")
    assert list(index.candidates("/logs/app.log.1", Fingerprint.of(b"y"))) == ["by name", "elsewhere"]


def test_of_many_files_that_begin_alike_few_are_proposed_and_the_one_by_name_is_among_them() -> None:
    index = ContentIndex()
    for number in range(1_000):
        index.put(str(number), f"/logs/x{number}y.log", NOTHING, b"same")
    found = list(index.candidates("/logs/x777y.log_old", Fingerprint.of(b"z"), b"same"))
    assert found[0] == "777"
    assert len(found) <= 2 * TRIED


def test_an_older_generation_is_known_by_the_name_that_it_continues() -> None:
    index = ContentIndex()
    index.put("1", "/logs/app.log", NOTHING)
    assert index.has_shorter_name("/logs/app.log.1")
    assert not index.has_shorter_name("/logs/app.log")
    assert not index.has_shorter_name("/old/app.log.1")


@pytest.mark.parametrize("header", [b"", b"h" * 1_100 + b"\n"], ids=["no header", "one header"])
def test_the_first_look_at_twice_as_many_files_makes_twice_the_system_calls(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: bytes
) -> None:
    calls = 0

    def counted(name: str) -> None:
        original = getattr(os, name)

        def count(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            return original(*arguments, **options)

        monkeypatch.setattr(os, name, count)

    for name in ("open", "pread", "fstat", "stat", "lseek", "close"):
        counted(name)

    def cost(files: int) -> int:
        nonlocal calls
        folder = tmp_path / str(files)
        folder.mkdir()
        for number in range(files):
            (folder / f"export-{number}.csv").write_bytes(header + b"row %d\n" % number)
        checkpoints = Checkpoints(folder / "checkpoints.db")
        flow = FlowOptions(f"{folder}/*.csv", sink.target())
        found = FileSet("clicks", [flow], checkpoints, Descriptors(64))
        stop = threading.Event()
        calls = 0
        while found.is_discovering:
            found.scan(stop)
            for file in found.active:
                found.read(file, 1 << 16)
        done = calls
        found.close()
        checkpoints.close()
        return done

    half, whole = cost(200), cost(400)
    assert whole <= 2.2 * half
    assert half <= 200 * 80


def test_a_look_at_known_files_is_paid_back_with_rest(
    sink: Sink, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(500):
        (folder / f"{number}.log").write_bytes(b"{}\n")
    checkpoints = Checkpoints(folder / "checkpoints.db")
    found = FileSet("clicks", [FlowOptions(f"{folder}/*.log", sink.target())], checkpoints, Descriptors(64))
    looks = 0
    stat = os.stat

    def counted(*arguments: object, **options: object) -> object:
        nonlocal looks
        looks += 1
        return stat(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "stat", counted)
    # A clock by which each look costs 0.1 s: it is paid back with 6.6 s of rest.
    clock = itertools.count(0.0, 0.1)
    monkeypatch.setattr(time, "thread_time", lambda: next(clock))
    for _ in range(20):
        found.scan(threading.Event())
        for file in found.active:
            found.read(file, 1 << 16)
    assert looks == 500
    checkpoints.close()
