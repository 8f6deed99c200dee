from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cdk_clickstream import Blueprint, Enrichment, EventSchema, IpAnonymisation, Transform
from clickstream_transform.options import Options
from support.transform_harness import PACKAGE
from support.transforms import asset


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


def test_the_columns_are_those_of_the_schema(tmp_path: Path) -> None:
    schema = EventSchema.from_dict({"type": "object", "properties": {"event_name": {"type": "string"}}})
    assert json.loads((asset(tmp_path, schema=schema) / "columns.json").read_text()) == {
        "event_name": {"check": {"kind": "string"}}
    }


@pytest.mark.parametrize("general", [True, False])
def test_rows_that_are_not_made_here_are_checked_by_the_columns_that_were_given(tmp_path: Path, general: bool) -> None:
    (tmp_path / "rows.py").write_text("def transform(event):\n    return event\n", "utf-8")
    transform = Transform.blueprint(Blueprint.GENERAL) if general else Transform.per_event(tmp_path / "rows.py")
    schema = EventSchema.from_dict(
        {"type": "object", "properties": {"event_name": {"type": "string"}, "shopId": {"type": "integer"}}}
    )
    without = asset(tmp_path / "without", transform=transform)
    assert not (without / "columns.json").exists()
    columns = json.loads((asset(tmp_path / "with", transform=transform, schema=schema) / "columns.json").read_text())
    assert list(columns) == ["event_name", "shopId"]


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
