"""Each statement of each role of the reference app is taken away, one at a time: the pipeline fails as on AWS.

What each removal shows, which denial names it, and that no record is lost. Run by ``make test-matrix``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.demo.synth import synthesize
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.testing import LocalPipeline
from support.checkout import CHECKOUT

pytestmark = [pytest.mark.matrix, pytest.mark.xdist_group("every_right")]

TEMPLATE = "Clickstream.template.json"
MEMBERS = {"AWS::IAM::Role": "AssumeRolePolicyDocument", "AWS::IAM::Policy": "PolicyDocument"}
_HASH = re.compile(r"[0-9A-F]{8}$")
_STREAM = "PipelineStreamRole"
_POLICY = f"{_STREAM}DefaultPolicy"
_REJECTS = "PipelineRejectStreamRole"

_NO_LOG = "no log"
_LOG_GROUPS = {_POLICY: "PipelineStreamErrorLog", f"{_REJECTS}DefaultPolicy": "PipelineRejectStreamErrorLog"}
# What else is taken away for there to be something to log.
_TOGETHER = {_POLICY: "Transform", f"{_REJECTS}DefaultPolicy": "Objects"}

# By the document and the statement: what AWS's error is, in what a client, the error objects and the logs show.
EXPECTED: dict[tuple[str, str], tuple[str, str]] = {
    (_STREAM, "sts:AssumeRole"): ("sts:AssumeRole", "S3.AccessDenied"),
    (_POLICY, "Bucket"): ("s3:GetBucketLocation", "S3.AccessDenied"),
    (_POLICY, "Objects"): ("s3:PutObject", "S3.AccessDenied"),
    (_POLICY, "ErrorLog"): ("logs:PutLogEvents", _NO_LOG),
    (_POLICY, "Transform"): ("lambda:InvokeFunction", "Lambda.InvokeAccessDenied"),
    (_POLICY, "Table"): ("glue:GetTable", "DataFormatConversion.AccessDenied"),
    (_REJECTS, "sts:AssumeRole"): ("sts:AssumeRole", "S3.AccessDenied"),
    (f"{_REJECTS}DefaultPolicy", "Bucket"): ("s3:GetBucketLocation", "S3.AccessDenied"),
    (f"{_REJECTS}DefaultPolicy", "Objects"): ("s3:PutObject", "S3.AccessDenied"),
    (f"{_REJECTS}DefaultPolicy", "ErrorLog"): ("logs:PutLogEvents", _NO_LOG),
    ("PipelineTransformRole", "sts:AssumeRole"): ("sts:AssumeRole", "Lambda.InvocationFailure"),
    ("PipelineTransformRoleDefaultPolicy", "logs:CreateLogStream"): ("logs:CreateLogStream", _NO_LOG),
    ("PipelineTransformRoleDefaultPolicy", "firehose:PutRecordBatch"): (
        "firehose:PutRecordBatch",
        "AccessDeniedException",
    ),
    ("PipelineOverflow", "firehose:PutRecordBatch"): ("firehose:PutRecordBatch", "AccessDeniedException"),
    ("PipelineIngestRole", "sts:AssumeRole"): ("sts:AssumeRole", '500 {"message": "Internal server error"}'),
    ("PipelineIngestRoleDefaultPolicy", "firehose:PutRecord"): (
        "firehose:PutRecord",
        '502 {"message": "The stream did not take the events."',
    ),
}


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reference") / "cdk.out"
    synthesize(CHECKOUT / "app.py", out)
    return out


def _name(statement: dict[str, Any]) -> str:
    actions = statement["Action"]
    return str(statement.get("Sid", actions if isinstance(actions, str) else actions[0]))


def without(reference: Path, folder: Path, *removed: tuple[str, str]) -> Path:
    """The same assembly, its assets linked, without some statements."""
    folder.mkdir()
    for one in reference.iterdir():
        (folder / one.name).symlink_to(one)
    template = json.loads((reference / TEMPLATE).read_text())
    for id_, one in template["Resources"].items():
        document = one.get("Properties", {}).get(MEMBERS.get(one["Type"], ""), {})
        kept = [each for each in document.get("Statement", []) if (_HASH.sub("", id_), _name(each)) not in removed]
        if document:
            document["Statement"] = kept
    (folder / TEMPLATE).unlink()
    (folder / TEMPLATE).write_text(json.dumps(template))
    return folder


@dataclass
class Shown:
    """What a run showed."""

    text: str = ""
    denials: list[str] = field(default_factory=list)
    lost: int = 0


def run(assembly: Path, data_dir: Path, *, many: bool) -> Shown:
    """Send an accepted and a rejected event (and many, whose rows have to be put again), then look everywhere."""
    shown = Shown()
    pipeline = LocalPipeline(assembly, data_dir=data_dir)
    answer = pipeline.post([{"event_name": "click"}, {"event_name": "click", "value": "no number"}])
    if many:
        pipeline.put(b"\n".join([b'{"event_name":"c"}'] * 40_000))
    shown.text += f"{answer.status} {answer.body.decode()}\n"
    try:
        pipeline.flush()
        pipeline.stop()
    except DeliveryError as error:
        shown.text += f"{error}\n"
        with pytest.warns(UserWarning, match="records were not delivered"):
            pipeline.stop()
    shown.text += "".join(f"{one.kind} {one.reason}\n" for one in pipeline.errors())
    shown.text += "".join(f"{event.group} {event.message}\n" for event in pipeline.logs())
    shown.denials = [str(one) for one in pipeline.denials]
    for stream in ("PipelineStreamDD609695", "PipelineRejectStreamD2DA6DF1"):
        counts = pipeline.counts(f"Clickstream-{stream}")
        came = counts["records_received"] + counts["records_put_back"] + counts["records_deaggregated"]
        shown.lost += came - sum(counts[f"records_{end}"] for end in ("delivered", "failed", "dropped", "buffered"))
    return shown


def test_with_all_its_rights_nothing_is_denied(reference: Path, tmp_path: Path) -> None:
    shown = run(reference, tmp_path / "data", many=False)
    assert shown.text.startswith("202")
    assert (shown.denials, "Denied" in shown.text) == ([], False)


def test_the_table_has_every_statement(reference: Path) -> None:
    template = json.loads((reference / TEMPLATE).read_text())
    found = {
        (_HASH.sub("", id_), _name(statement))
        for id_, one in template["Resources"].items()
        for statement in one.get("Properties", {}).get(MEMBERS.get(one["Type"], ""), {}).get("Statement", [])
    }
    assert found == set(EXPECTED)


@pytest.mark.parametrize(("document", "name"), [pytest.param(*one, id=" ".join(one)) for one in EXPECTED])
def test_the_pipeline_fails_without_a_statement_as_on_aws(
    document: str, name: str, reference: Path, tmp_path: Path
) -> None:
    action, error = EXPECTED[document, name]
    together = [(document, _TOGETHER[document])] if error == _NO_LOG and document in _TOGETHER else []
    assembly = without(reference, tmp_path / "cdk.out", (document, name), *together)
    shown = run(assembly, tmp_path / "data", many=document == "PipelineOverflow")
    assert any(f"perform: {action} on" in one and document in one for one in shown.denials), shown.denials
    if error == _NO_LOG:
        assert _LOG_GROUPS.get(document, "PipelineTransformLog") not in shown.text
    else:
        assert error in shown.text
    assert shown.lost == 0


def test_what_is_logged_with_the_right_is_where_it_is_looked_for_without(reference: Path, tmp_path: Path) -> None:
    for place, (document, name) in enumerate(_TOGETHER.items()):
        shown = run(without(reference, tmp_path / str(place), (document, name)), tmp_path / f"data{place}", many=False)
        assert _LOG_GROUPS[document] in shown.text
        assert ("PipelineTransformLog" in shown.text) is (name != "Transform")
