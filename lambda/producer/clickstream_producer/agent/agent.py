"""The agent: follows the files of all flows, a thread for each stream, with one checkpoint file."""

from __future__ import annotations

import logging
import threading

from clickstream_producer.agent.checkpoints import Checkpoints
from clickstream_producer.agent.descriptors import raise_limit
from clickstream_producer.agent.follower import Follower
from clickstream_producer.agent.options import AgentOptions, FlowOptions
from clickstream_producer.errors import InvalidOption

log = logging.getLogger("clickstream_producer.agent")

_PAUSE_CAP = 30.0
"""Most seconds between two attempts to open the checkpoint file."""


class Agent:
    """Runs flows until it is stopped.

    A stream that is sick waits; the others go on. Nothing is read without a checkpoint file that can be written: lines
    are safe in their files, and positions that are lost would mean copies at every start.

    Parameters
    ----------
    options
        Flows, checkpoint file, intervals.

    Raises
    ------
    InvalidOption
        The checkpoint file cannot be used.
    """

    def __init__(self, options: AgentOptions) -> None:
        self._options = options
        streams: dict[str, list[FlowOptions]] = {}
        for flow in options.flows:
            streams.setdefault(flow.stream, []).append(flow)
        self._followers = [Follower(flows) for flows in streams.values()]
        self._stop = threading.Event()
        self._incomplete = False

    def run(self, *, once: bool = False) -> int:
        """Follow the files until :meth:`stop`, or with ``once`` until everything there is has been sent.

        Returns
        -------
        int
            0: everything that was read is acknowledged and its position saved. 1: it is not, and the rest is read again
            at the next start; or with ``once`` a file was left out as a whole, or the stream took nothing for
            ``once_timeout``.
        """
        checkpoints = self._opened(once)
        if checkpoints is None:
            for follower in self._followers:
                follower.close()
            return 1
        most_open = max(1, raise_limit() // len(self._followers))
        threads = [
            threading.Thread(
                target=self._follow, args=(one, checkpoints, most_open, once), name=one.stream, daemon=True
            )
            for one in self._followers
        ]
        for thread in threads:
            thread.start()
        threading.Thread(target=self._report, name="statistics", daemon=True).start()
        for thread in threads:
            thread.join()
        self._stop.set()
        self._log_statistics()
        checkpoints.close()
        return 1 if self._incomplete else 0

    def stop(self) -> None:
        """Read no more, wait for the answers under way, save, and end; may be called from a signal handler."""
        self._stop.set()

    def _opened(self, once: bool) -> Checkpoints | None:
        """Open the checkpoint file, waiting until that is possible; None: stopped before, or not to be waited for."""
        pause = 1.0
        while True:
            try:
                return Checkpoints(self._options.checkpoint_file)
            except InvalidOption:
                raise
            except Exception as error:
                said = error if isinstance(error, OSError) else type(error).__name__
                log.warning("nothing is read: %s%s", said, "" if once else f"; next attempt in {pause:.0f} s")
            if once or self._stop.wait(pause):
                return None
            pause = min(_PAUSE_CAP, pause * 2)

    def _follow(self, follower: Follower, checkpoints: Checkpoints, most_open: int, once: bool) -> None:
        options = self._options
        complete = False
        try:
            complete = follower.run(
                checkpoints,
                most_open,
                self._stop,
                shutdown_timeout=options.shutdown_timeout,
                forget_after=options.forget_after,
                once=options.once_timeout if once else None,
            )
        finally:
            if not complete:
                self._incomplete = True
                log.warning(
                    "%s: not everything is sent, for the reasons above; the rest stays in its files", follower.stream
                )

    def _report(self) -> None:
        interval = self._options.statistics_interval
        while interval and not self._stop.wait(interval):
            self._log_statistics()

    def _log_statistics(self) -> None:
        for follower in self._followers:
            for line in follower.statistics():
                log.info("%s", line)
