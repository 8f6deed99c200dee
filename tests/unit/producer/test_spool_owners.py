"""The durable spool shared: by processes, their children, and streams."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from clickstream_producer import Producer
from support.producer.sink import Sink
from support.producer.spools import WRITER, producer_at, segments, stop


def test_a_living_process_keeps_what_is_its_own(sink: Sink, tmp_path: Path) -> None:
    first = producer_at(sink, tmp_path, linger=60)
    first.put(b"1")
    with producer_at(sink, tmp_path) as second:
        second.put(b"2")
        assert second.flush(10).recovered == 0
    assert sink.events == {b"2": 1}
    assert first.close().sent == 1


def test_records_never_reach_another_stream(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = Producer(sink.target("one"), spool=tmp_path)
    producer.put(b"1")
    stop(producer)
    sink.down = False
    with Producer(sink.target("two"), spool=tmp_path) as other:
        other.put(b"2")
        assert other.flush(10).recovered == 0
    assert len(segments(tmp_path)) == 1


def test_a_forked_child_has_a_directory_of_its_own_and_leaves_the_parents_alone(sink: Sink, tmp_path: Path) -> None:
    producer = producer_at(sink, tmp_path, linger=60)
    producer.put(b"1")
    child = os.fork()
    if child == 0:
        producer.put(b"2")
        ok = producer.close(10).sent == 1
        os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert sink.events == {b"2": 1}
    assert producer.close().sent == 1
    assert sink.events == {b"1": 1, b"2": 1}


def test_a_child_that_lives_on_does_not_keep_the_lock_of_its_dead_parent(sink: Sink, tmp_path: Path) -> None:
    script = WRITER.split("number = start")[0] + (
        "import os, time\nproducer.put(b'1')\n"
        "if os.fork() == 0:\n    print(os.getpid(), flush=True)\n    time.sleep(60)\nos.kill(os.getpid(), 9)\n"
    )
    script = script.replace("linger=0.01", "linger=60")
    with subprocess.Popen(
        [sys.executable, "-c", script, sink.url, str(tmp_path), "0", "500"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            process.wait(10)
            with producer_at(sink, tmp_path) as later:
                assert later.flush(10).recovered == 1
        finally:
            os.kill(child, signal.SIGKILL)
