"""Processes: import, exit, signals, fork, multiprocessing. Each is a script of its own, in a fresh interpreter."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from support.producer.sink import Sink, running_sink
from support.producer.soak import Tally, size

PRELUDE = """
import json, multiprocessing, os, signal, sys, threading, time
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


def start(script: str, sink: Sink) -> subprocess.Popen[str]:
    """Start a script; return when it has called `ready()`."""
    prelude = PRELUDE + "def ready(): print('ready', flush=True)\n"
    done = subprocess.Popen(
        [sys.executable, "-c", prelude + textwrap.dedent(script), sink.url], stdout=subprocess.PIPE, text=True
    )
    assert done.stdout is not None
    assert done.stdout.readline() == "ready\n"
    return done


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
    # facts/goals.md#producer, C7: 10,000 events on a healthy endpoint. Nobody calls flush or close.
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
    # facts/goals.md#producer, C6: forked while another thread puts and the sender sends.
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


def test_a_child_sends_though_its_spool_can_no_more_be_written(sink: Sink, tmp_path: Path) -> None:
    """Its events are in memory then, as after any failure of the disk, and that is said."""
    done = run(
        f"""
        import shutil
        from pathlib import Path
        spool = Path({str(tmp_path / "spool")!r})
        producer = Producer(target, spool=spool)
        producer.put(b"1")
        producer.flush(10)
        shutil.rmtree(spool)
        spool.write_text("a file, where the directory was")
        child = os.fork()
        if child == 0:
            producer.put(b"2")
            os._exit(0 if producer.flush(10).complete else 1)
        assert os.waitpid(child, 0)[1] == 0
        """,
        sink.url,
    )
    assert sink.events == {b"1": 1, b"2": 1}
    assert "spool" in done.stderr


def test_children_of_multiprocessing_deliver_without_closing(sink: Sink, tally: Tally) -> None:
    # C6 as well. They end without the interpreter's atexit callbacks.
    rounds = size(3, 200)
    run(
        """
        producer = Producer(target, linger=60, exit_timeout=60)
        def work(n):
            producer.put(b"%d" % n)
        context = multiprocessing.get_context("fork")
        children = [context.Process(target=work, args=(n,)) for n in range(rounds)]
        # Eight at a time: each makes a client of its own while it ends.
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


def test_what_is_put_in_a_later_atexit_callback_is_refused(sink: Sink) -> None:
    # CPython atexit: last in, first out; a callback that was registered before the import comes after the producer's.
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import atexit, sys\nheld = []\n@atexit.register\ndef late():\n"
            "    for producer in held:\n        try:\n            producer.put(b'2')\n"
            "        except Exception as error:\n            print(type(error).__name__)\n"
            + PRELUDE
            + "held += [Producer(target), Producer(target)]\nheld[0].put(b'1')\n",
            sink.url,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "ProducerClosed\n" * 2
    assert sink.events == {b"1": 1}


def test_what_is_put_in_an_earlier_atexit_callback_arrives(sink: Sink) -> None:
    run("import atexit\nproducer = Producer(target)\natexit.register(producer.put, b'1')", sink.url)
    assert sink.events == {b"1": 1}


def test_a_thread_that_outlives_the_main_one_arrives(sink: Sink) -> None:
    run(
        """
        producer = Producer(target)
        threading.Thread(target=lambda: (time.sleep(0.3), producer.put(b"1"))).start()
        """,
        sink.url,
    )
    assert sink.events == {b"1": 1}


@pytest.mark.parametrize("verb", ["", "producer.flush()", "producer.close()"])
def test_where_no_thread_can_be_started_events_are_sent_without_one(sink: Sink, verb: str) -> None:
    # CPython 3.12: "can't create new thread at interpreter shutdown".
    run(
        f"""
        def refuse(thread):
            raise RuntimeError("can't create new thread at interpreter shutdown")
        threading.Thread.start = refuse
        producer = Producer(target)
        producer.put_many([b"1", b"2"])
        producer.put(b"3")
        {verb}
        """,
        sink.url,
    )
    assert sink.events == events(range(1, 4))


@pytest.mark.parametrize("version", ["3.12", "3.13", "3.14"])
def test_what_is_put_at_the_exit_of_newer_interpreters_arrives(sink: Sink, version: str) -> None:
    # Beside this interpreter, as version managers have them.
    python = next(Path(sys.base_prefix).parent.glob(f"*{version}*/bin/python{version}"), None)
    if python is None:
        pytest.skip(f"there is no python{version} beside {sys.base_prefix}")
    script = PRELUDE + "import atexit\nproducer = Producer(target)\natexit.register(producer.put, b'1')"
    ours = [path for path in sys.path if not path.startswith(sys.base_prefix)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(ours)}
    subprocess.run([python, "-c", script, sink.url], env=environment, timeout=60, check=True)
    assert sink.events == {b"1": 1}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_that_ends_the_process_sends_the_rest_first(sink: Sink, number: signal.Signals) -> None:
    script = f"""
        signal.signal({number:d}, signal.SIG_DFL)  # nohup has the children of a shell ignore it
        producer = Producer(target, handle_signals=True)
        producer.put(b"1")
        ready()
        time.sleep(30)
    """
    done = start(script, sink)
    done.send_signal(number)
    assert done.wait(30) == -number
    assert sink.events == {b"1": 1}


def test_a_signal_ends_the_first_process_of_a_container_too(sink: Sink) -> None:
    # man 7 pid_namespaces: it gets only the signals that it has handlers for.
    inside = ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no process namespaces for this user: unshare(1) is missing, or the kernel refuses")
    script = """
        producer = Producer(target, handle_signals=True)
        producer.put(b"1")
        assert os.getpid() == 1
        os.kill(1, signal.SIGTERM)
        time.sleep(30)
    """
    command = [*inside, sys.executable, "-c", PRELUDE + textwrap.dedent(script), sink.url]
    assert subprocess.run(command, timeout=25, check=False).returncode == 128 + signal.SIGTERM
    assert sink.events == {b"1": 1}


def test_without_handle_signals_such_a_signal_loses_the_buffer(sink: Sink) -> None:
    done = start("producer = Producer(target, linger=60)\nproducer.put(b'1')\nready()\ntime.sleep(30)", sink)
    done.terminate()
    assert done.wait(30) == -signal.SIGTERM
    assert sink.events == {}


@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_an_end_that_runs_no_code_loses_the_buffer(sink: Sink, end: str) -> None:
    run(
        f"""
        producer = Producer(target, linger=60)
        producer.put(b"1")
        if os.fork() == 0:
            producer.put(b"2")
            {end}
        os.wait()
        """,
        sink.url,
    )
    assert sink.events == {b"1": 1}


def test_the_handler_of_the_application_is_called_after_the_rest_was_sent(sink: Sink) -> None:
    script = """
        producer = None
        def own(number, frame):
            stats = producer.stats()
            producer.put(b"2")  # it is not closed
            print(stats.sent, flush=True)
            sys.exit(7)
        signal.signal(signal.SIGTERM, own)
        producer = Producer(target, linger=60, handle_signals=True)
        producer.put(b"1")
        ready()
        time.sleep(30)
    """
    done = start(script, sink)
    done.terminate()
    assert done.wait(30) == 7
    assert done.stdout is not None
    assert done.stdout.read() == "1\n"
    assert sink.events == {b"1": 1, b"2": 1}


def test_a_signal_into_a_loop_of_puts_loses_none_that_returned(sink: Sink) -> None:
    script = """
        producer = Producer(target, handle_signals=True, when_full=FullPolicy.block(60), linger=0.01)
        number = 0
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
        while True:
            try:
                producer.put(b"%d" % number)
            except ProducerClosed:
                break
            number += 1
        raise AssertionError("the signal has not ended the process")
    """
    done = start("ready()" + textwrap.dedent(script).replace("ProducerClosed", "RuntimeError"), sink)
    assert done.wait(60) == -signal.SIGTERM
    arrived = sorted(map(int, sink.events))
    assert arrived == list(range(len(arrived)))  # the last one or two may not have returned
    assert sink.copies() == 0


def test_a_signal_that_is_ignored_stays_ignored(sink: Sink) -> None:
    run(
        """
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        producer = Producer(target, handle_signals=True)
        os.kill(os.getpid(), signal.SIGHUP)
        producer.put(b"1")
        """,
        sink.url,
    )
    assert sink.events == {b"1": 1}


def test_in_another_thread_than_the_main_one_signals_cannot_be_handled_and_that_is_said(sink: Sink) -> None:
    done = run(
        """
        thread = threading.Thread(target=lambda: Producer(target, handle_signals=True).put(b"1"))
        thread.start()
        thread.join()
        """,
        sink.url,
    )
    assert "handle_signals=True has no effect" in done.stderr
    assert sink.events == {b"1": 1}


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_children_of_a_pool_that_is_left_deliver(sink: Sink, tmp_path: Path, method: str) -> None:
    # CPython multiprocessing: leaving a Pool ends its children by SIGTERM.
    script = tmp_path / "pool.py"
    script.write_text(
        PRELUDE
        + "producer = Producer(target)\ndef work(number):\n    return producer.put(b'%d' % number)\n"
        + f"if __name__ == '__main__':\n    with multiprocessing.get_context({method!r}).Pool(2) as pool:\n"
        + "        assert all(pool.map(work, range(6)))\n"
    )
    subprocess.run([sys.executable, str(script), sink.url], timeout=60, check=True)
    assert sink.events == events(range(6))


def test_a_put_in_a_signal_handler_interrupts_one_that_is_under_way(sink: Sink) -> None:
    done = run(
        """
        import faulthandler
        faulthandler.dump_traceback_later(60, exit=True)
        producer = Producer(target, linger=0.05, when_full=FullPolicy.block(60))
        taken, busy, verbs = 0, False, 0
        def handler(*_):
            global taken, busy, verbs
            if not busy:
                busy = True
                taken += producer.put(b'"s%d"' % taken)
                verbs += 1
                if verbs % 10 == 0:
                    producer.stats(), producer.flush(0.01), producer.disable(), producer.enable()
                busy = False
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        for number in range(30_000):
            while not producer.put(b"%d" % number):
                pass  # it was disabled for that moment
        signal.setitimer(signal.ITIMER_REAL, 0)
        result = producer.close(60)
        assert result.complete
        assert taken > 10
        print(taken)
        """,
        sink.url,
    )
    assert sink.events == {**events(range(30_000)), **{b'"s%d"' % n: 1 for n in range(int(done.stdout))}}


def test_close_in_a_signal_handler_that_interrupts_a_put_is_finished_at_the_exit(sink: Sink) -> None:
    script = """
        import itertools
        producer = Producer(target, linger=60, when_full=FullPolicy.block(60))
        def handler(*_):
            producer.close(10)
            sys.exit(3)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        for number in itertools.count():
            producer.put(b"%d" % number)
    """
    done = start("ready()" + textwrap.dedent(script), sink)
    assert done.wait(60) == 3
    arrived = sorted(map(int, sink.events))
    # The exception of sys.exit may come in the middle of the work on one record.
    assert 0 < max(arrived) + 1 <= len(arrived) + 500
