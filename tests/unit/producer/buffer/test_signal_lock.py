"""A lock that says no to the signal handler that interrupts its holder."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from clickstream_producer.buffer.signal_lock import Interrupted, SignalLock


def test_a_handler_that_interrupts_the_holder_is_told_and_another_thread_waits() -> None:
    lock = SignalLock(__file__)
    seen: list[object] = []

    def enter(*_: object) -> None:
        try:
            with lock:
                seen.append("entered")
        except Interrupted:
            seen.append("told")

    # As a handler of the application, whose frame stands between the two.
    source = "def handler(*_):\n    enter()"
    application = {"enter": enter}
    exec(compile(source, "application.py", "exec"), application)
    before = signal.signal(signal.SIGUSR1, application["handler"])
    try:
        with lock:
            signal.raise_signal(signal.SIGUSR1)
            other = threading.Thread(target=enter)
            other.start()
            time.sleep(0.05)
            assert seen == ["told"]
        other.join(10)
        signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == ["told", "entered", "entered"]


def test_a_lock_that_an_exception_has_left_acquired_is_freed() -> None:
    lock = SignalLock("of another file")
    lock.lock.acquire()  # and nobody is there who would release it
    with lock:
        assert lock.lock.locked()
    assert not lock.lock.locked()


def test_the_main_thread_waits_for_a_lock_that_another_thread_holds() -> None:
    lock = SignalLock(__file__)
    held = threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            time.sleep(0.1)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    # Called as the buffer is, from code of another file.
    caller = {"enter": lambda: lock.__enter__()}
    exec(compile("def call():\n    enter()", "application.py", "exec"), caller)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "_file", "buffer.py")
        caller["call"]()
    lock.__exit__(None, None, None)
    other.join(10)
