"""The architecture picture shows what the template holds, and nothing else."""

from __future__ import annotations

import json
import sys
from typing import Any
from xml.etree import ElementTree

import pytest

from support.checkout import CHECKOUT

SNAPSHOT = CHECKOUT / "tests" / "rules" / "snapshots" / "default.json"


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(CHECKOUT / "tools"))
    from picture.architecture import architecture
    from picture.svg import svg

    yield lambda template: svg(architecture(template), "A stack")
    for name in [name for name in sys.modules if name.startswith("picture")]:
        del sys.modules[name]


def template() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SNAPSHOT.read_text())
    return document


def texts(picture: str) -> list[str]:
    root = ElementTree.fromstring(picture)
    return [element.text or "" for element in root.iter() if element.tag.endswith("text")]


def test_it_shows_routes_streams_the_function_and_the_prefixes(draw: Any) -> None:
    shown = texts(draw(template()))
    for wanted in ("POST /events → PutRecord", "Data Firehose delivery stream", "puts overflow back", "events/"):
        assert wanted in shown


def test_a_resource_that_leaves_the_template_leaves_the_picture(draw: Any) -> None:
    document = template()
    (table,) = [id_ for id_, found in document["Resources"].items() if found["Type"] == "AWS::Glue::Table"]
    assert "Glue table events" in texts(draw(document))
    del document["Resources"][table]
    assert "Glue table events" not in texts(draw(document))


def test_the_same_template_gives_the_same_picture(draw: Any) -> None:
    assert draw(template()) == draw(template())
