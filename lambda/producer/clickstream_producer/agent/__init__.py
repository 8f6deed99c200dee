"""The agent: follows log files and sends their lines, each exactly once while answers arrive.

``clickstream-producer tail`` runs it; :class:`Agent` does from Python. It needs a POSIX system (inodes, file locks).
"""

from __future__ import annotations

from .agent import Agent
from .agent_json import read_agent_json
from .options import AgentOptions, FlowOptions

__all__ = ["Agent", "AgentOptions", "FlowOptions", "read_agent_json"]
