"""The ways to turn records into rows: blueprints, a function per event, a function of one's own, none."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import (
    ApiAuth,
    Blueprint,
    ClickstreamPipeline,
    ConfigurationError,
    EventSchema,
    LogMessages,
    OutputFormat,
    RecordKey,
    Source,
    Transform,
    TransformFunction,
    VendoredPackages,
)
from cdk_clickstream.vendor import main as vendor
from cdk_kit import CONTEXT, REASON, Synthesized, new_stack
from clickstream_transform.options import BLUEPRINTS, Options
from clickstream_transform.schema import Schema

AUTH = ApiAuth.public(reason=REASON)
STREAM = "AWS::KinesisFirehose::DeliveryStream"


def pipeline(stack: cdk.Stack, transform: Transform, **options: Any) -> ClickstreamPipeline:
    return ClickstreamPipeline(stack, "Pipeline", transform=transform, **({"auth": None} | options))


def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        make()
    return str(caught.value)


def asset(folder: Path, transform: Transform) -> Path:
    app = cdk.App(context=CONTEXT, outdir=str(folder))
    TransformFunction(cdk.Stack(app, "Test"), "Transform", transform=transform)
    app.synth()
    (found,) = folder.glob("asset.*")
    return found


def columns(found: Synthesized) -> dict[str, str]:
    table = found.only("AWS::Glue::Table")["TableInput"]["StorageDescriptor"]
    return {column["Name"]: column["Type"] for column in table["Columns"]}


def own_function(stack: cdk.Stack) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Own",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )


def entry(folder: Path, code: str = "def transform(event):\n    return event\n", name: str = "rows.py") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(code, encoding="utf-8")
    return folder / name


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    """One stack for each way to transform."""
    app = cdk.App(context=CONTEXT)
    for blueprint in (Blueprint.APACHE_LOG_TO_JSON, Blueprint.SYSLOG_TO_CSV):
        pipeline(cdk.Stack(app, blueprint.name.replace("_", "-")), Transform.blueprint(blueprint))
    logs_stack = cdk.Stack(app, "Logs")
    group = logs.LogGroup.from_log_group_name(logs_stack, "Group", "/web")
    pipeline(
        logs_stack,
        Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=LogMessages.VPC_FLOW),
        source=Source.cloudwatch_logs(group, extract_messages=False),
    )
    code = entry(tmp_path_factory.mktemp("code"))
    pipeline(cdk.Stack(app, "PerEvent"), Transform.per_event(code), auth=AUTH)
    own = cdk.Stack(app, "OwnFunction")
    function = lambda_.Function.from_function_arn(
        own, "Own", f"arn:{own.partition}:lambda:{own.region}:{own.account}:function:own"
    )
    pipeline(own, Transform.from_function(function), auth=AUTH)
    pipeline(cdk.Stack(app, "None"), Transform.none(), auth=AUTH)
    return app


def stacks(app: cdk.App) -> list[cdk.Stack]:
    return [child for child in app.node.children if isinstance(child, cdk.Stack)]


def test_cfn_lint_has_nothing_to_say_of_any_transform(variants: cdk.App) -> None:
    for stack in stacks(variants):
        text = json.dumps(Synthesized(stack).template)
        found = lint(text, config=ManualArgs(regions=["eu-central-1"], include_checks=["W", "E"]))
        assert [f"{stack.node.id} {one.rule.id} {one.message}" for one in found] == []


def test_cdk_nag_has_nothing_to_say_of_any_transform(variants: cdk.App) -> None:
    for stack in stacks(variants):
        report = AwsSolutionsChecks(stack).validate_scope(stack)
        found = [
            (one.rule_name, [each.construct_path for each in one.violating_resources]) for one in report.violations
        ]
        assert found == [], stack.node.id


def test_each_blueprint_of_the_bundled_code_has_its_name_here() -> None:
    assert tuple(blueprint.value for blueprint in Blueprint) == BLUEPRINTS


@pytest.mark.parametrize("blueprint", Blueprint)
@pytest.mark.parametrize("strict", [False, True])
def test_the_bundled_code_takes_the_options_of_each_blueprint(blueprint: Blueprint, strict: bool) -> None:
    options = Options.from_dict(json.loads(Transform.blueprint(blueprint, strict=strict).options))
    assert (options.processor, options.strict) == (blueprint.value, strict)


@pytest.mark.parametrize("messages", [one for one in LogMessages if one is not LogMessages.JSON])
def test_the_bundled_code_takes_each_kind_of_messages(messages: LogMessages) -> None:
    transform = Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=messages, drop_prefixes=["START "])
    options = Options.from_dict(json.loads(transform.options))
    assert (options.parse_messages, options.drop_prefixes) == (messages.value, ("START ",))
    assert transform.schema is not None
    Schema.from_dict(json.loads(transform.schema.text))
    names = [column.name for column in transform.schema.columns]
    assert "log_group" in names
    assert ("message" in names) == (messages in (LogMessages.TEXT, LogMessages.SYSLOG))


def test_a_blueprint_brings_its_columns() -> None:
    stack = new_stack()
    pipeline(stack, Transform.blueprint(Blueprint.APACHE_LOG_TO_JSON))
    found = columns(Synthesized(stack))
    assert (found["timestamp"], found["response"], found["bytes"]) == ("timestamp", "int", "bigint")
    assert "event_name" not in found


def test_json_messages_have_the_columns_that_are_named_and_those_of_the_log() -> None:
    schema = EventSchema.of_rows({"type": "object", "properties": {"level": {"type": "string"}}})
    transform = Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=LogMessages.JSON, schema=schema)
    assert transform.schema is not None
    assert [column.name for column in transform.schema.columns] == [
        "level",
        "log_time",
        "log_event_id",
        "log_group",
        "log_stream",
        "log_owner",
    ]


def test_the_general_blueprint_takes_requests_and_the_pipelines_schema() -> None:
    stack = new_stack()
    schema = EventSchema.from_dict({"type": "object", "properties": {"event_name": {"type": "string"}}})
    pipeline(stack, Transform.blueprint(Blueprint.GENERAL), schema=schema, auth=AUTH)
    found = Synthesized(stack)
    assert columns(found) == {"event_name": "string"}
    assert found.of_type("AWS::ApiGateway::RestApi")


def test_documents_of_cloudwatch_logs_are_taken_in_small_batches() -> None:
    """transforms.md 3.6: they grow several times, and what does not fit is paid for twice."""
    assert Transform.blueprint(Blueprint.CLOUDWATCH_LOGS).buffer_size.to_kibibytes() == 256
    assert Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, strict=True).buffer_size.to_kibibytes() == 512
    assert Transform.blueprint(Blueprint.SYSLOG_TO_JSON).buffer_size.to_kibibytes() == 1024


@pytest.mark.parametrize(
    "transform",
    [Transform.blueprint(Blueprint.SYSLOG_TO_CSV), Transform.blueprint(Blueprint.SYSLOG_TO_JSON, strict=True)],
)
def test_rows_without_columns_are_delivered_as_they_are_without_a_table(transform: Transform) -> None:
    stack = new_stack()
    made = pipeline(stack, transform)
    found = Synthesized(stack)
    destination = found.only(STREAM, "PipelineStream")["ExtendedS3DestinationConfiguration"]
    assert "DataFormatConversionConfiguration" not in destination
    assert not found.of_type("AWS::Glue::Table")
    assert "this pipeline has no table" in refusal(lambda: made.table)


def test_rows_without_columns_are_not_converted() -> None:
    transform = Transform.blueprint(Blueprint.APACHE_LOG_TO_CSV)
    message = refusal(lambda: pipeline(new_stack(), transform, output=OutputFormat.parquet()))
    assert message.startswith("output='parquet'")
    assert "Use OutputFormat.raw()" in message


@pytest.mark.parametrize(
    ("make", "start", "way_out"),
    [
        (
            lambda: Transform.blueprint(Blueprint.SYSLOG_TO_JSON, formula_guard=True),
            "transform.formula_guard=True: is for CSV that is not strict",
            "Leave it out",
        ),
        (
            lambda: Transform.blueprint(Blueprint.SYSLOG_TO_CSV, formula_guard=True, strict=True),
            "transform.formula_guard=True: is for CSV that is not strict",
            "Leave it out",
        ),
        (
            lambda: Transform.blueprint(Blueprint.GENERAL, messages=LogMessages.APACHE),
            "transform.messages='APACHE': is for documents of CloudWatch Logs",
            "use Blueprint.CLOUDWATCH_LOGS",
        ),
        (
            lambda: Transform.blueprint(Blueprint.GENERAL, drop_prefixes=["a"]),
            "transform.drop_prefixes=['a']: is for documents of CloudWatch Logs",
            "use Blueprint.CLOUDWATCH_LOGS",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, drop_prefixes="START"),
            "transform.drop_prefixes='START': is no list of non-empty names",
            "Write a list",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, strict=True, messages=LogMessages.SYSLOG),
            "transform.messages='SYSLOG': cannot be read with strict=True",
            "Leave out one of the two",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, messages=LogMessages.JSON),
            "transform.schema=None: JSON messages have the columns that you name",
            "schema=EventSchema.of_rows",
        ),
        (
            lambda: Transform.blueprint(Blueprint.CLOUDWATCH_LOGS, schema=EventSchema.click()),
            "transform.schema='given': only JSON messages",
            "say messages=LogMessages.JSON",
        ),
        (
            lambda: Transform.blueprint(
                Blueprint.CLOUDWATCH_LOGS,
                messages=LogMessages.JSON,
                schema=EventSchema.of_rows({"type": "object", "properties": {"log_group": {"type": "string"}}}),
            ),
            "transform.schema='#/properties/log_group': is a column that the log fills itself",
            "Leave it out",
        ),
        (
            lambda: TransformFunction(
                new_stack(), "T", schema=EventSchema.click(), transform=Transform.blueprint(Blueprint.SYSLOG_TO_JSON)
            ),
            "schema='given': the transform brings its own columns",
            "Leave it out",
        ),
        (
            lambda: TransformFunction(new_stack(), "T", transform=Transform.none()),
            "transform='none': runs no bundled code",
            "Leave this construct out",
        ),
        (
            lambda: pipeline(new_stack(), Transform.blueprint(Blueprint.APACHE_LOG_TO_JSON), auth=AUTH),
            "auth='given': an endpoint cannot stand beside",
            "Pass auth=None",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_the_way_out(make: Callable[[], object], start: str, way_out: str) -> None:
    message = refusal(make)
    assert message.startswith(start)
    assert way_out in message


def test_the_users_code_is_staged_beside_the_bundled_code_and_starts(tmp_path: Path) -> None:
    code = entry(tmp_path / "code", "def transform(event):\n    return {'loud': event['event_name'].upper()}\n")
    root = asset(tmp_path / "out", Transform.per_event(code))
    assert (root / "function" / "rows.py").read_text() == code.read_text()
    script = (
        "import base64, json, clickstream_transform.handler as h\n"
        'data = base64.b64encode(b\'{"event_name":"click"}\').decode()\n'
        "reply = h.handler({'records': [{'recordId': '1', 'data': data}]}, None)\n"
        "print(base64.b64decode(reply['records'][0]['data']).decode())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {"loud": "CLICK"}


def test_a_folder_is_staged_without_bytecode_and_hidden_files(tmp_path: Path) -> None:
    package = tmp_path / "code" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rows.py").write_text("def make(event): ...\n")
    (package / "names.json").write_text("{}")
    (package / ".secret").write_text("x")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "rows.pyc").write_bytes(b"x")
    root = asset(tmp_path / "out", Transform.per_event(tmp_path / "code", "shop.rows.make"))
    staged = {str(file.relative_to(root)) for file in (root / "function").rglob("*") if file.is_file()}
    assert staged == {"function/shop/__init__.py", "function/shop/rows.py", "function/shop/names.json"}
    assert json.loads((root / "options.json").read_text())["function"] == "shop.rows.make"


def test_the_assets_hash_follows_the_users_code(tmp_path: Path) -> None:
    one = asset(tmp_path / "1", Transform.per_event(entry(tmp_path / "a")))
    same = asset(tmp_path / "2", Transform.per_event(entry(tmp_path / "b")))
    other = asset(tmp_path / "3", Transform.per_event(entry(tmp_path / "c", "def transform(event): ...\n")))
    assert one.name == same.name != other.name


@pytest.mark.parametrize(
    ("entry_name", "handler", "message"),
    [
        ("missing", "transform", "is no .py file and no folder"),
        ("rows.txt", "transform", "is no .py file and no folder"),
        ("rows.py", "shop.transform", "names a module, and the entry is the one file 'rows.py'"),
        ("my-rows.py", "transform", "cannot be imported under this name"),
        ("rows.py", "trans-form", "is no name of a function"),
        ("rows.py", "", "is no name of a function"),
        (".", "transform", "names no module, and the entry is a folder"),
        (".", "shop.transform", "has no module in"),
    ],
)
def test_code_that_could_not_be_imported_is_refused(
    tmp_path: Path, entry_name: str, handler: str, message: str
) -> None:
    for name in ("rows.py", "rows.txt", "my-rows.py"):
        entry(tmp_path, name=name)
    assert message in refusal(lambda: Transform.per_event(tmp_path / entry_name, handler))


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


def test_packages_are_vendored_by_hash_at_build_and_copied_at_synth(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(wheel(tmp_path))
    folder = tmp_path / "vendored"
    assert vendor([str(requirements), str(folder), "--", "--no-index", f"--find-links={tmp_path}"]) == 0
    code = entry(tmp_path / "code", "import shopnames\ndef transform(event):\n    return {'name': shopnames.NAME}\n")
    root = asset(tmp_path / "out", Transform.per_event(code, packages=VendoredPackages(requirements, folder)))
    assert (root / "shopnames" / "__init__.py").is_file()
    assert not (root / "bin").exists()
    start = "import clickstream_transform.handler as h; print(h.handler({'records': []}, None))"
    done = subprocess.run([sys.executable, "-c", start], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    assert "holds no orjson" in refusal(lambda: Transform.click(orjson=VendoredPackages(requirements, folder)))
    requirements.write_text("other==1.0\n")
    assert "was vendored from other requirements" in refusal(lambda: VendoredPackages(requirements, folder))


def test_orjson_is_staged_beside_the_code_and_chosen_as_reader(tmp_path: Path) -> None:
    requirements, folder = tmp_path / "requirements.txt", tmp_path / "vendored"
    requirements.write_text("")
    assert vendor([str(requirements), str(folder)]) == 0
    (folder / "orjson").mkdir()
    (folder / "orjson" / "__init__.py").write_text("")
    root = asset(tmp_path / "out", Transform.click(orjson=VendoredPackages(requirements, folder)))
    assert (root / "orjson" / "__init__.py").is_file()
    assert Options.from_dict(json.loads((root / "options.json").read_text())).json_reader == "orjson"


def test_a_package_with_another_hash_is_not_vendored(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(wheel(tmp_path)[:-9] + "00000000\n")
    assert vendor([str(requirements), str(tmp_path / "v"), "--", "--no-index", f"--find-links={tmp_path}"]) != 0
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err


def test_a_folder_with_other_files_is_refused_and_not_emptied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("x")
    assert vendor([str(tmp_path / "requirements.txt"), str(tmp_path)]) == 2
    assert (tmp_path / "mine.txt").exists()
    assert "holds files that were not vendored" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("requirements", "message"), [("none.txt", "is no file"), ("requirements.txt", "holds no vendored packages. Run: ")]
)
def test_packages_that_were_not_vendored_are_refused_with_the_command(
    tmp_path: Path, requirements: str, message: str
) -> None:
    (tmp_path / "requirements.txt").write_text("")
    assert message in refusal(lambda: VendoredPackages(tmp_path / requirements, tmp_path / "v"))


def test_the_bundled_code_takes_the_keys_of_records(tmp_path: Path) -> None:
    keys = {
        "day": RecordKey.arrival("yyyy-MM-dd"),
        "caller": RecordKey.context("api_key_id", ["shop", "blog"]),
        "name": RecordKey.event("event_name", ["click"]),
    }
    for transform in (
        Transform.click(partition_keys=keys),
        Transform.per_event(entry(tmp_path), partition_keys=keys),
    ):
        assert Options.from_dict(json.loads(transform.options)).partition_keys
    assert "partition_keys" not in json.loads(Transform.click().options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RecordKey.arrival("yy"), "transform.partition_keys='yy': is no part of a time"),
        (lambda: RecordKey.context("ip", ["a"]), "transform.partition_keys='ip': is not what the endpoint knows"),
        (lambda: RecordKey.event("", ["a"]), "transform.partition_keys='': names no member"),
        (lambda: RecordKey.event("event_name", []), "transform.partition_keys=[]: is no list of values"),
        (lambda: RecordKey.event("event_name", ["a/b"]), "transform.partition_keys=['a/b']: is no list of values"),
        (lambda: Transform.click(partition_keys={"a-b": RecordKey.arrival("yyyy")}), "is no name of a key"),
        (
            lambda: Transform.click(
                partition_keys={
                    name: RecordKey.event(name, [f"v{number}" for number in range(22)]) for name in ("one", "two")
                }
            ),
            "allow 529 combinations of names, and a stream keeps 500 partitions open",
        ),
    ],
)
def test_keys_that_could_not_work_are_refused(make: Callable[[], object], message: str) -> None:
    assert message in refusal(make)


def test_a_function_of_ones_own_is_called_with_the_batches() -> None:
    stack = new_stack()
    function = own_function(stack)
    made = pipeline(stack, Transform.from_function(function, buffer_size=cdk.Size.mebibytes(2), retries=1), auth=AUTH)
    found = Synthesized(stack)
    assert list(found.of_type(STREAM)) == ["PipelineStreamDD609695"]
    (processor,) = found.only(STREAM)["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]["Processors"]
    values = {one["ParameterName"]: one["ParameterValue"] for one in processor["Parameters"]}
    assert (values["BufferSizeInMBs"], values["NumberOfRetries"]) == ("2", "1")
    assert values["LambdaArn"] == stack.resolve(function.function_arn)
    assert "this pipeline has no function of its own" in refusal(lambda: made.transform)
    assert "nothing rejects events here" in refusal(lambda: made.reject_stream)


def test_without_a_transform_the_event_and_a_newline_are_the_record() -> None:
    """DESIGN section 2: a single-event model and a template that writes `$input.json('$')` and a newline."""
    stack = new_stack()
    pipeline(stack, Transform.none(), auth=AUTH)
    found = Synthesized(stack)
    assert not found.of_type("AWS::Lambda::Function")
    assert "ProcessingConfiguration" not in found.only(STREAM)["ExtendedS3DestinationConfiguration"]
    model = found.only("AWS::ApiGateway::Model", "EventsModel")["Schema"]
    assert (model["type"], model["required"]) == ("object", ["event_name"])
    post = found.only("AWS::ApiGateway::Method", "eventsPOST")
    template = json.dumps(post["Integration"]["RequestTemplates"]["application/json"])
    assert "$input.json('$')" in template
    assert "clickstream" not in template


def test_without_transform_and_conversion_there_is_nothing_to_back_up() -> None:
    stack = new_stack()
    pipeline(stack, Transform.none(), auth=AUTH, output=OutputFormat.json())
    destination = Synthesized(stack).only(STREAM)["ExtendedS3DestinationConfiguration"]
    assert destination["S3BackupMode"] == "Disabled"
