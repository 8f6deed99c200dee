"""Who calls whom in a deployed stack, as data: each row says where a template shows the call, and how AWS makes it.

A row is read with a resolved template by :mod:`clickstream_local.iam.calls`. Paths lead into the properties of a
resource: ``*`` is every item, ``[Type=Lambda]`` the items with that member, or the value itself if it has it.
A text may hold placeholders:

=====================  ===============================================================================
``{Arn}``              the value of a path below :attr:`Edge.at`; of a path below the properties with ``{/Arn}``
``{.}``                what lies at :attr:`Edge.at` itself
``{Arn->KeyId}``       a property of the resource with that ARN
``{Prefix|object}``    a value through one of the filters of :mod:`clickstream_local.iam.calls`
``{Other or Prefix}``  the first that has a value
``{arn}``              the resource's own ARN; also ``{id}``, ``{account}``, ``{partition}``, ``{region}``
``{name}``             a text of :attr:`Edge.let`
=====================  ===============================================================================

Where a placeholder has no value, there is no such call, unless it is the prefix of an object, which is then empty;
where it has several, there is one for each.

The local runtime makes the calls stage by stage. The stages of a delivery stream are ``data``, ``errors``, ``backup``,
``transform``, ``conversion``, ``source``, ``log`` and ``backup-log``; those of a function ``function``,
``function-log`` and ``put``; the others are ``integration``, ``authorizer`` and ``subscription``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edge:
    """One kind of call between services.

    Attributes
    ----------
    name:
        As a sentence.
    type:
        Of the resource whose properties show the call.
    at:
        Paths in its properties, each with the stages of the runtime that stand still without the call, between blanks;
        none where nothing here makes it, or where what AWS does without it is not known.
    caller:
        ARN of a role, or a service principal.
    actions, on:
        What is called: IAM actions, and ARNs.
    rests_on:
        The documents that have to allow it, each of them: ``role`` (the caller's policies), ``trust`` (the role's trust
        policy), ``policy`` (that of the resource or key), ``endpoint`` (that of a VPC endpoint).
    needs:
        The actions each of which has to be allowed; the others have to be denied all together.
    either:
        Whether ``on`` are forms of one ARN, and sources disagree by which AWS calls.
    part:
        ARN of what the stages belong to.
    when:
        Condition keys of the request.
    let:
        Texts by a name for placeholders.
    only, unless:
        Path to a regular expression of a whole value: with no such value, or with one, there is no call.
    source:
        AWS's page, or the fact, that it rests on.
    """

    name: str
    type: str
    at: Mapping[str, str]
    caller: str
    actions: tuple[str, ...]
    on: tuple[str, ...]
    rests_on: tuple[str, ...]
    source: str
    needs: tuple[str, ...] = ()
    either: bool = False
    part: str = "{arn}"
    when: Mapping[str, str] = field(default_factory=dict)
    let: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    unless: Mapping[str, str] = field(default_factory=dict)


_STREAM, _RULE, _FILTER = "AWS::KinesisFirehose::DeliveryStream", "AWS::Events::Rule", "AWS::Logs::SubscriptionFilter"
_IOT, _METHOD, _ALARM = "AWS::IoT::TopicRule", "AWS::ApiGateway::Method", "AWS::CloudWatch::Alarm"
_AUTHORIZER = "AWS::ApiGateway::Authorizer"
_S3 = "ExtendedS3DestinationConfiguration"
# What came before it, with the same members.
_PLAIN = "S3DestinationConfiguration"
_BACKUP = f"{_S3}.[S3BackupMode=Enabled].S3BackupConfiguration"
_PROCESSORS = f"{_S3}.ProcessingConfiguration.Processors"
_FUNCTION = f"{_PROCESSORS}.[Type=Lambda].Parameters.[ParameterName=LambdaArn].ParameterValue"
_CONVERSION = f"{_S3}.DataFormatConversionConfiguration.SchemaConfiguration"
_BUFFER_KEY = "DeliveryStreamEncryptionConfigurationInput.KeyARN"
_OBJECT_KEY = "EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN"
_BUCKET_KEY = "BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.KMSMasterKeyID"
_GLUE = "arn:{partition}:glue:{Region}:{CatalogId}"
_NAMED_STREAM = "arn:{partition}:firehose:{region}:{account}:deliverystream/"
_REJECTS = {"rejects": (f"{_NAMED_STREAM}{{.->Environment.Variables.CLICKSTREAM_REJECT_STREAM}}",)}
_TARGET = {
    "target": (
        "arn:{partition}:{Integration.Uri|service}:{region}:{account}:"
        "{Integration.Uri|kind}/{Integration.RequestTemplates.*|stream}",
    )
}
_PUTS = ("firehose:PutRecord", "firehose:PutRecordBatch")
_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
_INTERFACE = "arn:{partition}:ec2:{region}:{account}:network-interface/eni-1"
_ALARMS = {"aws:SourceAccount": "{account}", "aws:SourceArn": "{arn}"}
# The function whose code this project brings; its rights are this project's, too.
_BUNDLED = {".->Handler": r"clickstream_transform\..*"}
_TO_SNS = "arn:[^:]+:sns:.*"
# Firehose takes no puts into a stream that reads Kinesis, and the transform none into one that unpacks log documents.
_REQUEUES = {**_BUNDLED, "/DeliveryStreamType": "DirectPut"}
_UNPACKED = {f"/{_PROCESSORS}.*.Type": "Decompression"}

_AWS = "https://docs.aws.amazon.com/"
_ACCESS = f"{_AWS}firehose/latest/dev/controlling-access.html"
_KEYS = f"{_AWS}firehose/latest/dev/encryption.html"
_EXECUTION_ROLE = f"{_AWS}lambda/latest/dg/lambda-intro-execution-role.html"
_EVENTBRIDGE = f"{_AWS}eventbridge/latest/userguide/eb-use-identity-based.html"
_SUBSCRIPTIONS = f"{_AWS}AmazonCloudWatch/latest/logs/SubscriptionFilters.html"
_IOT_RULES = f"{_AWS}iot/latest/developerguide/kinesis-firehose-rule-action.html"
_AUTHORIZERS = f"{_AWS}apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html"
_INTEGRATIONS = f"{_AWS}apigateway/latest/developerguide/permissions.html"

LED_TO = ("AWS::Kinesis::Stream", _STREAM, "AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::SNS::Topic")
"""Types of the resources whose ARN leads on, by ``->``."""

EDGES: tuple[Edge, ...] = (
    # Delivery
    Edge(
        "Firehose takes the delivery role",
        _STREAM,
        {
            _S3: "data errors transform log",
            _PLAIN: "data errors log",
            _BACKUP: "backup backup-log",
            _CONVERSION: "conversion",
            "KinesisStreamSourceConfiguration": "source",
        },
        "firehose.amazonaws.com",
        ("sts:AssumeRole",),
        ("{RoleARN}",),
        ("trust",),
        _ACCESS,
        when={"sts:ExternalId": "{account}"},
    ),
    Edge(
        "Firehose looks the bucket up",
        _STREAM,
        {_S3: "data errors", _PLAIN: "data errors", _BACKUP: "backup"},
        "{RoleARN}",
        ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
        ("{BucketARN}",),
        ("role",),
        _ACCESS,
    ),
    *(
        edge
        for what, prefix, at in (
            ("objects", "Prefix", {_S3: "data", _PLAIN: "data", _BACKUP: "backup"}),
            # Without a prefix of their own they lie below that of the data (facts/firehose.md#prefixes).
            ("what fails", "ErrorOutputPrefix or Prefix", {_S3: "errors", _PLAIN: "errors"}),
        )
        for edge in (
            Edge(
                f"Firehose writes {what}",
                _STREAM,
                at,
                "{RoleARN}",
                ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
                (f"{{BucketARN}}/{{{prefix}|object}}",),
                ("role",),
                _ACCESS,
                needs=("s3:PutObject",),
            ),
            *(
                Edge(
                    name,
                    _STREAM,
                    at,
                    "{RoleARN}",
                    _KEY,
                    (key,),
                    ("role", "policy"),
                    page,
                    when={
                        "kms:ViaService": "s3.{region}.amazonaws.com",
                        "kms:EncryptionContext:aws:s3:arn": "{encrypted}",
                    },
                    # With an S3 Bucket Key the context is the bucket itself.
                    let={"encrypted": (f"{{BucketARN}}/{{{prefix}|object}}", "{BucketARN}")},
                    unless=unless,
                    needs=("kms:GenerateDataKey",),
                    either=True,
                )
                for name, key, page, unless in (
                    (f"Firehose encrypts {what}", f"{{{_OBJECT_KEY}|own}}", _ACCESS, {}),
                    (
                        f"Firehose writes {what} into a bucket that encrypts by itself",
                        f"{{BucketARN->{_BUCKET_KEY}|key}}",
                        f"{_AWS}AmazonS3/latest/userguide/bucket-encryption.html",
                        {_OBJECT_KEY: ".+"},
                    ),
                )
            ),
        )
    ),
    Edge(
        "Firehose calls the function",
        _STREAM,
        {_FUNCTION: "transform"},
        f"{{/{_S3}.RoleARN}}",
        ("lambda:GetFunctionConfiguration", "lambda:InvokeFunction"),
        # Sources disagree by which of the two it calls a function without a qualifier (docs/unverified.md).
        ("{.}", "{.|latest}"),
        ("role",),
        _ACCESS,
        needs=("lambda:InvokeFunction",),
        either=True,
        unless={f"/{_S3}.ProcessingConfiguration.Enabled": "false"},
    ),
    Edge(
        "Firehose reads the columns",
        _STREAM,
        {_CONVERSION: "conversion"},
        "{RoleARN}",
        ("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"),
        (f"{_GLUE}:catalog", f"{_GLUE}:database/{{DatabaseName}}", f"{_GLUE}:table/{{DatabaseName}}/{{TableName}}"),
        ("role",),
        _ACCESS,
        unless={f"/{_S3}.DataFormatConversionConfiguration.Enabled": "false"},
    ),
    Edge(
        "Firehose reads the columns of a table that Lake Formation governs",
        "AWS::LakeFormation::PrincipalPermissions",
        {"Principal.DataLakePrincipalIdentifier": ""},
        "{.}",
        ("lakeformation:GetDataAccess",),
        ("*",),
        ("role",),
        f"{_AWS}lake-formation/latest/dg/access-control-underlying-data.html",
    ),
    Edge(
        "Firehose logs errors",
        _STREAM,
        {
            f"{_S3}.CloudWatchLoggingOptions": "log",
            f"{_BACKUP}.CloudWatchLoggingOptions": "backup-log",
            f"{_PLAIN}.CloudWatchLoggingOptions": "log",
        },
        "{role}",
        ("logs:PutLogEvents",),
        ("arn:{partition}:logs:{region}:{account}:log-group:{LogGroupName}:log-stream:{LogStreamName}",),
        ("role",),
        _ACCESS,
        let={"role": (f"{{/{_S3}.RoleARN}}", f"{{/{_PLAIN}.RoleARN}}")},
        unless={"Enabled": "false"},
    ),
    Edge(
        "CloudWatch Logs encrypts a log group",
        "AWS::Logs::LogGroup",
        {"KmsKeyId": ""},
        "logs.{region}.amazonaws.com",
        (
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ),
        ("{.}",),
        ("policy",),
        f"{_AWS}AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        when={"kms:EncryptionContext:aws:logs:arn": "{arn|group}"},
    ),
    Edge(
        "S3 delivers the access log of a bucket",
        "AWS::S3::Bucket",
        {"LoggingConfiguration": ""},
        "logging.s3.amazonaws.com",
        ("s3:PutObject",),
        ("arn:{partition}:s3:::{DestinationBucketName}/{LogFilePrefix|object}",),
        ("policy",),
        f"{_AWS}AmazonS3/latest/userguide/enable-server-access-logging.html",
        when={"aws:SourceAccount": "{account}", "aws:SourceArn": "{arn}"},
    ),
    # Sources
    Edge(
        "Firehose reads a Kinesis stream",
        _STREAM,
        {"KinesisStreamSourceConfiguration": "source"},
        "{RoleARN}",
        ("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
        ("{KinesisStreamARN}",),
        ("role",),
        _ACCESS,
        needs=("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator"),
    ),
    Edge(
        "Firehose decrypts what a Kinesis stream holds",
        _STREAM,
        {"KinesisStreamSourceConfiguration": "source"},
        "{RoleARN}",
        ("kms:Decrypt",),
        ("{KinesisStreamARN->StreamEncryption.KeyId|key}",),
        ("role", "policy"),
        "facts/iam.md#delivery-role",
        when={
            "kms:ViaService": "kinesis.{region}.amazonaws.com",
            "kms:EncryptionContext:aws:kinesis:arn": "{KinesisStreamARN}",
        },
    ),
    *(
        edge
        for service, type_, at, stage, caller, arn, when, page in (
            ("EventBridge", _RULE, "Targets.*", "", "events.amazonaws.com", "{Arn}", {}, _EVENTBRIDGE),
            (
                "CloudWatch Logs",
                _FILTER,
                "",
                "subscription",
                "logs.amazonaws.com",
                "{DestinationArn}",
                {"aws:SourceArn": "arn:{partition}:logs:{region}:{account}:log-group:{LogGroupName}:*"},
                _SUBSCRIPTIONS,
            ),
            (
                "AWS IoT",
                _IOT,
                "TopicRulePayload.Actions.*.Firehose",
                "",
                "iot.amazonaws.com",
                f"{_NAMED_STREAM}{{DeliveryStreamName}}",
                {},
                _IOT_RULES,
            ),
        )
        for edge in (
            Edge(
                f"{service} takes its role",
                type_,
                {at: stage},
                caller,
                ("sts:AssumeRole",),
                ("{RoleArn}",),
                ("trust",),
                page,
                when=when,
            ),
            Edge(f"{service} puts records", type_, {at: stage}, "{RoleArn}", _PUTS, (arn,), ("role",), page),
            Edge(
                f"{service} puts records into a stream with a key",
                type_,
                {at: stage},
                "{RoleArn}",
                _KEY,
                (f"{{stream->{_BUFFER_KEY}}}",),
                ("role", "policy"),
                _KEYS,
                let={"stream": (arn,)},
                needs=_KEY,
            ),
        )
    ),
    Edge(
        "AWS IoT keeps what Firehose refuses",
        _IOT,
        {"TopicRulePayload.ErrorAction.S3": ""},
        "{RoleArn}",
        ("s3:PutObject",),
        ("arn:{partition}:s3:::{BucketName}/{Key|object}",),
        ("role",),
        f"{_AWS}iot/latest/developerguide/s3-rule-action.html",
    ),
    Edge(
        "AWS IoT encrypts what Firehose refuses",
        _IOT,
        {"TopicRulePayload.ErrorAction.S3": ""},
        "{RoleArn}",
        ("kms:GenerateDataKey",),
        (f"{{bucket->{_BUCKET_KEY}|key}}",),
        ("role", "policy"),
        f"{_AWS}iot/latest/developerguide/s3-rule-action.html",
        when={"kms:ViaService": "s3.{region}.amazonaws.com"},
        let={"bucket": ("arn:{partition}:s3:::{BucketName}",)},
    ),
    # Endpoint
    Edge(
        "API Gateway takes the endpoint's role",
        _METHOD,
        {"Integration.Credentials": "integration"},
        "apigateway.amazonaws.com",
        ("sts:AssumeRole",),
        ("{.}",),
        ("trust",),
        _INTEGRATIONS,
    ),
    Edge(
        "API Gateway puts records",
        _METHOD,
        {"": "integration"},
        "{Integration.Credentials}",
        ("{Integration.Uri|action}",),
        ("{target}",),
        ("role",),
        _INTEGRATIONS,
        let=_TARGET,
    ),
    Edge(
        "API Gateway puts records into a stream with a key",
        _METHOD,
        {"": "integration"},
        "{Integration.Credentials}",
        _KEY,
        (f"{{target->{_BUFFER_KEY}}}",),
        ("role", "policy"),
        _KEYS,
        let=_TARGET,
        needs=_KEY,
    ),
    Edge(
        "API Gateway puts records into a Kinesis stream with a key",
        _METHOD,
        {"": "integration"},
        "{Integration.Credentials}",
        ("kms:GenerateDataKey",),
        ("{target->StreamEncryption.KeyId|key}",),
        ("role", "policy"),
        f"{_AWS}streams/latest/dev/permissions-user-key-KMS.html",
        let=_TARGET,
    ),
    Edge(
        "API Gateway takes the account's logging role",
        "AWS::ApiGateway::Account",
        {"CloudWatchRoleArn": ""},
        "apigateway.amazonaws.com",
        ("sts:AssumeRole",),
        ("{.}",),
        ("trust",),
        f"{_AWS}apigateway/latest/developerguide/set-up-logging.html",
    ),
    Edge(
        "API Gateway calls an authorizer",
        _AUTHORIZER,
        {"": "authorizer"},
        "apigateway.amazonaws.com",
        ("lambda:InvokeFunction",),
        ("{AuthorizerUri|invoked}",),
        ("policy",),
        _AUTHORIZERS,
        when={"aws:SourceArn": "arn:{partition}:execute-api:{region}:{account}:{RestApiId}/authorizers/{id}"},
        unless={"AuthorizerCredentials": ".+"},
    ),
    Edge(
        "API Gateway takes the authorizer's role",
        _AUTHORIZER,
        {"AuthorizerCredentials": "authorizer"},
        "apigateway.amazonaws.com",
        ("sts:AssumeRole",),
        ("{.}",),
        ("trust",),
        _AUTHORIZERS,
    ),
    Edge(
        "API Gateway calls an authorizer by its role",
        _AUTHORIZER,
        {"": "authorizer"},
        "{AuthorizerCredentials}",
        ("lambda:InvokeFunction",),
        ("{AuthorizerUri|invoked}",),
        ("role",),
        _AUTHORIZERS,
    ),
    # The function
    Edge(
        "Lambda takes the function's role",
        _STREAM,
        {_FUNCTION: "function"},
        "lambda.amazonaws.com",
        ("sts:AssumeRole",),
        ("{.->Role}",),
        ("trust",),
        _EXECUTION_ROLE,
        part="{.|function}",
    ),
    Edge(
        "The function logs",
        _STREAM,
        {_FUNCTION: "function-log"},
        "{.->Role}",
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        ("arn:{partition}:logs:{region}:{account}:log-group:{.->LoggingConfig.LogGroup}:log-stream:x",),
        ("role",),
        _EXECUTION_ROLE,
        only=_BUNDLED,
        needs=("logs:CreateLogStream", "logs:PutLogEvents"),
        part="{.|function}",
    ),
    Edge(
        "The function puts rejected events",
        _STREAM,
        {_FUNCTION: "put"},
        "{.->Role}",
        ("firehose:PutRecordBatch",),
        ("{rejects}",),
        ("role", "endpoint"),
        _ACCESS,
        let=_REJECTS,
        part="{.|function}",
    ),
    Edge(
        "The function puts rejected events into a stream with a key",
        _STREAM,
        {_FUNCTION: "put"},
        "{.->Role}",
        _KEY,
        (f"{{rejects->{_BUFFER_KEY}}}",),
        ("role", "policy"),
        _KEYS,
        let=_REJECTS,
        needs=_KEY,
        part="{.|function}",
    ),
    Edge(
        "The function requeues records",
        _STREAM,
        {_FUNCTION: "put"},
        "{.->Role}",
        ("firehose:PutRecordBatch",),
        ("{arn}",),
        ("role", "endpoint"),
        _ACCESS,
        only=_REQUEUES,
        unless=_UNPACKED,
        part="{.|function}",
    ),
    Edge(
        "The function requeues records into a stream with a key",
        _STREAM,
        {_FUNCTION: "put"},
        "{.->Role}",
        _KEY,
        (f"{{/{_BUFFER_KEY}}}",),
        ("role", "policy"),
        _KEYS,
        only=_REQUEUES,
        unless=_UNPACKED,
        needs=_KEY,
        part="{.|function}",
    ),
    Edge(
        "Lambda makes the function's network interfaces",
        _STREAM,
        {_FUNCTION: "function"},
        "{.->Role}",
        ("ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"),
        (_INTERFACE,),
        ("role",),
        f"{_AWS}lambda/latest/dg/configuration-vpc.html",
        only={**_BUNDLED, ".->VpcConfig.SubnetIds.*": ".+"},
        part="{.|function}",
    ),
    # Alarms
    Edge(
        "An alarm publishes to a topic",
        _ALARM,
        {"AlarmActions.*": "", "OKActions.*": ""},
        "cloudwatch.amazonaws.com",
        ("sns:Publish",),
        ("{.}",),
        ("policy",),
        f"{_AWS}sns/latest/dg/sns-access-policy-use-cases.html",
        when=_ALARMS,
        only={".": _TO_SNS},
    ),
    Edge(
        "An alarm publishes to a topic with a key",
        _ALARM,
        {"AlarmActions.*": "", "OKActions.*": ""},
        "cloudwatch.amazonaws.com",
        _KEY,
        ("{.->KmsMasterKeyId|key}",),
        ("policy",),
        f"{_AWS}sns/latest/dg/sns-key-management.html",
        when=_ALARMS,
    ),
)
