"""What each role may do, statement by statement: nothing more, nothing less."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_clickstream import ApiAuth, ClickstreamPipeline, DeliveryStream, Encryption, Permissions, S3Prefix
from support.stacks import REASON, Synthesized, flat, new_stack

BUCKET = "<PipelineBucket5BC3F8EA.Arn>"
STREAM = "<PipelineStreamDD609695.Arn>"
REJECT_STREAM = "<PipelineRejectStreamD2DA6DF1.Arn>"
FUNCTION = "<PipelineTransformFunction091D1A09.Arn>"
KEY = "<PipelineKeyF48EE773.Arn>"
LOGS = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group"
GLUE = "arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>"
DATABASE, TABLE = "<PipelineCatalogDatabaseBBB4EC1F>", "<PipelineCatalogTable45196DA4>"


def plain(statement: dict[str, Any]) -> dict[str, Any]:
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    assert statement["Effect"] == "Allow"
    return {"actions": actions, "resources": [flat(one) for one in resources]}


def policy(found: Synthesized, part: str) -> dict[str, dict[str, Any]]:
    return {sid: plain(statement) for sid, statement in found.statements(part).items()}


def test_the_delivery_role(reference: Synthesized) -> None:
    """aws-facts 9.1, cut to this stream's folders and log streams."""
    log = f"{LOGS}:<PipelineStreamErrorLogGroupE23D8492>:log-stream"
    assert policy(reference, "PipelineStreamRole") == {
        "Bucket": {
            "actions": ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            "resources": [BUCKET],
        },
        "Objects": {
            "actions": ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            "resources": [f"{BUCKET}/backup/*", f"{BUCKET}/errors/*", f"{BUCKET}/events/*"],
        },
        "ErrorLog": {
            "actions": ["logs:PutLogEvents"],
            "resources": [
                f"{log}:<PipelineStreamErrorLogBackupDeliveryFD601C88>",
                f"{log}:<PipelineStreamErrorLogDestinationDeliveryF6BCCF7F>",
            ],
        },
        "Transform": {
            "actions": ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
            "resources": [FUNCTION],
        },
        "Table": {
            "actions": ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
            "resources": [f"{GLUE}:catalog", f"{GLUE}:database/{DATABASE}", f"{GLUE}:table/{DATABASE}/{TABLE}"],
        },
    }


def test_the_reject_streams_role_reaches_rejected_events_only(reference: Synthesized) -> None:
    statements = policy(reference, "PipelineRejectStreamRole")
    assert set(statements) == {"Bucket", "Objects", "ErrorLog"}
    assert statements["Objects"]["resources"] == [f"{BUCKET}/errors/rejected/*"]


def test_the_endpoints_role_puts_records_into_its_stream_only(reference: Synthesized) -> None:
    assert list(policy(reference, "PipelineIngestRole").values()) == [
        {"actions": ["firehose:PutRecord", "firehose:PutRecordBatch"], "resources": [STREAM]}
    ]


def test_the_transforms_role_logs_and_puts_rejected_events(reference: Synthesized) -> None:
    assert list(policy(reference, "PipelineTransformRole").values()) == [
        {
            "actions": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "resources": ["<PipelineTransformLogE41614DB.Arn>"],
        },
        {"actions": ["firehose:PutRecordBatch"], "resources": [REJECT_STREAM]},
    ]


def test_the_transform_puts_its_overflow_back_by_a_policy_that_the_function_does_not_depend_on(
    reference: Synthesized,
) -> None:
    """DESIGN section 5: no circular dependency."""
    assert policy(reference, "PipelineOverflow") == {
        "firehose:PutRecordBatch": {"actions": ["firehose:PutRecordBatch"], "resources": [STREAM]}
    }
    (function,) = reference.of_type("AWS::Lambda::Function").values()
    assert not any("Overflow" in one for one in function["DependsOn"])


def test_no_role_has_a_managed_policy(reference: Synthesized) -> None:
    for role in reference.of_type("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]


def test_firehose_takes_its_roles_for_this_account_only(reference: Synthesized) -> None:
    """aws-facts 9.2: a role that trusts with sts:ExternalId keeps working."""
    for part in ("PipelineStreamRole", "PipelineRejectStreamRole"):
        (trust,) = reference.only("AWS::IAM::Role", part)["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "firehose.amazonaws.com"}
        assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}}


def test_each_stream_is_made_after_its_roles_policy(reference: Synthesized) -> None:
    """aws-facts 9.3: CloudFormation needs explicit dependencies on the policy."""
    for id_, stream in reference.of_type("AWS::KinesisFirehose::DeliveryStream").items():
        (dependency,) = stream["DependsOn"]
        assert reference.template["Resources"][dependency]["Type"] == "AWS::IAM::Policy"
        assert dependency.startswith(id_[:-8])


def test_a_customer_key_is_used_for_objects_through_s3_only(with_key: Synthesized) -> None:
    """aws-facts 9.1: kms:ViaService and the encryption context; the bucket itself with S3 Bucket Keys."""
    statement = with_key.statements("PipelineStreamRole")["ObjectKey"]
    assert plain(statement) == {"actions": ["kms:Decrypt", "kms:GenerateDataKey"], "resources": [KEY]}
    via = statement["Condition"]["StringEquals"]["kms:ViaService"]
    assert flat(via) == "s3.<AWS::Region>.amazonaws.com"
    context = statement["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
    assert [flat(one) for one in context] == [
        BUCKET,
        f"{BUCKET}/backup/*",
        f"{BUCKET}/errors/*",
        f"{BUCKET}/events/*",
    ]


def test_whoever_puts_records_may_use_the_streams_key(with_key: Synthesized) -> None:
    """aws-facts 1.5: the caller of PutRecord needs kms:GenerateDataKey and kms:Decrypt."""
    wanted = {"actions": ["kms:Decrypt", "kms:GenerateDataKey"], "resources": [KEY]}
    for part in ("PipelineIngestRole", "PipelineTransformRole", "PipelineOverflow"):
        assert wanted in policy(with_key, part).values()


def test_a_producer_is_granted_both_puts_and_nothing_else() -> None:
    stack = new_stack()
    pipeline = ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.public(reason=REASON))
    pipeline.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    assert list(policy(Synthesized(stack), "Producer").values()) == [
        {"actions": ["firehose:PutRecord", "firehose:PutRecordBatch"], "resources": [STREAM]}
    ]


def test_each_restriction_beyond_the_guide_can_be_loosened() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    DeliveryStream(
        stack,
        "Stream",
        bucket=bucket,
        prefix=S3Prefix("raw/"),
        permissions=Permissions(object_prefixes=False, log_streams=False, external_id=False),
    )
    found = Synthesized(stack)
    statements = policy(found, "StreamRole")
    assert statements["Objects"]["resources"] == ["arn:<AWS::Partition>:s3:::lake/*"]
    (group,) = found.of_type("AWS::Logs::LogGroup")
    assert statements["ErrorLog"]["resources"] == [f"<{group}.Arn>"]
    (trust,) = found.only("AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert "Condition" not in trust


def test_a_bucket_that_brings_its_key_has_the_role_use_it() -> None:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/k")
    bucket = s3.Bucket.from_bucket_attributes(stack, "Bucket", bucket_name="lake", encryption_key=key)
    DeliveryStream(stack, "Stream", bucket=bucket, prefix=S3Prefix("raw/"), encryption=Encryption.aws_managed())
    found = Synthesized(stack)
    assert policy(found, "StreamRole")["ObjectKey"]["resources"] == ["arn:aws:kms:eu-west-1:111122223333:key/k"]
    destination = found.only("AWS::KinesisFirehose::DeliveryStream")["ExtendedS3DestinationConfiguration"]
    assert "KMSEncryptionConfig" in destination["EncryptionConfiguration"]


def test_objects_in_another_accounts_bucket_are_handed_over() -> None:
    """aws-facts 9.1: PutObjectAcl when another account owns the bucket."""
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    for name, account in (("Ours", "111122223333"), ("Theirs", "444455556666")):
        bucket = s3.Bucket.from_bucket_attributes(stack, f"{name}Bucket", bucket_name="lake", account=account)
        DeliveryStream(stack, name, bucket=bucket, prefix=S3Prefix("raw/"))
    found = Synthesized(stack)
    assert "s3:PutObjectAcl" not in policy(found, "OursRole")["Objects"]["actions"]
    assert "s3:PutObjectAcl" in policy(found, "TheirsRole")["Objects"]["actions"]
