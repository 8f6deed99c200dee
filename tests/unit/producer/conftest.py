from __future__ import annotations

from support.producer.fixtures import folder, no_aws_of_this_machine, sink

__all__ = ["folder", "no_aws_of_this_machine", "sink"]
