"""The stacks of a cloud assembly, and what they export to each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.assembly.errors import AssemblyError
from support.assemblies import write_assembly

STREAM = {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": {}}


def test_an_environment_agnostic_stack_runs_in_the_default_region_and_account(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"Shop": {"Resources": {"Stream": STREAM}}})
    (stack,) = load_stacks(tmp_path)
    assert stack.delivery_streams[0].arn == "arn:aws:firehose:us-east-1:000000000000:deliverystream/Shop-Stream"


def test_a_stack_with_an_environment_keeps_it(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"Shop": {"Resources": {"Stream": STREAM}}}, environment="aws://444455556666/eu-west-1")
    (stack,) = load_stacks(tmp_path)
    assert (stack.account, stack.region) == ("444455556666", "eu-west-1")


def test_a_stack_imports_what_another_exports(tmp_path: Path) -> None:
    exporting = {
        "Resources": {"Lake": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"Lake": {"Value": {"Ref": "Lake"}, "Export": {"Name": "lake-name"}}},
    }
    importing = {"Resources": {}, "Outputs": {"Bucket": {"Value": {"Fn::ImportValue": "lake-name"}}}}
    write_assembly(tmp_path, {"Importing": importing, "Exporting": exporting})
    (stack,) = load_stacks(tmp_path, stack="Importing")
    assert stack.outputs == {"Bucket": "exporting-lake"}


def test_an_unknown_stack_name_lists_the_known_ones(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"Shop": {"Resources": {}}})
    with pytest.raises(AssemblyError, match=r"no stack 'Shopp' .* its stacks: Shop"):
        load_stacks(tmp_path, stack="Shopp")


def test_a_missing_assembly_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="run `make synth` or `cdk synth` first"):
        load_stacks(tmp_path / "cdk.out")


def test_stacks_that_import_from_each_other_are_an_error(tmp_path: Path) -> None:
    def stack(exported: str, imported: str) -> dict[str, Any]:
        output = {"Value": {"Fn::ImportValue": imported}, "Export": {"Name": exported}}
        return {"Resources": {}, "Outputs": {"O": output}}

    write_assembly(tmp_path, {"a": stack("x", "y"), "b": stack("y", "x")})
    reasons = [found.reason for one in load_stacks(tmp_path) for found in one.unsupported]
    assert reasons[0] == "circular dependency between outputs of stacks: export y → export x → export y"


def test_a_stack_refers_weakly_to_outputs_that_another_does_not_export(tmp_path: Path) -> None:
    """`cdk init` sets @aws-cdk/core:defaultCrossStackReferences to weak: references become Fn::GetStackOutput."""
    lake = {"Resources": {"Lake": {"Type": "AWS::S3::Bucket"}}, "Outputs": {"Lake": {"Value": {"Ref": "Lake"}}}}
    found = {"Fn::GetStackOutput": {"StackName": "Lake", "Region": {"Ref": "AWS::Region"}, "OutputName": "Lake"}}
    missing = {"Fn::GetStackOutput": {"StackName": "Lake", "OutputName": "Nothing"}}
    shop = {"Outputs": {"Bucket": {"Value": found}, "Missing": {"Value": missing}}}
    write_assembly(tmp_path, {"Shop": shop, "Lake": lake})
    (stack,) = load_stacks(tmp_path, stack="Shop")
    assert stack.outputs == {"Bucket": "lake-lake"}
    (unsupported,) = stack.unsupported
    assert unsupported.reason.startswith("Fn::GetStackOutput of 'Nothing' of 'Lake': no stack of the assembly has")


@pytest.mark.parametrize("manifest", ["{}", '{"artifacts": {}}'])
def test_an_assembly_without_a_stack_says_so(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(AssemblyError, match="has no stack"):
        load_stacks(tmp_path)


@pytest.mark.parametrize("manifest", ["[]", '{"artifacts": []}', '{"artifacts": {"a": {}}}', '{"artifacts": {"a": 1}}'])
def test_a_manifest_that_the_cdk_did_not_write_is_refused_by_name(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(AssemblyError, match="is not a cloud assembly"):
        load_stacks(tmp_path)
