"""``clickstream transform`` on real functions."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from click.testing import CliRunner, Result

from cdk_clickstream import ClickstreamPipeline, EventSchema, Transform
from clickstream_local.cli import main
from support.sample_data import shared_file

CODE = """
def transform(event, known):
    if event.get("drop"):
        return None
    return [{"name": event["event_name"].upper(), "n": n} for n in range(event.get("count", 1))]
"""


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    path = tmp_path / "shop_rows.py"
    path.write_text(CODE, encoding="utf-8")
    return path


def run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["transform", *map(str, arguments)], input=given, env={"COLUMNS": "200"})


def outcomes(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def rows(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome["output"].splitlines()]


def test_each_line_is_run_through_the_file_and_shown_with_its_rows(entry: Path) -> None:
    given = b'{"event_name":"click","count":2}\n{"event_name":"view"}\n{"event_name":"x","drop":true}\n'
    result = run("--event", "-", "--entry", entry, "--json", given=given)
    assert result.exit_code == 0, result.output
    first, second, third = outcomes(result)
    assert rows(first) == [{"name": "CLICK", "n": 0}, {"name": "CLICK", "n": 1}]
    assert rows(second) == [{"name": "VIEW", "n": 0}]
    assert (third["result"], third["output"]) == ("Dropped", "")


def test_what_was_rejected_is_shown_with_its_reason_and_the_command_fails(entry: Path) -> None:
    result = run("--event", "-", "--entry", entry, given=b'{"event_name":"click"}\n{"no_name":1}\n')
    assert result.exit_code == 1
    assert "CLICK" in result.output
    assert "shop_rows.py:5 KeyError 'event_name' (unexpected_error)" in result.output
    assert "1 of 2 records without a complaint" in result.output


def test_a_record_that_fails_as_a_whole_names_why(entry: Path) -> None:
    (outcome,) = outcomes(run("--event", "-", "--entry", entry, "--json", given=b"no json"))
    assert (outcome["result"], outcome["reasons"]) == ("ProcessingFailed", ["record: invalid_json"])


def test_a_pretty_printed_event_is_one_record(entry: Path) -> None:
    (outcome,) = outcomes(run("--event", "-", "--entry", entry, "--json", given=b'{\n "event_name":\n "click"\n}\n'))
    assert rows(outcome) == [{"name": "CLICK", "n": 0}]


def test_gzip_is_one_record(entry: Path) -> None:
    given = gzip.compress(b'{"event_name":"click"}')
    (outcome,) = outcomes(run("--event", "-", "--entry", entry, "--json", given=given))
    assert rows(outcome)[0]["name"] == "CLICK"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline whose transform is a function of the user's own, with a table."""
    folder = tmp_path_factory.mktemp("per_event")
    (folder / "rows.py").write_text("def transform(event):\n    return event\n", encoding="utf-8")
    app = cdk.App(outdir=str(folder / "cdk.out"))
    stack = cdk.Stack(app, "Rows", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    columns = {"name": {"type": "string"}, "n": {"type": "integer"}}
    schema = EventSchema.of_rows({"type": "object", "properties": columns})
    transform = Transform.per_event(str(folder / "rows.py"))
    ClickstreamPipeline(stack, "Rows", auth=None, transform=transform, schema=schema)
    app.synth()
    return folder / "cdk.out"


def test_the_rows_of_a_file_have_to_fit_the_columns_of_the_assembly(tmp_path: Path, assembly: Path) -> None:
    entry = tmp_path / "shop_rows.py"
    entry.write_text("def transform(event):\n    return event\n", encoding="utf-8")
    given = b'{"name":"a","n":1}\n{"name":"b","n":"two"}\n'
    result = run("--event", "-", "--entry", entry, "--assembly", assembly, "--json", given=given)
    first, second = outcomes(result)
    assert (rows(first), first["reasons"]) == ([{"name": "a", "n": 1}], [])
    assert second["reasons"] == ["n: must be an integer, not a string (type)"]
    assert "not checked" not in result.stderr


def test_a_member_that_no_column_takes_is_a_complaint(tmp_path: Path, assembly: Path) -> None:
    entry = tmp_path / "shop_rows.py"
    entry.write_text("def transform(event):\n    return event\n", encoding="utf-8")
    given = b'{"name":"a"}\n{"name":"b","nosuch":1}\n'
    result = run("--event", "-", "--entry", entry, "--assembly", assembly, "--json", given=given)
    assert [one["reasons"] for one in outcomes(result)] == [
        [],
        ["rows with members that no column takes, which are left out: 1"],
    ]
    assert result.exit_code == 1


def test_a_file_without_an_assembly_is_run_without_columns_and_that_is_said(entry: Path, tmp_path: Path) -> None:
    result = run("--event", "-", "--entry", entry, "--assembly", tmp_path / "none", given=b'{"event_name":"click"}')
    assert (result.exit_code, "rows are not checked" in result.stderr) == (0, True)


def test_a_file_that_cannot_be_imported_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import no_such_package\n", encoding="utf-8")
    result = run("--event", "-", "--entry", broken, "--json", given=b"{}")
    (outcome,) = outcomes(result)
    assert (result.exit_code, outcome["result"]) == (1, "Error")
    assert "no_such_package" in outcome["reasons"][0]


def test_a_sample_event_of_firehose_gives_its_records(entry: Path) -> None:
    sample = shared_file("data/firehose_events/powertools_kinesisFirehosePutEvent.json")
    found = outcomes(run("--event", sample, "--entry", entry, "--json"))
    assert [outcome["input"] for outcome in found] == ["Hello World", '{"Hello": "World"}']


TEMPLATE = {
    "Resources": {
        "Shout": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.14",
                "Handler": "index.handler",
                "Role": "arn:aws:iam::123456789012:role/r",
                "Code": {
                    "ZipFile": "import base64\n"
                    "def handler(event, context):\n"
                    "    def shout(record):\n"
                    "        data = base64.b64encode(base64.b64decode(record['data']).upper()).decode()\n"
                    "        return {'recordId': record['recordId'], 'result': 'Ok', 'data': data}\n"
                    "    return {'records': [shout(record) for record in event['records']]}\n"
                },
            },
        },
        "Other": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.14",
                "Handler": "index.handler",
                "Role": "arn:aws:iam::123456789012:role/r",
                "Code": {"ZipFile": "def handler(event, context):\n    return {}\n"},
            },
        },
    }
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return path


def test_a_function_of_a_template_is_chosen_by_its_logical_id(template: Path) -> None:
    (outcome,) = outcomes(run("--event", "-", "--assembly", template, "--function", "Shout", "--json", given=b"hi"))
    assert (outcome["result"], outcome["output"]) == ("Ok", "HI")


def test_a_sample_is_believed_and_its_token_not_shown(template: Path) -> None:
    """Whoever gives a sample has chosen it; of a backup it may be one of another deployment."""
    code = "import base64, os\nTOKENS = os.environ.get('CLICKSTREAM_CONTEXT_TOKENS')\n" + (
        TEMPLATE["Resources"]["Shout"]["Properties"]["Code"]["ZipFile"].replace(".upper()", "+repr(TOKENS).encode()")  # type: ignore[index]
    )
    document = json.loads(json.dumps(TEMPLATE))
    document["Resources"]["Shout"]["Properties"] |= {
        "Code": {"ZipFile": code},
        "Environment": {"Variables": {"CLICKSTREAM_CONTEXT_TOKENS": "0b7c6d2e-1f7a-4d55"}},
    }
    template.write_text(json.dumps(document), encoding="utf-8")
    record = base64.b64encode(b'{"clickstream":1,"kind":"request","token":"of-another-stack-1"}\n{}\n').decode()
    given = json.dumps({"records": [{"data": record}]}).encode()
    result = run("--event", "-", "--assembly", template, "--function", "Shout", "--json", given=given)
    (outcome,) = outcomes(result)
    assert outcome["output"].endswith("None")
    assert "of-another-stack-1" not in result.output


def test_an_answer_that_breaks_the_contract_is_named(template: Path) -> None:
    (outcome,) = outcomes(run("--event", "-", "--assembly", template, "--function", "Other", "--json", given=b"hi"))
    assert outcome["reasons"] == ["the answer is not one record with the id that was sent"]


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        ([], b"hi", "0 functions are called by delivery streams; choose one with --function: Shout, Other"),
        (["--function", "Nobody"], b"hi", "there is no function 'Nobody'; choose one with --function: Shout, Other"),
        (["--function", "Shout"], b"\n \n", "the sample holds no record: give a Firehose event"),
        (
            ["--function", "Shout"],
            b'{"records":[{"data":"%"}]}',
            "the data of a record of the Firehose event is not base64",
        ),
    ],
)
def test_what_cannot_be_run_is_said_with_the_way_out(
    template: Path, arguments: list[str], given: bytes, message: str
) -> None:
    result = run("--event", "-", "--assembly", template, *arguments, given=given)
    assert result.exit_code == 1
    assert message in result.output


def test_a_file_and_a_function_together_are_refused(entry: Path) -> None:
    result = run("--event", "-", "--entry", entry, "--function", "Shout", given=b"hi")
    assert result.exit_code == 2
    assert "give it or --entry" in result.output
