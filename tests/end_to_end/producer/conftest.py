from __future__ import annotations

import pytest

from support.producer.fixtures import folder, no_aws_of_this_machine, sink, tally
from support.producer.soak import FULL

__all__ = ["folder", "no_aws_of_this_machine", "sink", "tally"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """At full size only the tests of the goals run; the others are the same as ever."""
    if FULL:
        items[:] = [item for item in items if "tally" in getattr(item, "fixturenames", ())]
