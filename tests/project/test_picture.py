"""The picture of the pipeline is drawn from its text, and shows each service that the default template uses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.checkout import CHECKOUT

PICTURES = CHECKOUT / "docs" / "pictures"
SERVICES = {
    "ApiGateway": "API Gateway",
    "Glue": "Glue",
    "IAM": "IAM role",
    "KinesisFirehose": "Data Firehose",
    "Lambda": "Lambda",
    "Logs": "CloudWatch Logs",
    "S3": "S3 bucket",
}
"""Namespace of a resource type: the word for it in the picture."""


def test_each_service_of_the_default_template_is_in_the_picture() -> None:
    template = json.loads((CHECKOUT / "tests/rules/snapshots/default.json").read_text(encoding="utf-8"))
    used = {resource["Type"].split("::")[1] for resource in template["Resources"].values()}
    text = (PICTURES / "pipeline.mmd").read_text(encoding="utf-8").replace("<br/>", " ")
    assert used == set(SERVICES)
    assert [word for word in SERVICES.values() if word not in text] == []


@pytest.mark.parametrize("drawing", sorted(PICTURES.glob("*.svg")), ids=lambda path: path.stem)
def test_a_drawing_is_made_from_its_text(drawing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make picture` draws it again."""
    monkeypatch.syspath_prepend(str(CHECKOUT / "tools" / "picture"))
    from draw import digest

    svg = drawing.read_text(encoding="utf-8")
    source = PICTURES / f"{drawing.stem.rpartition('-')[0]}.mmd"
    assert re.search(r'data-source="(\w+)"', svg)[1] == digest(source.read_text(encoding="utf-8"))
    assert "http" not in svg.replace("http://www.w3.org/", "")
