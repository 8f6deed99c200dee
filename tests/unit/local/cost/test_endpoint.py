"""What an endpoint adds to each record, and how many events it takes in a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.cost import GB, RECORD_BYTES, bill, changed, cost, line, template
from support.small_template import small_template


def test_what_the_endpoint_adds_is_measured_with_the_template_s_own_mapping_template(tmp_path: Path) -> None:
    assert bill()["record_bytes"] == RECORD_BYTES
    # This one adds a newline, and has no model that would bound the batch.
    assert bill("--events-per-request", 1, assembly=small_template(tmp_path))["record_bytes"] == 600 + 1


def test_an_endpoint_that_takes_one_event_a_request_is_not_asked_for_more() -> None:
    usage = template("multi_tenant-Usage")
    found = bill("--partitions", 1, assembly=usage)
    assert found["events_per_request"] == 1
    assert [one["problem"] for one in found["batches"]] == [None, *["/events takes at most 1 event a request"] * 3]
    refused = cost("--partitions", 1, "--events-per-request", 20, assembly=usage)
    assert "--events-per-request is 20: /events takes at most 1 event a request" in refused.output


def test_the_access_log_is_measured_by_its_own_format(tmp_path: Path) -> None:
    def short(resources: dict[str, Any]) -> None:
        for resource in resources.values():
            if resource["Type"] == "AWS::ApiGateway::Stage":
                resource["Properties"]["AccessLogSetting"] = {
                    "DestinationArn": "arn:aws:logs:us-east-1:111122223333:log-group:access",
                    "Format": "$context.status $context.httpMethod",
                }

    found = line(bill(assembly=changed(tmp_path, short)), "log-gb")
    assert found["quantity"] == pytest.approx(1_500_000 * len("202 POST") / GB)
