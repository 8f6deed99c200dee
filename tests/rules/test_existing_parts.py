"""What a team has already is passed in, and nothing is made in its place."""

from __future__ import annotations

import json
import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import (
    AccessLog,
    Compression,
    Encryption,
    OutputFormat,
    Queries,
    S3Prefix,
    SourceBackup,
    TableReference,
    Transform,
)
from support.stacks import CONTEXT, Synthesized, destination_of, flat, new_stack, pipeline_in, pipeline_refusal

TABLE = TableReference(
    "warehouse", "clicks", {"page": "page-name"}, catalog_id="444455556666", region="eu-west-1", version_id="7"
)
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/backups"


@pytest.fixture(scope="module")
def existing() -> Synthesized:
    """A pipeline that is given a table, a log group, and where its backups and access log lines go."""
    stack = new_stack()
    group = logs.LogGroup.from_log_group_name(stack, "Errors", "/team/errors")
    pipeline_in(
        stack,
        table=TABLE,
        log_group=group,
        function_log_group=logs.LogGroup.from_log_group_name(stack, "FunctionLog", "/team/function"),
        access_log=AccessLog(group=logs.LogGroup.from_log_group_name(stack, "Access", "/team/access")),
        backup=SourceBackup(
            bucket=s3.Bucket.from_bucket_name(stack, "Vault", "vault"),
            key=kms.Key.from_key_arn(stack, "VaultKey", KEY_ARN),
            compression=Compression.ZIP,
            prefix=S3Prefix("events/raw/!{timestamp:yyyy}/"),
        ),
    )
    return Synthesized(stack)


def test_the_conversion_uses_the_given_table_and_none_is_made(existing: Synthesized) -> None:
    """facts/firehose.md#conversion: CatalogId defaults to the account, Region to the stream's."""
    schema = destination_of(existing)["DataFormatConversionConfiguration"]["SchemaConfiguration"]
    assert (schema["DatabaseName"], schema["TableName"]) == ("warehouse", "clicks")
    assert (schema["CatalogId"], schema["Region"]) == ("444455556666", "eu-west-1")
    assert schema["VersionId"] == "7"
    assert not existing.of_type("AWS::Glue::Table")
    assert not existing.of_type("AWS::Glue::Database")


def test_the_role_reads_the_given_table_where_it_is(existing: Synthesized) -> None:
    glue = "arn:<AWS::Partition>:glue:eu-west-1:444455556666"
    assert [flat(one) for one in existing.statements("PipelineStreamRole")["Table"]["Resource"]] == [
        f"{glue}:catalog",
        f"{glue}:database/warehouse",
        f"{glue}:table/warehouse/clicks",
    ]


def test_both_streams_log_into_the_given_group_without_colliding(existing: Synthesized) -> None:
    """Names of log streams are unique in a group; facts/firehose.md#error-log: CloudFormation makes them."""
    streams = [one["Properties"] for one in existing.of_type("AWS::Logs::LogStream").values()]
    assert [one["LogGroupName"] for one in streams] == ["/team/errors"] * 3
    assert len({one["LogStreamName"] for one in streams}) == 3
    assert not [id_ for id_ in existing.of_type("AWS::Logs::LogGroup") if "ErrorLog" in id_]


def test_the_endpoint_logs_into_the_given_group(existing: Synthesized) -> None:
    log = existing.only("AWS::ApiGateway::Stage")["AccessLogSetting"]
    assert flat(log["DestinationArn"]).endswith(":log-group:/team/access")
    assert not [id_ for id_ in existing.of_type("AWS::Logs::LogGroup") if "AccessLog" in id_]


def test_the_function_logs_into_the_given_group_by_a_right_on_that_group_only(existing: Synthesized) -> None:
    (function,) = existing.of_type("AWS::Lambda::Function").values()
    assert function["Properties"]["LoggingConfig"]["LogGroup"] == "/team/function"
    statements = existing.statements("PipelineTransformRole").values()
    (log,) = [one for one in statements if "logs:" in str(one["Action"])]
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert flat(log["Resource"]).endswith(":log-group:/team/function:*")


def test_with_every_log_group_given_none_is_made(existing: Synthesized) -> None:
    assert not existing.of_type("AWS::Logs::LogGroup")


def test_a_log_group_for_a_function_that_is_not_made_here_is_refused() -> None:
    group = logs.LogGroup.from_log_group_name(new_stack(), "Log", "/team/function")
    message = pipeline_refusal(function_log_group=group, transform=Transform.none())
    assert "function_log_group='given': this pipeline makes no function" in message


def test_backups_go_to_the_given_bucket_by_the_given_key_and_compression(existing: Synthesized) -> None:
    """facts/firehose.md#backup: own bucket, prefix, buffering, compression, KMS."""
    backup = destination_of(existing)["S3BackupConfiguration"]
    assert flat(backup["BucketARN"]) == "arn:<AWS::Partition>:s3:::vault"
    assert backup["CompressionFormat"] == "ZIP"
    assert backup["EncryptionConfiguration"] == {"KMSEncryptionConfig": {"AWSKMSKeyARN": KEY_ARN}}


def test_the_role_writes_backups_into_their_bucket_and_not_into_the_datas(existing: Synthesized) -> None:
    statements = existing.statements("PipelineStreamRole")
    vault = "arn:<AWS::Partition>:s3:::vault"
    assert flat(statements["BackupBucket"]["Resource"]) == vault
    assert flat(statements["BackupObjects"]["Resource"]) == f"{vault}/events/raw/*"
    assert [flat(one).rsplit("/", 2)[1] for one in statements["Objects"]["Resource"]] == ["errors", "events"]


def test_the_role_uses_the_backups_key_for_backups_only(existing: Synthesized) -> None:
    """facts/iam.md#delivery-role: kms:ViaService and the encryption context."""
    statement = existing.statements("PipelineStreamRole")["BackupObjectKey"]
    assert statement["Resource"] == KEY_ARN
    context = statement["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
    assert [flat(one) for one in context] == [
        "arn:<AWS::Partition>:s3:::vault",
        "arn:<AWS::Partition>:s3:::vault/events/raw/*",
    ]


def test_the_template_with_everything_given_is_clean(existing: Synthesized) -> None:
    found = lint(json.dumps(existing.template), config=ManualArgs(regions=["eu-west-1"], include_checks=["W", "E"]))
    assert [f"{one.rule.id} {one.message}" for one in found] == []


def test_the_own_bucket_expires_no_backups_that_lie_elsewhere(existing: Synthesized) -> None:
    rules = existing.of_type("AWS::S3::Bucket")["PipelineBucket5BC3F8EA"]["Properties"]["LifecycleConfiguration"]
    assert [rule["Prefix"] for rule in rules["Rules"] if "Prefix" in rule] == ["errors/"]


def test_backups_beside_the_data_take_their_own_key_too() -> None:
    stack = new_stack()
    pipeline_in(stack, backup=SourceBackup(key=kms.Key.from_key_arn(stack, "VaultKey", KEY_ARN)))
    found = Synthesized(stack)
    assert destination_of(found)["EncryptionConfiguration"] == {"NoEncryptionConfig": "NoEncryption"}
    assert destination_of(found)["S3BackupConfiguration"]["EncryptionConfiguration"] == {
        "KMSEncryptionConfig": {"AWSKMSKeyARN": KEY_ARN}
    }
    objects = found.statements("PipelineStreamRole")["BackupObjects"]["Resource"]
    assert flat(objects) == "<PipelineBucket5BC3F8EA.Arn>/backup/*"


def test_backups_in_a_bucket_with_a_key_of_its_own_take_that() -> None:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "VaultKey", KEY_ARN)
    pipeline_in(
        stack,
        backup=SourceBackup(
            bucket=s3.Bucket.from_bucket_attributes(stack, "Vault", bucket_name="vault", encryption_key=key)
        ),
    )
    backup = destination_of(Synthesized(stack))["S3BackupConfiguration"]
    assert backup["EncryptionConfiguration"] == {"KMSEncryptionConfig": {"AWSKMSKeyARN": KEY_ARN}}


def test_the_pipelines_key_encrypts_backups_in_a_bucket_without_one() -> None:
    stack = new_stack()
    pipeline_in(
        stack,
        encryption=Encryption.kms(),
        backup=SourceBackup(bucket=s3.Bucket.from_bucket_name(stack, "Vault", "vault")),
    )
    found = destination_of(Synthesized(stack))
    assert found["S3BackupConfiguration"]["EncryptionConfiguration"] == found["EncryptionConfiguration"]
    assert "KMSEncryptionConfig" in found["EncryptionConfiguration"]


def test_a_backup_inside_the_datas_folder_is_refused_in_the_same_bucket_passed_in_twice() -> None:
    stack = new_stack()
    first, second = (s3.Bucket.from_bucket_name(stack, name, "lake") for name in ("One", "Two"))
    message = pipeline_refusal(bucket=first, backup=SourceBackup(bucket=second, prefix=S3Prefix("events/raw/")))
    assert "backup.prefix='events/raw/': overlaps prefix" in message


def test_an_expiry_in_the_backups_own_bucket_is_refused() -> None:
    vault = s3.Bucket.from_bucket_name(new_stack(), "Vault", "vault")
    message = pipeline_refusal(backup=SourceBackup(bucket=vault, expire_after=cdk.Duration.days(7)))
    assert "keeps its own lifecycle rules" in message


def test_saved_queries_over_a_table_that_is_given_are_refused() -> None:
    assert "this pipeline has no table that it made" in pipeline_refusal(table=TABLE, queries=Queries())


def test_a_given_table_that_nothing_reads_is_refused() -> None:
    assert "table='given': only format conversion uses it" in pipeline_refusal(table=TABLE, output=OutputFormat.json())


@pytest.fixture(scope="module")
def governed() -> Synthesized:
    """A pipeline whose table lies in a database that is there already, with somebody who reads it."""
    stack = new_stack()
    database = glue.Database.from_database_arn(
        stack, "Governed", "arn:aws:glue:eu-west-1:111122223333:database/governed"
    )
    made = pipeline_in(stack, database=database, queries=Queries())
    made.grant_read_events(iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal()))
    return Synthesized(stack)


def test_the_table_is_made_in_the_given_database_and_none_beside_it(governed: Synthesized) -> None:
    assert not governed.of_type("AWS::Glue::Database")
    assert governed.only("AWS::Glue::Table")["DatabaseName"] == "governed"
    schema = destination_of(governed)["DataFormatConversionConfiguration"]["SchemaConfiguration"]
    assert schema["DatabaseName"] == "governed"
    assert {one["Properties"]["Database"] for one in governed.of_type("AWS::Athena::NamedQuery").values()} == {
        "governed"
    }


@pytest.mark.parametrize("role", ["PipelineStreamRole", "Analyst"])
def test_roles_reach_the_table_in_the_given_database(governed: Synthesized, role: str) -> None:
    (statement,) = [one for one in governed.statements(role).values() if "glue:" in str(one["Action"])]
    arns = [flat(one) for one in statement["Resource"]]
    assert arns[1].endswith(":database/governed")
    assert ":table/governed/<" in arns[2]


def test_a_database_without_a_table_to_make_is_refused() -> None:
    database = glue.Database.from_database_arn(
        new_stack(), "Governed", "arn:aws:glue:eu-west-1:111122223333:database/governed"
    )
    assert "database='given': this pipeline makes no table" in pipeline_refusal(database=database, table=TABLE)


PRECREATED = {
    "Test/Pipeline/Stream/Role": "delivery",
    "Test/Pipeline/RejectStream/Role": "rejects",
    "Test/Pipeline/Transform/Role": "transform",
    "Test/Pipeline/Ingest/Role": "endpoint",
}


@pytest.fixture(scope="module")
def without_roles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Synthesized, str]:
    """A pipeline for an account where somebody else makes roles, and the report of what they must allow."""
    folder = tmp_path_factory.mktemp("roles")
    app = cdk.App(context=CONTEXT, outdir=str(folder))
    stack = cdk.Stack(app, "Test")
    iam.Role.customize_roles(stack, use_precreated_roles=PRECREATED)
    pipeline_in(stack)
    found = Synthesized(stack)
    app.synth()
    return found, (folder / "iam-policy-report.txt").read_text(encoding="utf-8")


def test_roles_that_somebody_else_makes_are_used_and_nothing_of_iam_is_made(
    without_roles: tuple[Synthesized, str],
) -> None:
    found, _ = without_roles
    assert {one["Type"] for one in found.template["Resources"].values() if "::IAM::" in one["Type"]} == set()
    assert flat(destination_of(found)["RoleARN"]).endswith(":role/delivery")
    assert flat(destination_of(found, "PipelineRejectStream")["RoleARN"]).endswith(":role/rejects")
    assert flat(found.only("AWS::Lambda::Function")["Role"]).endswith(":role/transform")


def test_whoever_makes_the_roles_is_told_every_right_the_overflow_included(
    without_roles: tuple[Synthesized, str],
) -> None:
    _, report = without_roles
    transform = report[report.index("(Test/Pipeline/Transform/Role)") :]
    for stream in ("RejectStream", "Stream"):
        assert re.search(rf'"firehose:PutRecordBatch"[^}}]*\(Test/Pipeline/{stream}/Resource.Arn\)', transform)
    for action in ("s3:PutObject", "glue:GetTableVersions", "lambda:InvokeFunction", "logs:PutLogEvents"):
        assert action in report
