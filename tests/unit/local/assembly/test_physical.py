"""Names that CloudFormation would make."""

from __future__ import annotations

from clickstream_local.assembly.physical import physical_name


def test_names_that_are_too_long_for_the_service_are_cut_and_stay_distinct() -> None:
    names = {physical_name("Shop", "A" * 80 + end, "AWS::S3::Bucket", {}) for end in ("x", "y")}
    assert len(names) == 2
    assert {len(name) for name in names} == {63}
