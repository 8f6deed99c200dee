"""What a deleted stack leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def delete_log_groups(logs: Any, stacks: Sequence[str]) -> list[str]:
    """Delete the log groups that Lambda made by itself for functions of deleted stacks, and return their names.

    The pipelines' own log groups are resources of the stacks; the functions that the CDK adds (for the deletion of
    objects) have none.
    """
    found = [
        group["logGroupName"]
        for stack in stacks
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/{stack}-")
        for group in page["logGroups"]
    ]
    for name in found:
        logs.delete_log_group(logGroupName=name)
    return found
