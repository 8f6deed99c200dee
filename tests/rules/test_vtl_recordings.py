"""The collected cases: what API Gateway itself printed, and what Velocity 1.7 prints."""

from __future__ import annotations

import base64
import json

from clickstream_local.vtl import MappingTemplate
from support.sample_data import shared_file

# To API Gateway an unresolved reference, or null, is the empty string: it was recorded to be true in #if and to equal
# "" (facts/api-gateway.md#mapping-templates). What plain Velocity makes of these cases cannot hold.
AWS_DIFFERS = {
    "rec-kinesis-loop": ('"PartitionKey": ""', '"PartitionKey": "20"'),
    "if-logic": ("ADGIKLM", "ADFIKL"),
    "truthiness": ("ADEGILN", "ACEGILM"),
    "set-null-keeps": ("[old] [1][1]", "[] [1][]"),
}


def test_every_case_prints_what_was_recorded_on_aws_or_else_what_velocity_prints() -> None:
    wrong = {}
    for case in json.loads(shared_file("vtl/cases.json").read_text("utf-8")):
        expected = case.get("recorded", case.get("expected"))
        if case["name"] in AWS_DIFFERS:
            expected = expected.replace(*AWS_DIFFERS[case["name"]])
        printed = MappingTemplate(case["template"]).render(
            body=case.get("body"),
            params=case.get("params"),
            context=case.get("context"),
            stage_variables=case.get("stageVariables"),
        )
        if printed != expected:
            wrong[case["name"]] = printed
    assert wrong == {}


def test_every_vector_prints_what_was_seen_on_aws() -> None:
    wrong = {}
    for vector in json.loads(shared_file("facts/vectors.json").read_text("utf-8"))["vtl"]:
        printed = MappingTemplate(vector["template"]).render(body=vector.get("body"))
        expected = vector.get("expect", vector.get("expect_rendered"))
        if "expect_decoded_bytes" in vector:
            printed, expected = base64.b64decode(printed).hex(), vector["expect_decoded_bytes"]
        if printed != expected:
            wrong[vector["template"]] = printed
    assert wrong == {}
