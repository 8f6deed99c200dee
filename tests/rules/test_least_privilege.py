"""Each role's policies under an independent engine: what the part needs is allowed, everything else is denied.

For each service that a role may use, *every* action of the service is tried on the resources of the stack and on others
of the same kind; what is allowed must be exactly what is written here.
"""

from __future__ import annotations

from collections.abc import Iterator

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_clickstream import ApiAuth, ClickstreamPipeline, Encryption, Queries, Source
from support.policy_engine import ACCOUNT, REGION, Deployed, decisions
from support.stacks import new_stack

pytestmark = pytest.mark.matrix

BUCKET, KEY, GROUP = "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup"
FIREHOSE, FUNCTION, KINESIS = "AWS::KinesisFirehose::DeliveryStream", "AWS::Lambda::Function", "AWS::Kinesis::Stream"
OBJECT_ACTIONS = {"s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"}
# PutObject is what begins a multipart upload and what copies: the engine knows no action of their own for them.
GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}"
OTHERS = {
    "other bucket": "arn:aws:s3:::other",
    "other object": "arn:aws:s3:::other/events/x",
    "other key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/other",
    "other group": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:other:log-stream:DestinationDelivery",
    "other stream": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/other",
    "other function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:other",
    "other table": f"{GLUE}:table/database/other",
    "other kinesis": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/other",
    "other workgroup": f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/other",
}
SERVICES = ("athena", "cloudformation", "firehose", "glue", "kinesis", "kms", "lambda", "logs", "s3")


class Subject:
    """A deployed stack and the resources that requests are about, by short names."""

    def __init__(self, stack: cdk.Stack) -> None:
        self.deployed = deployed = Deployed(stack)
        bucket = deployed.arn("PipelineBucket5", BUCKET)
        database = deployed.name("Database", "AWS::Glue::Database")
        log = deployed.arn("PipelineStreamErrorLog", GROUP).removesuffix(":*")
        self.resources = {
            "bucket": bucket,
            "event": f"{bucket}/events/event_date=2026-01-01/x",
            "error": f"{bucket}/errors/processing-failed/x",
            "rejected": f"{bucket}/errors/rejected/x",
            "backup": f"{bucket}/backup/x",
            "elsewhere": f"{bucket}/elsewhere/x",
            "access log": f"{deployed.arn('AccessLog', BUCKET)}/events/x",
            "key": deployed.arn("PipelineKey", KEY),
            "error log": f"{log}:log-stream:DestinationDelivery",
            "error log group": f"{log}:log-stream:",
            "stack": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack.stack_name}/1",
            "other stack": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack.stack_name}2/1",
            "another log stream": f"{log}:log-stream:mine",
            "stream": deployed.arn("PipelineStreamD", FIREHOSE),
            "reject stream": deployed.arn("RejectStream", FIREHOSE),
            "function": deployed.arn("TransformFunction", FUNCTION),
            "function log": deployed.arn("PipelineTransformLog", GROUP).removesuffix(":*") + ":log-stream:x",
            "catalog": f"{GLUE}:catalog",
            "database": f"{GLUE}:database/{database}",
            "table": f"{GLUE}:table/{database}/events",
            **OTHERS,
        }

    def allowed(self, role: str, context: dict[str, str] | None = None) -> dict[str, set[str]]:
        """Resource to the actions that the role may use on it, of all the actions there are."""
        principal = self.deployed.role(role)
        requests = [
            self.deployed.request(principal, f"{service}:*", arn, context)
            for arn in self.resources.values()
            for service in SERVICES
            if f":{service}:" in arn
        ]
        names = {arn: name for name, arn in self.resources.items()}
        found: dict[str, set[str]] = {}
        for request, action, yes in decisions(requests):
            if yes:
                found.setdefault(names[request.resource], set()).add(action)
        return found


@pytest.fixture(scope="module")
def subject() -> Subject:
    stack = new_stack("WithKey")
    pipeline = ClickstreamPipeline(
        stack, "Pipeline", auth=ApiAuth.iam(), encryption=Encryption.kms(), queries=Queries()
    )
    pipeline.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    pipeline.grant_read_events(iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal()))
    pipeline.grant_diagnose(iam.Role(stack, "OnCall", assumed_by=iam.AccountRootPrincipal()))
    pipeline.grant_operate(iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal()))
    subject = Subject(stack)
    deployed = subject.deployed
    results = deployed.arn("Results", BUCKET)
    workgroup = deployed.name("Queries", "AWS::Athena::WorkGroup")
    subject.resources.update(
        {
            "results": results,
            "result": f"{results}/x.csv",
            "workgroup": f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{workgroup}",
        }
    )
    return subject


def via_s3(subject: Subject, name: str = "event") -> dict[str, str]:
    return {
        "kms:ViaService": f"s3.{REGION}.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": subject.resources[name],
    }


KEY_ACTIONS = {"kms:Decrypt", "kms:GenerateDataKey"}
BUCKET_ACTIONS = {"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"}
TABLE_ACTIONS = {"glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"}


def test_the_delivery_role(subject: Subject) -> None:
    """facts/iam.md#delivery-role."""
    assert subject.allowed("PipelineStreamRole", via_s3(subject)) == {
        "bucket": BUCKET_ACTIONS,
        "event": OBJECT_ACTIONS,
        "error": OBJECT_ACTIONS,
        "rejected": OBJECT_ACTIONS,
        "backup": OBJECT_ACTIONS,
        "key": KEY_ACTIONS,
        "error log": {"logs:PutLogEvents"},
        "function": {"lambda:GetFunctionConfiguration", "lambda:InvokeFunction"},
        "catalog": TABLE_ACTIONS,
        "database": TABLE_ACTIONS,
        "table": TABLE_ACTIONS,
    }


def test_the_reject_streams_role(subject: Subject) -> None:
    assert subject.allowed("PipelineRejectStreamRole", via_s3(subject, "rejected")) == {
        "bucket": BUCKET_ACTIONS,
        "rejected": OBJECT_ACTIONS,
        "key": KEY_ACTIONS,
    }


@pytest.mark.parametrize("role", ["PipelineStreamRole", "PipelineRejectStreamRole"])
@pytest.mark.parametrize(
    "context",
    [
        {},
        {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
        {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": OTHERS["other object"]},
        {"kms:ViaService": f"firehose.{REGION}.amazonaws.com"},
    ],
)
def test_a_delivery_role_uses_the_key_for_its_objects_through_s3_only(
    subject: Subject, role: str, context: dict[str, str]
) -> None:
    assert "key" not in subject.allowed(role, context)


def test_the_reject_streams_role_does_not_decrypt_events(subject: Subject) -> None:
    assert "key" not in subject.allowed("PipelineRejectStreamRole", via_s3(subject, "event"))


def test_the_endpoints_role(subject: Subject) -> None:
    """facts/iam.md#callers, facts/firehose.md#stream-encryption."""
    assert subject.allowed("PipelineIngestRole") == {
        "stream": {"firehose:PutRecord", "firehose:PutRecordBatch"},
        "key": KEY_ACTIONS,
    }


def test_the_transforms_role(subject: Subject) -> None:
    assert subject.allowed("PipelineTransformRole") == {
        "function log": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "reject stream": {"firehose:PutRecordBatch"},
        "stream": {"firehose:PutRecordBatch"},
        "key": KEY_ACTIONS,
    }


def test_a_producer(subject: Subject) -> None:
    assert subject.allowed("Producer") == {
        "stream": {"firehose:PutRecord", "firehose:PutRecordBatch"},
        "key": KEY_ACTIONS,
    }


def test_a_reader_of_events(subject: Subject) -> None:
    """Events and results; no backup, no failed and no rejected record."""
    found = subject.allowed("Analyst", {**via_s3(subject), "s3:prefix": "events/event_date=2026-01-01/"})
    table_actions = {"glue:GetPartition", "glue:GetPartitions", "glue:GetTable"}
    assert found == {
        "bucket": {"s3:GetBucketLocation", "s3:ListBucket"},
        "event": {"s3:GetObject"},
        "key": KEY_ACTIONS,
        "catalog": table_actions | {"glue:GetDatabase"},
        "database": table_actions | {"glue:GetDatabase"},
        "table": table_actions,
        "results": BUCKET_ACTIONS,
        "result": OBJECT_ACTIONS | {"s3:ListMultipartUploadParts"},
        "workgroup": {
            "athena:BatchGetNamedQuery",
            "athena:GetNamedQuery",
            "athena:GetQueryExecution",
            "athena:GetQueryResults",
            "athena:GetWorkGroup",
            "athena:ListNamedQueries",
            "athena:StartQueryExecution",
            "athena:StopQueryExecution",
        },
    }


DIAGNOSES = {
    "event": {"s3:GetObject"},
    "error": {"s3:GetObject"},
    "rejected": {"s3:GetObject"},
    "backup": {"s3:GetObject"},
    "key": {"kms:Decrypt"},
    # The engine takes a group's events for those of its streams.
    **{
        name: {"logs:FilterLogEvents"}
        for name in ("error log group", "error log", "another log stream", "function log")
    },
    "stream": {"firehose:DescribeDeliveryStream"},
    "reject stream": {"firehose:DescribeDeliveryStream"},
    "function": {"lambda:GetFunctionConfiguration"},
    "stack": {"cloudformation:ListStackResources"},
}


@pytest.mark.parametrize("prefix", ["errors/", "errors/rejected/dt=2026-01-01/", "backup/", "events/"])
def test_who_diagnoses_reads_what_belongs_to_the_pipeline_and_changes_nothing(subject: Subject, prefix: str) -> None:
    found = subject.allowed("OnCall", {**via_s3(subject), "s3:prefix": prefix})
    assert found == DIAGNOSES | {"bucket": {"s3:ListBucket"}}


def test_who_operates_puts_records_and_removes_failures_besides(subject: Subject) -> None:
    assert subject.allowed("Operator", via_s3(subject)) == DIAGNOSES | {
        "stream": {"firehose:DescribeDeliveryStream", "firehose:PutRecordBatch"},
        "error": {"s3:GetObject", "s3:DeleteObject"},
        "rejected": {"s3:GetObject", "s3:DeleteObject"},
        "key": KEY_ACTIONS,
    }


@pytest.mark.parametrize("prefix", ["", "elsewhere/"])
def test_who_diagnoses_lists_no_other_folder(subject: Subject, prefix: str) -> None:
    assert "bucket" not in subject.allowed("OnCall", {"s3:prefix": prefix})


def test_who_diagnoses_decrypts_through_s3_only(subject: Subject) -> None:
    assert "key" not in subject.allowed("OnCall")


@pytest.mark.parametrize("prefix", ["", "backup/", "errors/"])
def test_a_reader_does_not_list_other_folders(subject: Subject, prefix: str) -> None:
    found = subject.allowed("Analyst", {"s3:prefix": prefix})
    assert found["bucket"] == {"s3:GetBucketLocation"}


def test_nobody_reaches_the_bucket_without_tls(subject: Subject) -> None:
    found = subject.allowed("PipelineStreamRole", {"aws:SecureTransport": "false"})
    assert not {"bucket", "event", "error", "backup"} & set(found)


@pytest.fixture(scope="module")
def kinesis() -> Subject:
    stack = new_stack("Kinesis")
    pipeline = ClickstreamPipeline(
        stack, "Pipeline", auth=ApiAuth.iam(), source=Source.kinesis(), encryption=Encryption.kms()
    )
    pipeline.grant_put_records(iam.Role(stack, "Producer", assumed_by=iam.AccountRootPrincipal()))
    subject = Subject(stack)
    subject.resources["kinesis"] = subject.deployed.arn("Source", KINESIS)
    return subject


def via_kinesis(subject: Subject, name: str = "kinesis") -> dict[str, str]:
    return {
        "kms:ViaService": f"kinesis.{REGION}.amazonaws.com",
        "kms:EncryptionContext:aws:kinesis:arn": subject.resources[name],
    }


def test_the_delivery_role_reads_its_kinesis_stream(kinesis: Subject) -> None:
    found = kinesis.allowed("PipelineStreamRole", via_kinesis(kinesis))
    assert found["kinesis"] == {
        "kinesis:DescribeStream",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    }
    assert found["key"] == {"kms:Decrypt"}
    assert "other kinesis" not in found


def test_the_delivery_role_decrypts_no_other_kinesis_stream(kinesis: Subject) -> None:
    assert "key" not in kinesis.allowed("PipelineStreamRole", via_kinesis(kinesis, "other kinesis"))


@pytest.mark.parametrize("role", ["PipelineIngestRole", "Producer"])
def test_who_puts_into_kinesis_puts_nowhere_else(kinesis: Subject, role: str) -> None:
    assert kinesis.allowed(role) == {
        "kinesis": {"kinesis:PutRecord", "kinesis:PutRecords"},
        "key": {"kms:GenerateDataKey"},
    }


def test_the_transform_of_a_kinesis_pipeline_puts_nothing_back(kinesis: Subject) -> None:
    found = kinesis.allowed("PipelineTransformRole")
    assert {name for name in found if "stream" in name or "kinesis" in name} == {"reject stream"}


def assumptions(subject: Subject, role: str, service: str, context: dict[str, str]) -> Iterator[bool]:
    request = subject.deployed.request(service, "sts:AssumeRole", subject.deployed.role(role), context)
    return (yes for _, _, yes in decisions([request]))


@pytest.mark.parametrize(
    ("service", "external_id", "wanted"),
    [
        ("firehose.amazonaws.com", ACCOUNT, True),
        ("firehose.amazonaws.com", "444455556666", False),
        ("lambda.amazonaws.com", ACCOUNT, False),
    ],
)
def test_firehose_takes_the_delivery_role_for_this_account_only(
    subject: Subject, service: str, external_id: str, wanted: bool
) -> None:
    """facts/iam.md#trust-policy."""
    assert list(assumptions(subject, "PipelineStreamRole", service, {"sts:ExternalId": external_id})) == [wanted]
