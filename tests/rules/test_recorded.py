"""The gate: what API Gateway itself was recorded to print and to answer, in ``tests/data/recorded``.

Templates and requests with the answers of AWS, taken from other projects' recordings under their licences, which stand
beside the data. The summary of a run tells how many hold: "recorded by AWS N/N".
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clickstream_local.testing import LocalPipeline
from clickstream_local.vtl import MappingTemplate, VtlError

RECORDED = Path(__file__).parents[1] / "data" / "recorded"
TEMPLATES: list[dict[str, Any]] = json.loads((RECORDED / "vtl_recorded.json").read_text("utf-8"))
GATEWAY: dict[str, Any] = json.loads((RECORDED / "gateway_recorded.json").read_text("utf-8"))

Case = dict[str, Any]
Start = Callable[[str], LocalPipeline]


def name_of(case: Case) -> str:
    return str(case["name"])


def test_no_recording_is_left_out_and_each_has_a_source_whose_licence_is_here() -> None:
    cases = [*TEMPLATES, *GATEWAY["cases"]]
    licences = (RECORDED / "LICENCES.md").read_text("utf-8")
    assert (len(TEMPLATES), len(GATEWAY["cases"]), len({name_of(case) for case in cases})) == (163, 50, 213)
    assert [case["name"] for case in cases if case["source"]["commit"] not in licences] == []


@pytest.mark.parametrize("case", TEMPLATES, ids=name_of)
def test_a_template_prints_what_it_printed_on_aws(case: Case) -> None:
    template = MappingTemplate(case["template"])
    request = {
        "body": case.get("body"),
        "params": case.get("params"),
        "context": case.get("context"),
        "stage_variables": case.get("stageVariables"),
    }
    if "recorded_status" in case:
        with pytest.raises(VtlError):
            template.render(**request)
        return
    printed = template.render(**request)
    if case.get("whitespace") == "collapsed":
        printed = " ".join(printed.split())
    if "recorded" in case:
        assert printed == case["recorded"]
    else:  # seen through something that reads JSON, to which no text at all is {}
        assert json.loads(printed.strip() or "{}") == case["recorded_json"]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a fragment of the recordings by name, once. Their roles have the rights of requests, not of delivery."""
    running: dict[str, LocalPipeline] = {}

    def started(name: str) -> LocalPipeline:
        if name not in running:
            file = tmp_path_factory.mktemp("recorded") / f"{name}.template.json"
            file.write_text(json.dumps(GATEWAY["templates"][name]))
            running[name] = LocalPipeline(str(file), allow_unsupported=True, iam=False)
        return running[name]

    yield started
    for pipeline in running.values():
        pipeline.stop()


def send(url: str, request: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """Status, headers by lower-case name, and body of the answer to a recorded request."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    connection.request(
        request["method"], address.path + request["path"], request.get("body"), request.get("headers", {})
    )
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


@pytest.mark.parametrize("case", GATEWAY["cases"], ids=name_of)
def test_the_gateway_answers_as_it_did_on_aws(case: Case, start: Start) -> None:
    recorded = case["recorded"]
    status, headers, body = send(start(case["template"]).endpoint, case["request"])
    assert status == recorded["status"], body
    assert {name: headers.get(name.lower()) for name in recorded.get("headers", {})} == recorded.get("headers", {})
    assert [name for name in recorded.get("absent_headers", ()) if name.lower() in headers] == []
    assert [name for name in recorded.get("present_headers", ()) if name.lower() not in headers] == []
    assert body == recorded.get("body", body)
    assert body.startswith(recorded.get("body_prefix", ""))
    if "body_json" in recorded:
        assert json.loads(body) == recorded["body_json"]
    assert set(recorded.get("body_members", ())) <= set(json.loads(body) if "body_members" in recorded else ())
