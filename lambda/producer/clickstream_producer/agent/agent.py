"""The agent: its flows, each in a thread of its own, and one checkpoint file."""

from __future__ import annotations

import logging
import threading

from clickstream_producer.agent.checkpoints import Checkpoints
from clickstream_producer.agent.flow import Flow
from clickstream_producer.agent.options import AgentOptions

log = logging.getLogger("clickstream_producer.agent")


class Agent:
    """Runs flows until it is stopped.

    A flow whose stream is sick waits; the others go on. An error that nobody foresaw in one of them stops the agent,
    so that a supervisor can start it again: no flow ever ends silently while the process lives.

    Parameters
    ----------
    options
        Flows, checkpoint file, intervals.

    Raises
    ------
    InvalidOption
        The checkpoint file is used by another process, or cannot be used.
    """

    def __init__(self, options: AgentOptions) -> None:
        self._options = options
        self._checkpoints = Checkpoints(options.checkpoint_file)
        self._flows = [Flow(flow, self._checkpoints) for flow in options.flows]
        self._stop = threading.Event()
        self._failed = False
        self._incomplete = False

    def run(self, *, once: bool = False) -> int:
        """Follow the files until :meth:`stop`, or with ``once`` until everything there is has been sent.

        Returns
        -------
        int
            0: everything that was read is acknowledged and its position saved. 1: it is not; the rest is read again
            at the next start.
        """
        threads = [
            threading.Thread(target=self._follow, args=(flow, once), name=f"flow {flow.name}", daemon=True)
            for flow in self._flows
        ]
        for thread in threads:
            thread.start()
        threading.Thread(target=self._report, name="statistics", daemon=True).start()
        for thread in threads:
            thread.join()
        self._stop.set()
        for flow in self._flows:
            log.info("%s", flow.statistics())
        self._checkpoints.close()
        return 1 if self._failed or self._incomplete else 0

    def stop(self) -> None:
        """Read no more, wait for the answers under way, save, and end; may be called from a signal handler."""
        self._stop.set()

    def _follow(self, flow: Flow, once: bool) -> None:
        options = self._options
        try:
            if not flow.run(self._stop, options.shutdown_timeout, options.forget_after, once=once):
                self._incomplete = True
                log.warning("%s: stopped before all was acknowledged; the rest is sent at the next start", flow.name)
        except Exception:
            self._failed = True
            log.exception("%s: stopped by an error; the agent ends", flow.name)
            self._stop.set()

    def _report(self) -> None:
        interval = self._options.statistics_interval
        while interval and not self._stop.wait(interval):
            for flow in self._flows:
                log.info("%s", flow.statistics())
