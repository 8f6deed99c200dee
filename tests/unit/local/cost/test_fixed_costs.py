"""What costs something whether events come or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.cost import bill, changed, line, template


def test_what_stands_there_is_counted_and_named_without_a_price() -> None:
    found = bill(assembly=template("everything"))
    counts = {"kms-keys": 2, "alarms": 18, "dashboards": 1, "interface-endpoint-hours": 2 * 720}
    assert {item: line(found, item)["quantity"] for item in counts} == counts
    # An object of events and one of the backup, each five minutes.
    assert line(found, "kms-requests")["quantity"] == 2 * 288 * 30
    assert all(line(found, item)["what"] in found["left_out"] for item in (*counts, "kms-requests"))
    assert found["total"] == pytest.approx(sum(one["amount"] or 0 for one in found["lines"]))
    assert "AWS::SNS::Topic (1)" in found["not_counted"]


def test_a_web_acl_looks_at_each_request(tmp_path: Path) -> None:
    def guarded(resources: dict[str, Any]) -> None:
        rules = [{"Name": "one"}, {"Name": "two"}]
        resources["Acl"] = {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": rules}}
        resources["Guard"] = {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": {}}

    found = bill(assembly=changed(tmp_path, guarded))
    quantities = {item: line(found, item)["quantity"] for item in ("waf-acls", "waf-rules", "waf-requests")}
    assert quantities == {"waf-acls": 1, "waf-rules": 2, "waf-requests": 1_500_000}
