"""The agent: follows log files and sends their lines, each exactly once while answers arrive.

``clickstream-producer tail`` runs it; :class:`Agent` does from Python. It needs a POSIX system (inodes, file locks).
"""

from __future__ import annotations

from clickstream_producer.agent.agent import Agent
from clickstream_producer.agent.agent_json import read_agent_json
from clickstream_producer.agent.options import AgentOptions, FlowOptions

__all__ = ["Agent", "AgentOptions", "FlowOptions", "read_agent_json"]
