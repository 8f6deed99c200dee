"""Pipelines and assets for the tests of transforms."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_clickstream import ApiAuth, ClickstreamPipeline, ConfigurationError, EventSchema, Transform, TransformFunction
from clickstream_transform.options import Options
from support.stacks import CONTEXT, REASON, Synthesized

AUTH = ApiAuth.public(reason=REASON)
STREAM = "AWS::KinesisFirehose::DeliveryStream"


def pipeline(stack: cdk.Stack, transform: Transform, **options: Any) -> ClickstreamPipeline:
    return ClickstreamPipeline(stack, "Pipeline", transform=transform, **({"auth": None} | options))


def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        make()
    return str(caught.value)


def asset(folder: Path, transform: Transform | None = None, schema: EventSchema | None = None) -> Path:
    """Synthesize a function into the folder, and return its unpacked asset."""
    app = cdk.App(context=CONTEXT, outdir=str(folder))
    TransformFunction(cdk.Stack(app, "Test"), "Transform", transform=transform, schema=schema)
    app.synth()
    (found,) = folder.glob("asset.*")
    return found


def bundled_options(transform: Transform) -> Options:
    """The options as the bundled code takes them."""
    assert transform.options is not None
    return Options.from_dict(transform.options)


def columns(found: Synthesized) -> dict[str, str]:
    table = found.only("AWS::Glue::Table")["TableInput"]["StorageDescriptor"]
    return {column["Name"]: column["Type"] for column in table["Columns"]}


def entry(folder: Path, code: str = "def transform(event):\n    return event\n", name: str = "rows.py") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(code, encoding="utf-8")
    return folder / name


def wheel(folder: Path) -> str:
    """A wheel as an index would serve it; returns its requirement with its hash."""
    path = folder / "shopnames-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("shopnames/__init__.py", "NAME = 'shop'\n")
        archive.writestr("shopnames-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shopnames\nVersion: 1.0\n")
        archive.writestr(
            "shopnames-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("shopnames-1.0.dist-info/entry_points.txt", "[console_scripts]\nshopnames = shopnames:main\n")
        archive.writestr("shopnames-1.0.dist-info/RECORD", "")
    return f"shopnames==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
