"""What a run leaves behind."""

from __future__ import annotations

import boto3
import pytest

from integ.run import delete_log_groups

pytestmark = pytest.mark.xdist_group("integ")


def test_only_the_log_groups_of_the_runs_own_functions_are_deleted(session: boto3.Session) -> None:
    logs = session.client("logs")
    functions = ("Integ-a1-Core-X", "Integ-a10-Core-X", "Integration")
    names = [f"/aws/lambda/Clickstream{function}" for function in functions]
    for name in names:
        logs.create_log_group(logGroupName=name)
    assert delete_log_groups(logs, ["ClickstreamInteg-a1-Core", "ClickstreamInteg-a1-Edges"]) == names[:1]
    left = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/ClickstreamInteg")["logGroups"]
    assert [group["logGroupName"] for group in left] == sorted(names[1:])
