from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_clickstream import ConfigurationError, Enrichment, EventSchema, IpAnonymisation, Transform, TransformFunction
from clickstream_transform.options import Options
from support.checkout import CHECKOUT
from support.stacks import CONTEXT, Synthesized, new_stack
from support.transforms import bundled_options

PACKAGE = CHECKOUT / "lambda" / "transform" / "clickstream_transform"


def asset(folder: Path, **options: Any) -> Path:
    """Synthesize a function into the folder, and return its unpacked asset."""
    app = cdk.App(context=CONTEXT, outdir=str(folder))
    TransformFunction(cdk.Stack(app, "Test"), "Transform", **options)
    app.synth()
    (found,) = folder.glob("asset.*")
    return found


def test_the_function_runs_the_transforms_entry_point(reference: Synthesized) -> None:
    function = reference.only("AWS::Lambda::Function")
    assert function["Handler"] == "clickstream_transform.handler.handler"
    assert function["Runtime"] == "python3.14"
    assert function["Architectures"] == ["arm64"]
    assert (function["MemorySize"], function["Timeout"]) == (512, 60)


def test_the_function_knows_the_reject_stream(reference: Synthesized) -> None:
    variables = reference.only("AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables == {"CLICKSTREAM_REJECT_STREAM": {"Ref": "PipelineRejectStreamD2DA6DF1"}}


def test_the_function_logs_into_its_own_group(reference: Synthesized) -> None:
    logging = reference.only("AWS::Lambda::Function")["LoggingConfig"]
    assert logging == {"LogGroup": {"Ref": "PipelineTransformLogE41614DB"}}
    assert reference.only("AWS::Logs::LogGroup", "PipelineTransformLog")["RetentionInDays"] == 30


def test_the_asset_holds_code_columns_and_options_and_nothing_else(tmp_path: Path) -> None:
    root = asset(tmp_path)
    files = {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}
    code = {f"clickstream_transform/{file.relative_to(PACKAGE)}" for file in PACKAGE.rglob("*.py")}
    assert files == code | {"columns.json", "options.json"}


def test_the_package_has_no_data_that_the_asset_would_lack() -> None:
    """The schemas are read at synth; the asset has its own columns."""
    others = {file.name for file in PACKAGE.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")}
    assert {name for name in others if not name.endswith(".schema.json")} == {"click.columns.json", "py.typed"}


def test_the_options_are_those_that_were_chosen(tmp_path: Path) -> None:
    transform = Transform.click(
        ip_anonymisation=IpAnonymisation.NONE,
        dedupe=False,
        enrichments=[Enrichment.URL],
        redact=["page_url"],
        redact_query_keys=["email"],
    )
    found = json.loads((asset(tmp_path, transform=transform) / "options.json").read_text())
    assert vars(Options.from_dict(found)) == {
        "processor": "click",
        "ip_anonymisation": "none",
        "dedupe": False,
        "enrichments": ("url",),
        "redact": ("page_url",),
        "redact_query_keys": ("email",),
    }


def test_the_defaults_are_those_of_the_transform() -> None:
    chosen = vars(bundled_options(Transform.click()))
    assert chosen == {name: getattr(Options, name) for name in chosen}


@pytest.mark.parametrize("names", ["page_url", [""]])
def test_redacted_columns_that_are_no_list_of_names_are_refused(names: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"transform\.redact="):
        Transform.click(redact=names)


def test_the_columns_are_those_of_the_schema(tmp_path: Path) -> None:
    schema = EventSchema.from_dict({"type": "object", "properties": {"event_name": {"type": "string"}}})
    assert json.loads((asset(tmp_path, schema=schema) / "columns.json").read_text()) == {
        "event_name": {"check": {"kind": "string"}}
    }


def test_a_schema_whose_members_are_no_column_names_is_refused() -> None:
    properties = {"event_name": {"type": "string"}, "pageURL": {"type": "string"}}
    schema = EventSchema.from_dict({"type": "object", "properties": properties})
    with pytest.raises(ConfigurationError, match=r"#/properties/pageURL.*name it 'page_url'|Name it 'page_url'"):
        TransformFunction(new_stack(), "Transform", schema=schema)


def test_the_bundled_transform_starts_with_what_is_staged(tmp_path: Path) -> None:
    root = asset(tmp_path)
    code = (
        "import clickstream_transform.handler as h; print(h.handler({'records': [], 'deliveryStreamArn': 'a', "
        "'invocationId': 'i', 'region': 'r'}, None))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "{'records': []}"


def test_the_assets_hash_depends_on_content_only(tmp_path: Path) -> None:
    first, second = asset(tmp_path / "one"), asset(tmp_path / "two")
    assert first.name == second.name


def test_a_function_alone_has_no_reject_stream() -> None:
    stack = new_stack()
    TransformFunction(stack, "Transform")
    found = Synthesized(stack)
    assert "Environment" not in found.only("AWS::Lambda::Function")
    assert not found.of_type("AWS::KinesisFirehose::DeliveryStream")


def test_the_metrics_are_those_of_the_function() -> None:
    function = TransformFunction(new_stack(), "Transform")
    assert function.metric_errors().metric_name == "Errors"
    assert function.metric_duration().metric_name == "Duration"
