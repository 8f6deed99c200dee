"""Templates and cloud assemblies written by hand, and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clickstream_local.assembly.cloud_assembly import load_stacks
from clickstream_local.common.model import Stack


def load_template(folder: Path, template: dict[str, Any]) -> Stack:
    """The stack ``shop`` of a single template."""
    path = folder / "shop.json"
    path.write_text(json.dumps(template))
    (stack,) = load_stacks(path)
    return stack


def load_resources(folder: Path, resources: dict[str, Any], **sections: Any) -> Stack:
    """The stack ``shop`` of a template with these resources and other sections."""
    return load_template(folder, {"Resources": resources, **sections})


def write_assembly(
    folder: Path, templates: dict[str, dict[str, Any]], *, environment: str = "aws://unknown-account/unknown-region"
) -> Path:
    """A cloud assembly of stacks by name, each with the asset ``c0de``, as ``cdk synth`` lays it out."""
    artifacts: dict[str, Any] = {}
    for name, template in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": f"{name}.template.json"},
        }
        artifacts[f"{name}.assets"] = {"type": "cdk:asset-manifest", "properties": {"file": f"{name}.assets.json"}}
        (folder / f"{name}.assets.json").write_text(
            json.dumps({"files": {"c0de": {"source": {"path": "asset.c0de", "packaging": "zip"}}}})
        )
    (folder / "asset.c0de").mkdir()
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    return folder
