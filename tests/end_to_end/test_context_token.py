"""The token of context lines, from the endpoint to rows, while both are of one deployment and while they are not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.testing import LocalPipeline

pytestmark = pytest.mark.xdist_group("pipeline")
FORMER = "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"}
EVENTS = [{"event_name": "click", "event_id": f"e{number}"} for number in range(4)]


def half_deployed(assembly: Path, folder: Path, *, endpoint: str | None = None, function: str | None = None) -> Path:
    """A copy of the assembly in which the endpoint writes another token, or the function knows others.

    Empty for none at all; a ``*`` in the function's is the one that both have.
    """
    shutil.copytree(assembly, folder)
    (path,) = folder.glob("*.template.json")
    template = json.loads(path.read_text("utf-8"))
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function" and function is not None:
            variables = properties["Environment"]["Variables"]
            known = variables.pop("CLICKSTREAM_CONTEXT_TOKENS")
            parts = [known if part == "*" else part for part in function.split(",")]
            if function:
                variables["CLICKSTREAM_CONTEXT_TOKENS"] = {"Fn::Join": [",", parts]}
        elif resource["Type"] == "AWS::ApiGateway::Method" and endpoint is not None:
            for text in properties["Integration"].get("RequestTemplates", {}).values():
                if isinstance(text, dict):
                    _write_token(text["Fn::Join"][1], endpoint)
    path.write_text(json.dumps(template), "utf-8")
    return folder


def _write_token(parts: list[Any], token: str) -> None:
    place = next(number for number, part in enumerate(parts) if "StackId" in json.dumps(part))
    parts[place] = token
    if not token:
        parts[place - 1] = parts[place - 1].removesuffix("${q}token${q}:${q}")
        parts[place + 1] = parts[place + 1].removeprefix("${q},")


@pytest.mark.parametrize(
    ("deployed", "believed"),
    [
        ({}, True),
        ({"endpoint": ""}, False),
        ({"endpoint": FORMER}, False),
        ({"endpoint": FORMER, "function": f"*,{FORMER}"}, True),
        ({"function": ""}, True),
        ({"function": FORMER}, False),
    ],
    ids=[
        "both",
        "the function, the first time",
        "the function, made again in another stack",
        "the function, with the previous token",
        "the endpoint, the first time",
        "the endpoint, made again in another stack",
    ],
)
def test_no_event_is_lost_whichever_of_function_and_endpoint_is_deployed_first(
    assembly: Path, tmp_path: Path, deployed: dict[str, str], believed: bool
) -> None:
    """Meanwhile a row may lack what the endpoint knows, and nothing else: no row and no reject is of a context line."""
    with LocalPipeline(half_deployed(assembly, tmp_path / "cdk.out", **deployed)) as pipeline:
        assert pipeline.post(EVENTS[:3], headers=AGENT).status == 202
        assert pipeline.post(EVENTS[3:], path="/records", headers=AGENT).status == 202
        pipeline.flush()
        rows = pipeline.rows()
        assert sorted(row["event_id"] for row in rows) == ["e0", "e1", "e2", "e3"]
        assert {row["user_agent"] for row in rows} == {AGENT["User-Agent"] if believed else None}
        assert pipeline.errors() == []
        counted = [json.loads(line.message) for line in pipeline.logs() if '"_aws"' in line.message]
        assert sum(one.get("RecordsWithUnknownToken", 0) for one in counted) == (0 if believed else 2)


def test_each_data_directory_has_a_token_of_its_own_and_keeps_it(assembly: Path, tmp_path: Path) -> None:
    def token(folder: str) -> str:
        with LocalPipeline(assembly, data_dir=tmp_path / folder) as pipeline:
            pipeline.post(EVENTS)
            pipeline.flush()
            first, *_ = pipeline.backups()[-1].split(b"\n")
            return str(json.loads(first)["token"])

    assert token("one") == token("one") != token("two")
