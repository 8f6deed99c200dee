"""Processes: import, exit, fork, multiprocessing. Each scenario is a script of its own, run in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time

from support.producer.sink import Sink, running_sink
from support.producer.soak import Tally, size

PRELUDE = """
import json, multiprocessing, os, sys, threading, time
from clickstream_producer import FirehoseStream, FullPolicy, Producer
target = FirehoseStream("clicks", region="eu-central-1", endpoint_url=sys.argv[1],
                        credentials={"access_key_id": "A", "secret_access_key": "s"})
"""


def run(script: str, url: str = "", timeout: float = 90.0, rounds: int = 1) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PRELUDE + f"rounds = {rounds}\n" + textwrap.dedent(script), url],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=True,
    )


def events(*ranges: range) -> dict[bytes, int]:
    return {b"%d" % number: 1 for numbers in ranges for number in numbers}


def test_importing_and_making_a_producer_starts_no_thread_and_opens_no_file() -> None:
    done = run("""
        before = set(os.listdir("/proc/self/fd"))
        producer = Producer(target)
        assert threading.active_count() == 1, threading.enumerate()
        assert set(os.listdir("/proc/self/fd")) == before
        assert producer.stats().put == 0
    """)
    assert done.stderr == ""


def test_a_normal_exit_delivers_a_backlog(sink: Sink, tally: Tally) -> None:
    # producers.md section 7, C7: 10,000 events on a healthy endpoint. Nobody calls flush or close.
    run("Producer(target).put_many(b'%d' % n for n in range(10_000))", sink.url)
    tally("C7", events=10_000, lost=10_000 - len(sink.events), copies=sink.copies())
    assert sink.events == events(range(10_000))


def test_an_exit_into_a_black_hole_is_bounded_and_says_what_is_lost() -> None:
    with running_sink(down=True) as down:
        start = time.monotonic()
        done = run(
            """
            first, second = Producer(target, exit_timeout=0.5), Producer(target, exit_timeout=0.5)
            first.put(b"1")
            second.put_many([b"2", b"3"])
            """,
            down.url,
        )
        # One deadline for both, and the start of an interpreter.
        assert time.monotonic() - start < 6
    assert "events dropped (closed) [2 since" in done.stderr


def test_an_uncaught_exception_still_delivers(sink: Sink) -> None:
    script = """
        try:
            with Producer(target) as producer:
                producer.put(b"1")
                raise RuntimeError("the caller's own")
        except RuntimeError:
            pass
    """
    run(script, sink.url)
    assert sink.events == {b"1": 1}


def test_after_a_fork_each_process_sends_its_own_events_once(sink: Sink, tally: Tally) -> None:
    # producers.md section 7, C6: forked while another thread puts and the sender sends.
    rounds = size(10, 200)
    done = run(
        """
        producer = Producer(target, linger=0.005, events_per_record=5, when_full=FullPolicy.block(60))
        stop = threading.Event()
        def keep_putting():
            number = 0
            while not stop.is_set():
                producer.put(b"%d" % number)
                number += 1
                time.sleep(0.0005)
            print(number)
        writer = threading.Thread(target=keep_putting)
        writer.start()
        children = []
        for round in range(rounds):
            time.sleep(0.02)
            child = os.fork()
            if child == 0:
                stats = producer.stats()
                empty = (stats.put, stats.pending) == (0, 0)
                producer.put_many(b"%d" % (1_000_000 + round * 10 + n) for n in range(10))
                result = producer.close(60)
                os._exit(0 if empty and result.sent == 10 and result.complete else 1)
            children.append(child)
        statuses = [os.waitpid(child, 0)[1] for child in children]
        stop.set()
        writer.join()
        assert producer.close(60).complete
        assert statuses == [0] * rounds, statuses
        """,
        sink.url,
        timeout=size(90, 1_800),
        rounds=rounds,
    )
    expected = events(range(int(done.stdout)), range(1_000_000, 1_000_000 + 10 * rounds))
    lost = len(expected.keys() - sink.events.keys())
    tally("C6", events=len(expected), lost=lost, copies=sink.copies(), rounds=rounds)
    assert sink.events == expected


def test_events_put_before_a_fork_are_sent_by_the_parent_only(sink: Sink) -> None:
    run(
        """
        producer = Producer(target, linger=60)
        producer.put(b"1")
        child = os.fork()
        if child == 0:
            sys.exit(0)  # runs the child's own atexit callbacks
        os.waitpid(child, 0)
        """,
        sink.url,
    )
    assert sink.events == {b"1": 1}


def test_children_of_multiprocessing_deliver_without_closing(sink: Sink, tally: Tally) -> None:
    # C6 as well. They end without the interpreter's atexit callbacks.
    rounds = size(3, 200)
    run(
        """
        producer = Producer(target, linger=60)
        def work(n):
            producer.put(b"%d" % n)
        context = multiprocessing.get_context("fork")
        children = [context.Process(target=work, args=(n,)) for n in range(rounds)]
        # Eight at a time: each makes a client of its own while it ends, and has five seconds for that.
        for first in range(0, rounds, 8):
            for child in children[first : first + 8]: child.start()
            for child in children[first : first + 8]: child.join()
        """,
        sink.url,
        timeout=size(90, 1_800),
        rounds=rounds,
    )
    tally("C6", events=rounds, lost=rounds - len(sink.events), copies=sink.copies(), rounds=rounds)
    assert sink.events == events(range(rounds))


def test_closing_one_producer_in_a_child_of_multiprocessing_leaves_the_others_open(sink: Sink) -> None:
    run(
        """
        import gc
        def work():
            kept, closed = Producer(target), Producer(target)
            kept.put(b"1")
            closed.put(b"2")
            closed.close()
            del closed
            gc.collect()
            kept.put(b"3")
        child = multiprocessing.get_context("fork").Process(target=work)
        child.start()
        child.join()
        assert child.exitcode == 0
        """,
        sink.url,
    )
    assert sink.events == events(range(1, 4))


def test_a_preloaded_client_is_made_anew_in_the_child(sink: Sink) -> None:
    run(
        """
        producer = Producer(target)
        before = producer.client
        child = os.fork()
        if child == 0:
            os._exit(0 if producer.client is not before else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert producer.client is before
        """,
        sink.url,
    )


def test_a_producer_that_the_caller_let_go_of_still_delivers(sink: Sink) -> None:
    run(
        """
        import gc
        def work():
            Producer(target, linger=60).put(b"1")
        work()
        gc.collect()
        """,
        sink.url,
    )
    assert sink.events == {b"1": 1}


def test_a_fork_waits_for_a_client_that_is_being_made() -> None:
    done = run("""
        from clickstream_producer._lifecycle import connecting
        started = threading.Event()
        def make():
            with connecting:
                started.set()
                time.sleep(0.3)
        threading.Thread(target=make).start()
        started.wait()
        before = time.monotonic()
        child = os.fork()
        if child == 0:
            with connecting:
                os._exit(0)
        print(time.monotonic() - before)
        assert os.waitpid(child, 0)[1] == 0
    """)
    assert float(done.stdout) >= 0.25
