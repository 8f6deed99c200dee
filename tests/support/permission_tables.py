"""Who may do what in the stacks of :mod:`full_stacks` and of examples/: every statement there may be, written by hand.

Nothing writes this table but its reader: a statement that changes, whoever wrote it into the template, has to be
understood and changed here too. What many stacks have in common is a function of the pipeline's name. Sections are
those of the facts about AWS that each right rests on.
"""

from __future__ import annotations

Table = dict[str, list[str]]

LOGS = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group"
GLUE = "arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>"
API = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>"
ACCOUNT = "arn:<AWS::Partition>:iam::<AWS::AccountId>:root"
HERE = "eu-west-1:111122223333"
S3 = "arn:<AWS::Partition>:s3:::"

OBJECTS = "s3:AbortMultipartUpload s3:GetObject s3:PutObject"
BUCKET = "s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads"
TABLE = "glue:GetTable glue:GetTableVersion glue:GetTableVersions"
INVOKE = "lambda:GetFunctionConfiguration lambda:InvokeFunction"
KEY = "kms:Decrypt kms:GenerateDataKey"
PUTS = "firehose:PutRecord firehose:PutRecordBatch"
CONTEXT = "if StringLike kms:EncryptionContext:aws:s3:arn"
VIA_S3 = "if StringEquals kms:ViaService s3.<AWS::Region>.amazonaws.com"

# The key's policy leaves who uses it to IAM (9.4).
OWN_KEY = [f"allow kms:* on * to {ACCOUNT}"]
# Firehose takes its roles for this account only (9.2).
BY_FIREHOSE = "allow sts:AssumeRole to firehose.amazonaws.com if StringEquals sts:ExternalId <AWS::AccountId>"
BY_ENDPOINT = "allow sts:AssumeRole to apigateway.amazonaws.com"
BY_LAMBDA = "allow sts:AssumeRole to lambda.amazonaws.com"
BY_LOGS = "logs.amazonaws.com if ArnLike aws:SourceArn arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:*"


def tls_only(bucket: str) -> list[str]:
    """What every bucket refuses: plain HTTP, and TLS before 1.2 (9.4: compatible with Firehose)."""
    return [
        f"deny s3:* on {bucket} {bucket}/* to * if Bool aws:SecureTransport false",
        f"deny s3:* on {bucket} {bucket}/* to * if NumericLessThan s3:TlsVersion 1.2",
    ]


def event_bucket(name: str) -> Table:
    """An event bucket, and the bucket of its access log."""
    bucket, log = f"<{name}.Arn>", f"<{name}AccessLog.Arn>"
    return {
        f"{name}Policy": tls_only(bucket),
        f"{name}AccessLogPolicy": [
            f"allow s3:PutObject on {log}/events/* to logging.s3.amazonaws.com "
            f"if ArnLike aws:SourceArn {bucket} if StringEquals aws:SourceAccount <AWS::AccountId>",
            *tls_only(log),
        ],
    }


def writes(bucket: str, *folders: str, key: str = "", more: str = "") -> list[str]:
    """Rights to write below folders of a bucket, and to use the key of the objects through S3 only (9.1)."""
    objects = " ".join(f"{bucket}/{folder}/*" for folder in sorted(folders))
    uses = [f"allow {KEY} on {key} {VIA_S3} {CONTEXT} {bucket} {objects}"] if key else []
    return [f"allow {BUCKET} on {bucket}", f"allow {OBJECTS}{more} on {objects}", *uses]


def logs_errors(stream: str, *names: str) -> str:
    """The right to log into the streams of a delivery stream's own log group (9.1)."""
    return "allow logs:PutLogEvents on " + " ".join(
        f"{LOGS}:<{stream}ErrorLogGroup>:log-stream:<{stream}ErrorLog{name}Delivery>" for name in names
    )


def table_of(name: str) -> str:
    """The catalog, the database and the table of a pipeline."""
    database, table = f"<{name}CatalogDatabase>", f"<{name}CatalogTable>"
    return f"{GLUE}:catalog {GLUE}:database/{database} {GLUE}:table/{database}/{table}"


def delivers(name: str, *, function: str = "") -> list[str]:
    """What a pipeline with a table and a backup delivers by, beside buckets and keys (9.1)."""
    return [
        BY_FIREHOSE,
        f"allow {TABLE} on {table_of(name)}",
        logs_errors(f"{name}Stream", "Backup", "Destination"),
        # As its newest version, too: sources disagree how Firehose names it (9.1).
        *([f"allow {INVOKE} on {function} {function}:$LATEST"] if function else []),
    ]


def bundled(name: str, *, bucket: str = "", key: str = "", folders: tuple[str, ...] = ("events",)) -> Table:
    """The delivery streams of a pipeline, and the function with the bundled code that logs and rejects."""
    bucket = bucket or f"<{name}Bucket.Arn>"
    return {
        f"{name}StreamRole": [
            *delivers(name, function=f"<{name}TransformFunction.Arn>"),
            *writes(bucket, "errors", *folders, key=key),
        ],
        # The stream of rejected events reaches its own folder and nothing else (9.1).
        f"{name}RejectStreamRole": [
            BY_FIREHOSE,
            *writes(bucket, "errors/rejected", key=key),
            logs_errors(f"{name}RejectStream", "Destination"),
        ],
        # 1.5: with the right on the stream's key.
        f"{name}TransformRole": [
            BY_LAMBDA,
            f"allow logs:CreateLogStream logs:PutLogEvents on <{name}TransformLog.Arn>",
            f"allow firehose:PutRecordBatch on <{name}RejectStream.Arn>",
            *([f"allow {KEY} on {key}"] if key else []),
        ],
    }


def click(name: str, *, bucket: str = "", key: str = "", folder: str = "events", backup: str = "backup") -> Table:
    """A pipeline with direct PUT: what a reply of the function cannot hold goes back into the stream."""
    parts = bundled(name, bucket=bucket, key=key, folders=(folder, backup) if backup else (folder,))
    # A policy of its own, so the key is named twice.
    requeues = [f"allow firehose:PutRecordBatch on <{name}Stream.Arn>", *([f"allow {KEY} on {key}"] if key else [])]
    parts[f"{name}TransformRole"] += requeues
    return parts | ({} if bucket else event_bucket(f"{name}Bucket"))


def endpoint(name: str, *, key: str = "") -> Table:
    """Callers of PutRecord need the stream's key (9.3, 1.5)."""
    return {f"{name}IngestRole": [BY_ENDPOINT, *puts(f"{name}Stream", key)]}


def puts(stream: str, key: str = "") -> list[str]:
    """A producer (9.3, 1.5)."""
    return [f"allow {PUTS} on <{stream}.Arn>", *([f"allow {KEY} on {key}"] if key else [])]


def invokes(name: str) -> str:
    """A caller of the endpoint."""
    stage = f"{API}:<{name}IngestApi>/<{name}IngestApiDeploymentStageprod>"
    return f"allow execute-api:Invoke on {stage}/POST/events {stage}/POST/records"


def reads_kinesis(name: str, *, logs: bool = False) -> Table:
    """A pipeline that reads its Kinesis stream, with a key, and its endpoint."""
    key, stream = f"<{name}Key.Arn>", f"<{name}StreamSource.Arn>"
    # Nothing is put back: Firehose takes no puts into a stream that reads Kinesis (11).
    parts = bundled(name, key=key, folders=("backup", "events"))
    parts[f"{name}StreamRole"] += [
        # It decrypts what the Kinesis stream holds through Kinesis only (9.1).
        "allow kinesis:DescribeStream kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on " + stream,
        f"allow kms:Decrypt on {key} if StringEquals kms:EncryptionContext:aws:kinesis:arn {stream} "
        "if StringEquals kms:ViaService kinesis.<AWS::Region>.amazonaws.com",
    ]
    return {
        **event_bucket(f"{name}Bucket"),
        **parts,
        # A Kinesis producer encrypts and reads nothing.
        f"{name}IngestRole": [
            BY_ENDPOINT,
            f"allow kinesis:PutRecord kinesis:PutRecords on {stream}",
            f"allow kms:GenerateDataKey on {key}",
        ],
        # CloudWatch Logs encrypts the log groups of the stack.
        f"{name}Key": [
            *OWN_KEY,
            *(
                [
                    "allow kms:Decrypt kms:Describe* kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt* on * "
                    f"to logs.<AWS::Region>.amazonaws.com if ArnLike kms:EncryptionContext:aws:logs:arn {LOGS}:*"
                ]
                if logs
                else []
            ),
        ],
    }


def alarms(name: str) -> Table:
    """CloudWatch publishes to an encrypted topic, for this account's alarms."""
    topic = f"{name}MonitoringTopic"
    return {
        f"{topic}Key": [
            *OWN_KEY,
            "allow kms:Decrypt kms:GenerateDataKey* on * to cloudwatch.amazonaws.com "
            "if ArnLike aws:SourceArn arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:* "
            "if StringEquals aws:SourceAccount <AWS::AccountId>",
        ],
        f"{topic}Policy": [
            f"allow sns:Publish on <{topic}> to cloudwatch.amazonaws.com "
            "if ArnLike aws:SourceArn arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:* "
            "if StringEquals aws:SourceAccount <AWS::AccountId>",
            f"deny sns:Publish on <{topic}> to * if Bool aws:SecureTransport false",
        ],
    }


def queries(name: str) -> Table:
    """The bucket of the results."""
    return {f"{name}QueriesResultsPolicy": tls_only(f"<{name}QueriesResults.Arn>")}


def reader(name: str, *, key: str = "") -> list[str]:
    """A reader: no folder but events/ is open, no key but through S3."""
    bucket, results = f"<{name}Bucket.Arn>", f"<{name}QueriesResults.Arn>"
    return [
        f"allow sts:AssumeRole to {ACCOUNT}",
        f"allow glue:GetDatabase glue:GetPartition glue:GetPartitions glue:GetTable on {table_of(name)}",
        f"allow s3:GetObject on {bucket}/events/*",
        f"allow s3:GetBucketLocation on {bucket}",
        f"allow s3:ListBucket on {bucket} if StringLike s3:prefix events events/*",
        *([f"allow {KEY} on {key} {VIA_S3}"] if key else []),
        "allow athena:BatchGetNamedQuery athena:GetNamedQuery athena:GetQueryExecution athena:GetQueryResults "
        "athena:GetWorkGroup athena:ListNamedQueries athena:StartQueryExecution athena:StopQueryExecution on "
        f"arn:<AWS::Partition>:athena:<AWS::Region>:<AWS::AccountId>:workgroup/<{name}Queries>",
        f"allow {BUCKET} on {results}",
        f"allow s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject on {results}/*",
    ]


def on_call(name: str, *, key: str = "", backups: str, operates: bool = False) -> list[str]:
    """Who finds out what failed, and who puts it right: folders of the pipeline only, and no key but through S3."""
    bucket, streams = f"<{name}Bucket.Arn>", (f"{name}RejectStream", f"{name}Stream")
    logs = " ".join(f"<{stream}ErrorLogGroup.Arn>" for stream in streams)
    operating = [
        f"allow firehose:PutRecordBatch on <{name}Stream.Arn>",
        *([f"allow {KEY} on {key}"] if key else []),
        f"allow s3:DeleteObject on {bucket}/errors/*",
    ]
    return [
        f"allow sts:AssumeRole to {ACCOUNT}",
        "allow cloudformation:ListStackResources on "
        "arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/Clickstream/*",
        "allow firehose:DescribeDeliveryStream on " + " ".join(f"<{stream}.Arn>" for stream in streams),
        f"allow lambda:GetFunctionConfiguration on <{name}TransformFunction.Arn>",
        f"allow logs:FilterLogEvents on {logs} {LOGS}:<{name}TransformLog>:*",
        "allow cloudwatch:GetMetricData on *",
        f"allow s3:ListBucket on {bucket} if StringLike s3:prefix errors/* events/*",
        f"allow s3:ListBucket on {backups} if StringLike s3:prefix backup/*",
        f"allow s3:GetObject on {bucket}/errors/* {bucket}/events/* {backups}/backup/*",
        *([f"allow kms:Decrypt on {key} {VIA_S3}"] if key else []),
        *(operating if operates else []),
    ]


def fed_by_a_service(name: str, sender: str, trust: str, *more: str, bucket: str = f"{S3}lake") -> Table:
    """A stream with a key of its own, into which a service puts records (11, 9.3, 1.5)."""
    key = f"<{name}Key.Arn>"
    return {
        f"{name}Role": [
            BY_FIREHOSE,
            *writes(bucket, f"errors/{name.lower()}", name.lower(), key=key),
            logs_errors(name, "Destination"),
        ],
        f"{name}{sender}Role": [f"allow sts:AssumeRole to {trust}", *puts(name, key), *more],
        f"{name}Key": OWN_KEY,
    }


def _everything() -> Table:
    key = "<PipelineKey.Arn>"
    parts = click("Pipeline", key=key, backup="")
    # Backups lie in a bucket of their own (8.1).
    parts["PipelineStreamRole"] += writes(f"{S3}vault", "backup", key=key)
    # In a VPC; Lambda's own managed policy has these, and names no resource either.
    parts["PipelineTransformRole"] += [
        "allow ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface "
        "ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:UnassignPrivateIpAddresses on *"
    ]
    return {
        **parts,
        **endpoint("Pipeline", key=key),
        **alarms("Pipeline"),
        **queries("Pipeline"),
        # Only the function puts by the VPC's endpoint.
        "PipelineTransformFirehoseEndpoint": ["allow firehose:PutRecordBatch on * to <PipelineTransformRole.Arn>"],
        # A private endpoint: nobody but who comes by the VPC's.
        "PipelineIngestApi": [
            "allow execute-api:Invoke on execute-api:/* to *",
            "deny execute-api:Invoke on execute-api:/* to * if StringNotEquals aws:SourceVpce <VpcApi>",
        ],
        "PipelineKey": OWN_KEY,
        "Team": [f"allow sts:AssumeRole to {ACCOUNT}", *puts("PipelineStream", key), invokes("Pipeline")],
        "Analyst": reader("Pipeline", key=key),
        "OnCall": on_call("Pipeline", key=key, backups=f"{S3}vault"),
        "Operator": on_call("Pipeline", key=key, backups=f"{S3}vault", operates=True),
    }


def _services() -> Table:
    sensors = "<SensorLake.Arn>"
    parts = {
        **fed_by_a_service("Logs", "Subscription", BY_LOGS),
        **fed_by_a_service("Orders", "Rule", "events.amazonaws.com"),
        **fed_by_a_service(
            "Sensors",
            "Rule",
            "iot.amazonaws.com",
            f"allow s3:PutObject on {sensors}/errors/sensors/iot-rule-failed/*",
            f"allow kms:GenerateDataKey on <SensorLakeKey.Arn> {VIA_S3}",
            bucket=sensors,
        ),
        "SensorLakeKey": OWN_KEY,
        "PipelineStreamRole": [
            *delivers("Pipeline", function=f"arn:aws:lambda:{HERE}:function:rows"),
            # The bucket is another account's, to which the objects are handed over (9.1).
            "allow lakeformation:GetDataAccess on *",
            *writes(f"{S3}foreign", "backup", "errors", "events", key="<PipelineKey.Arn>", more=" s3:PutObjectAcl"),
        ],
        # With a key for objects only, who puts records holds no right on it.
        **endpoint("Pipeline"),
        "PipelineKey": OWN_KEY,
        # API Gateway's own managed policy is the only one that it takes for its logging role.
        "PipelineIngestApiCloudWatchRole": [
            BY_ENDPOINT,
            "managed policy arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        ],
    }
    # The account of this one is known when it is synthesized.
    return {
        owner: [line.replace("<AWS::AccountId>", "111122223333") for line in lines] for owner, lines in parts.items()
    }


def _checkout() -> Table:
    bucket, key = "<Lake:ExportsOutputFnGetAttBucket83908E77Arn>", "<Lake:ExportsOutputFnGetAttKey961B73FDArn>"
    return {
        **click("Events", bucket=bucket, key=key),
        **endpoint("Events", key=key),
        **alarms("Events"),
        "Service": ["allow sts:AssumeRole to ecs-tasks.amazonaws.com", invokes("Events"), *puts("EventsStream", key)],
    }


def _usage() -> Table:
    """No function, so nothing is rejected."""
    role = [*delivers("Events"), *writes("<EventsBucket.Arn>", "backup", "errors", "usage")]
    return {"EventsStreamRole": role, **event_bucket("EventsBucket"), **endpoint("Events"), **queries("Events")}


PERMISSIONS: dict[str, Table] = {
    "default": click("Pipeline") | endpoint("Pipeline"),
    "everything": _everything(),
    "kinesis-and-key": reads_kinesis("Pipeline", logs=True),
    "services": _services(),
    "cloudwatch_logs-ServiceLog": {
        **click("Log", folder="logs"),
        "LogStreamSubscriptionRole": [f"allow sts:AssumeRole to {BY_LOGS}", *puts("LogStream")],
    },
    "eventbridge_rule-ShopAndOrders": {
        **click("Events"),
        **endpoint("Events"),
        "EventsStreamRuleRole": ["allow sts:AssumeRole to events.amazonaws.com", *puts("EventsStream")],
    },
    "existing_bucket-Lake": {"Key": OWN_KEY, **event_bucket("Bucket")},
    "existing_bucket-Checkout": _checkout(),
    "extended-Company": {
        **click("Clicks"),
        **endpoint("Clicks"),
        **alarms("Clicks"),
        **queries("Clicks"),
        "Analysts": reader("Clicks"),
    },
    "kinesis_source-Realtime": reads_kinesis("Events"),
    "minimal-Shop": click("Clicks") | endpoint("Clicks"),
    "multi_tenant-Usage": _usage(),
    "multi_tenant-Sites": click("Clicks", folder="clicks") | endpoint("Clicks") | queries("Clicks"),
    "orc_with_hive_input-Warehouse": click("Events", folder="clicks") | endpoint("Events"),
    "own_transform-Orders": click("Events") | endpoint("Events"),
}
"""Name of the stack to role, or resource with a policy, to its statements."""

DAY = "yyyy-MM-dd"
ERRORS = f"ErrorOutputPrefix errors/!{{firehose:error-output-type}}/dt=!{{timestamp:{DAY}}}/"


def places(
    name: str,
    *,
    folder: str = "events",
    partitions: str = f"event_date=!{{timestamp:{DAY}}}/",
    template: str = "event_date=${event_date}/",
    bucket: str = "",
    backup: bool = True,
    rejects: bool = True,
) -> Table:
    """Where a pipeline writes and its table looks; what its own bucket deletes."""
    own = ["LogFilePrefix events/", "Prefix errors/", *(["Prefix backup/"] if backup else [])]
    rejected = [
        "ErrorOutputPrefix errors/rejected/undelivered/!{firehose:error-output-type}/",
        f"Prefix errors/rejected/dt=!{{timestamp:{DAY}}}/",
    ]
    location = f"s3://{bucket or f'<{name}Bucket>'}/{folder}/"
    return {
        **({} if bucket else {f"{name}Bucket": own}),
        **({f"{name}RejectStream": rejected} if rejects else {}),
        # The second error prefix is that of the backup.
        f"{name}Stream": [ERRORS, ERRORS, f"Prefix backup/dt=!{{timestamp:{DAY}}}/", f"Prefix {folder}/{partitions}"],
        f"{name}CatalogTable": [f"Location {location}", f"storage.location.template {location}{template}"],
    }


def results(name: str) -> Table:
    """Where Athena writes."""
    return {f"{name}Queries": [f"OutputLocation s3://<{name}QueriesResults>/"]}


def by(column: str, key: str, folder: str) -> dict[str, str]:
    """A prefix and a table with a partition key before the day."""
    return {
        "folder": folder,
        "partitions": f"{column}=!{{{key}:{column}}}/event_date=!{{timestamp:{DAY}}}/",
        "template": f"{column}=${{{column}}}/event_date=${{event_date}}/",
    }


PREFIXES: dict[str, Table] = {
    "default": places("Pipeline"),
    # Backups lie in another bucket, so its own deletes none (8.1).
    "everything": places("Pipeline", backup=False) | results("Pipeline"),
    "kinesis-and-key": places("Pipeline"),
    "services": {
        **{
            name.title(): [f"ErrorOutputPrefix errors/{name}/!{{firehose:error-output-type}}/", f"Prefix {name}/"]
            for name in ("logs", "orders", "sensors")
        },
        **places("Pipeline", bucket="foreign", rejects=False),
    },
    "cloudwatch_logs-ServiceLog": places("Log", folder="logs"),
    "eventbridge_rule-ShopAndOrders": places("Events"),
    "existing_bucket-Lake": {"Bucket": ["LogFilePrefix events/", "Prefix backup/", "Prefix errors/"]},
    "existing_bucket-Checkout": places("Events", bucket="<Lake:ExportsOutputRefBucket83908E7781C90AC0>"),
    "extended-Company": places("Clicks") | results("Clicks"),
    "kinesis_source-Realtime": places("Events"),
    "minimal-Shop": places("Clicks"),
    "multi_tenant-Usage": {
        **places("Events", rejects=False, **by("tenant", "partitionKeyFromQuery", "usage")),  # type: ignore[arg-type]
        **results("Events"),
    },
    "multi_tenant-Sites": {
        **places("Clicks", **by("site", "partitionKeyFromLambda", "clicks")),  # type: ignore[arg-type]
        **results("Clicks"),
    },
    "orc_with_hive_input-Warehouse": places(
        "Events",
        folder="clicks",
        partitions="event_hour=!{timestamp:yyyy-MM-dd-HH}/",
        template="event_hour=${event_hour}/",
    ),
    "own_transform-Orders": places("Events"),
}
"""Name of the stack to resource to every prefix and location that it names."""
