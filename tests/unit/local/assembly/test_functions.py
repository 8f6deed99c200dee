"""Lambda functions of a template, with the folder that holds their code."""

from __future__ import annotations

from pathlib import Path

from clickstream_local.assembly.cloud_assembly import load_stacks
from support.assemblies import load_resources, write_assembly

FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"S3Bucket": "assets", "S3Key": "c0de.zip"},
        "Environment": {"Variables": {"STREAM": {"Ref": "Stream"}}},
        "Timeout": 30,
    },
}

STREAM = {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": {}}


def test_a_function_has_its_asset_folder_and_its_resolved_environment(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"Shop": {"Resources": {"Fn": FUNCTION, "Stream": STREAM}}})
    (stack,) = load_stacks(tmp_path)
    (function,) = stack.functions
    assert function.code_dir == tmp_path / "asset.c0de"
    assert function.environment == {"STREAM": "Shop-Stream"}
    assert (function.timeout_seconds, function.memory_mb) == (30, 128)
    assert function.log_group == "/aws/lambda/Shop-Fn"


def test_inline_code_becomes_a_folder_with_index_py(tmp_path: Path) -> None:
    function = FUNCTION | {"Properties": {"Runtime": "python3.13", "Handler": "index.f", "Code": {"ZipFile": "x = 1"}}}
    assert (load_resources(tmp_path, {"Fn": function}).functions[0].code_dir / "index.py").read_text() == "x = 1"
