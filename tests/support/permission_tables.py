"""Who may do what in the stacks of :mod:`full_stacks`: every statement there may be, written by hand.

Nothing writes this table but its reader: a statement that changes, whoever wrote it into the template, has to be
understood and changed here too. Sections are those of the facts about AWS that each right rests on.
"""

from __future__ import annotations

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
THE_TABLE = f"{GLUE}:catalog {GLUE}:database/<PipelineCatalogDatabase> " + (
    f"{GLUE}:table/<PipelineCatalogDatabase>/<PipelineCatalogTable>"
)
VIA_S3 = "if StringEquals kms:ViaService s3.<AWS::Region>.amazonaws.com"

# The key's policy leaves who uses it to IAM (9.4).
OWN_KEY = [f"allow kms:* on * to {ACCOUNT}"]
# Firehose takes its roles for this account only (9.2).
BY_FIREHOSE = "allow sts:AssumeRole to firehose.amazonaws.com if StringEquals sts:ExternalId <AWS::AccountId>"
BY_ENDPOINT = "allow sts:AssumeRole to apigateway.amazonaws.com"
BY_LAMBDA = "allow sts:AssumeRole to lambda.amazonaws.com"


def tls_only(bucket: str) -> list[str]:
    """What every bucket refuses: plain HTTP, and TLS before 1.2 (9.4: compatible with Firehose)."""
    return [
        f"deny s3:* on {bucket} {bucket}/* to * if Bool aws:SecureTransport false",
        f"deny s3:* on {bucket} {bucket}/* to * if NumericLessThan s3:TlsVersion 1.2",
    ]


BUCKETS = {
    "PipelineBucketPolicy": tls_only("<PipelineBucket.Arn>"),
    "PipelineBucketAccessLogPolicy": [
        "allow s3:PutObject on <PipelineBucketAccessLog.Arn>/events/* to logging.s3.amazonaws.com "
        "if ArnLike aws:SourceArn <PipelineBucket.Arn> if StringEquals aws:SourceAccount <AWS::AccountId>",
        *tls_only("<PipelineBucketAccessLog.Arn>"),
    ],
}

# The stream of rejected events reaches its own folder and nothing else (9.1).
REJECTS = [
    BY_FIREHOSE,
    f"allow {BUCKET} on <PipelineBucket.Arn>",
    f"allow {OBJECTS} on <PipelineBucket.Arn>/errors/rejected/*",
    f"allow {KEY} on <PipelineKey.Arn> {VIA_S3} {CONTEXT} <PipelineBucket.Arn> <PipelineBucket.Arn>/errors/rejected/*",
    f"allow logs:PutLogEvents on {LOGS}:<PipelineRejectStreamErrorLogGroup>"
    ":log-stream:<PipelineRejectStreamErrorLogDestinationDelivery>",
]

ERROR_LOG = f"{LOGS}:<PipelineStreamErrorLogGroup>:log-stream:"

# What both pipelines deliver by beside buckets and keys: function, table, log streams (9.1).
DELIVERS = [
    BY_FIREHOSE,
    f"allow {INVOKE} on <PipelineTransformFunction.Arn>",
    f"allow {TABLE} on {THE_TABLE}",
    f"allow logs:PutLogEvents on {ERROR_LOG}<PipelineStreamErrorLogBackupDelivery> "
    f"{ERROR_LOG}<PipelineStreamErrorLogDestinationDelivery>",
    f"allow {BUCKET} on <PipelineBucket.Arn>",
]

# The function logs, and puts what it rejects (1.5: with the right on the stream's key).
TRANSFORMS = [
    BY_LAMBDA,
    "allow logs:CreateLogStream logs:PutLogEvents on <PipelineTransformLog.Arn>",
    "allow firehose:PutRecordBatch on <PipelineRejectStream.Arn>",
    f"allow {KEY} on <PipelineKey.Arn>",
]

EVERYTHING = {
    **BUCKETS,
    "PipelineStreamRole": [
        *DELIVERS,
        f"allow {OBJECTS} on <PipelineBucket.Arn>/errors/* <PipelineBucket.Arn>/events/*",
        f"allow {KEY} on <PipelineKey.Arn> {VIA_S3} {CONTEXT} "
        "<PipelineBucket.Arn> <PipelineBucket.Arn>/errors/* <PipelineBucket.Arn>/events/*",
        # Backups lie in a bucket of their own (8.1).
        f"allow {BUCKET} on {S3}vault",
        f"allow {OBJECTS} on {S3}vault/backup/*",
        f"allow {KEY} on <PipelineKey.Arn> {VIA_S3} {CONTEXT} {S3}vault {S3}vault/backup/*",
    ],
    "PipelineRejectStreamRole": REJECTS,
    # Callers of PutRecord need the stream's key (9.3, 1.5).
    "PipelineIngestRole": [
        BY_ENDPOINT,
        f"allow {PUTS} on <PipelineStream.Arn>",
        f"allow {KEY} on <PipelineKey.Arn>",
    ],
    "PipelineTransformRole": [
        *TRANSFORMS,
        # What a reply cannot hold goes back into the stream: a policy of its own, so the key is named twice.
        "allow firehose:PutRecordBatch on <PipelineStream.Arn>",
        f"allow {KEY} on <PipelineKey.Arn>",
        # In a VPC; Lambda's own managed policy has these, and names no resource either.
        "allow ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface "
        "ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:UnassignPrivateIpAddresses on *",
    ],
    # Only the function puts by the VPC's endpoint.
    "PipelineTransformFirehoseEndpoint": ["allow firehose:PutRecordBatch on * to <PipelineTransformRole.Arn>"],
    # A private endpoint: nobody but who comes by the VPC's.
    "PipelineIngestApi": [
        "allow execute-api:Invoke on execute-api:/* to *",
        "deny execute-api:Invoke on execute-api:/* to * if StringNotEquals aws:SourceVpce <VpcApi>",
    ],
    "PipelineKey": OWN_KEY,
    # CloudWatch publishes to an encrypted topic, for this account's alarms.
    "PipelineMonitoringTopicKey": [
        *OWN_KEY,
        "allow kms:Decrypt kms:GenerateDataKey* on * to cloudwatch.amazonaws.com "
        "if StringEquals aws:SourceAccount <AWS::AccountId>",
    ],
    "PipelineMonitoringTopicPolicy": [
        "deny sns:Publish on <PipelineMonitoringTopic> to * if Bool aws:SecureTransport false"
    ],
    "PipelineQueriesResultsPolicy": tls_only("<PipelineQueriesResults.Arn>"),
    # A producer and a caller of the endpoint (9.3, 1.5).
    "Team": [
        f"allow sts:AssumeRole to {ACCOUNT}",
        f"allow {PUTS} on <PipelineStream.Arn>",
        f"allow {KEY} on <PipelineKey.Arn>",
        "allow execute-api:Invoke on "
        f"{API}:<PipelineIngestApi>/<PipelineIngestApiDeploymentStageprod>/POST/events "
        f"{API}:<PipelineIngestApi>/<PipelineIngestApiDeploymentStageprod>/POST/records",
    ],
    # A reader: no folder but events/ is open, no key but through S3.
    "Analyst": [
        f"allow sts:AssumeRole to {ACCOUNT}",
        f"allow glue:GetDatabase glue:GetPartition glue:GetPartitions glue:GetTable on {THE_TABLE}",
        "allow s3:GetObject on <PipelineBucket.Arn>/events/*",
        "allow s3:GetBucketLocation on <PipelineBucket.Arn>",
        "allow s3:ListBucket on <PipelineBucket.Arn> if StringLike s3:prefix events events/*",
        f"allow {KEY} on <PipelineKey.Arn> {VIA_S3}",
        "allow athena:BatchGetNamedQuery athena:GetNamedQuery athena:GetQueryExecution athena:GetQueryResults "
        "athena:GetWorkGroup athena:ListNamedQueries athena:StartQueryExecution athena:StopQueryExecution on "
        "arn:<AWS::Partition>:athena:<AWS::Region>:<AWS::AccountId>:workgroup/<PipelineQueries>",
        f"allow {BUCKET} on <PipelineQueriesResults.Arn>",
        "allow s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject on "
        "<PipelineQueriesResults.Arn>/*",
    ],
}

KINESIS_AND_KEY = {
    **BUCKETS,
    "PipelineStreamRole": [
        *DELIVERS,
        f"allow {OBJECTS} on <PipelineBucket.Arn>/backup/* <PipelineBucket.Arn>/errors/* <PipelineBucket.Arn>/events/*",
        f"allow {KEY} on <PipelineKey.Arn> {VIA_S3} {CONTEXT} <PipelineBucket.Arn> <PipelineBucket.Arn>/backup/* "
        "<PipelineBucket.Arn>/errors/* <PipelineBucket.Arn>/events/*",
        # It reads the Kinesis stream, and decrypts what that holds through Kinesis only (9.1).
        "allow kinesis:DescribeStream kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on "
        "<PipelineStreamSource.Arn>",
        "allow kms:Decrypt on <PipelineKey.Arn> "
        "if StringEquals kms:EncryptionContext:aws:kinesis:arn <PipelineStreamSource.Arn> "
        "if StringEquals kms:ViaService kinesis.<AWS::Region>.amazonaws.com",
    ],
    "PipelineRejectStreamRole": REJECTS,
    # A Kinesis producer encrypts and reads nothing.
    "PipelineIngestRole": [
        BY_ENDPOINT,
        "allow kinesis:PutRecord kinesis:PutRecords on <PipelineStreamSource.Arn>",
        "allow kms:GenerateDataKey on <PipelineKey.Arn>",
    ],
    # Nothing is put back: Firehose takes no puts into a stream that reads Kinesis (11).
    "PipelineTransformRole": TRANSFORMS,
    "PipelineKey": OWN_KEY,
}


def fed_by_a_service(name: str, sender: str, trust: str) -> dict[str, list[str]]:
    """A stream into which a service puts records, with its key (11, 9.3, 1.5)."""
    lake = f"{S3}lake {S3}lake/errors/* {S3}lake/{name.lower()}/*"
    return {
        f"{name}Role": [
            BY_FIREHOSE,
            f"allow {BUCKET} on {S3}lake",
            f"allow {OBJECTS} on {S3}lake/errors/* {S3}lake/{name.lower()}/*",
            f"allow {KEY} on <{name}Key.Arn> {VIA_S3} {CONTEXT} {lake}",
            f"allow logs:PutLogEvents on {LOGS}:<{name}ErrorLogGroup>:log-stream:<{name}ErrorLogDestinationDelivery>",
        ],
        f"{name}{sender}Role": [
            f"allow sts:AssumeRole to {trust}",
            f"allow {PUTS} on <{name}.Arn>",
            f"allow {KEY} on <{name}Key.Arn>",
        ],
        f"{name}Key": OWN_KEY,
    }


SERVICES = {
    **fed_by_a_service(
        "Logs",
        "Subscription",
        "logs.amazonaws.com if ArnLike aws:SourceArn arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:*",
    ),
    **fed_by_a_service("Orders", "Rule", "events.amazonaws.com"),
    **fed_by_a_service("Sensors", "Rule", "iot.amazonaws.com"),
    "PipelineStreamRole": [
        BY_FIREHOSE,
        f"allow {BUCKET} on {S3}foreign",
        # The bucket is another account's, to which the objects are handed over (9.1).
        f"allow {OBJECTS} s3:PutObjectAcl on {S3}foreign/backup/* {S3}foreign/errors/* {S3}foreign/events/*",
        f"allow {KEY} on <PipelineKey.Arn> {VIA_S3} {CONTEXT} "
        f"{S3}foreign {S3}foreign/backup/* {S3}foreign/errors/* {S3}foreign/events/*",
        f"allow {INVOKE} on arn:aws:lambda:{HERE}:function:rows",
        *(one for one in DELIVERS if "glue:" in one or "logs:" in one),
    ],
    # With a key for objects only, who puts records holds no right on it.
    "PipelineIngestRole": [BY_ENDPOINT, f"allow {PUTS} on <PipelineStream.Arn>"],
    "PipelineKey": OWN_KEY,
    # API Gateway's own managed policy is the only one that it takes for its logging role.
    "PipelineIngestApiCloudWatchRole": [
        BY_ENDPOINT,
        "managed policy arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    ],
}

PERMISSIONS = {
    "everything": EVERYTHING,
    "kinesis-and-key": KINESIS_AND_KEY,
    # The account of this one is known when it is synthesized.
    "services": {
        owner: [line.replace("<AWS::AccountId>", "111122223333") for line in lines] for owner, lines in SERVICES.items()
    },
}
"""Name of the stack to resource or role to what its policies say."""

ERRORS = "ErrorOutputPrefix errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/"
DATA = "Prefix events/event_date=!{timestamp:yyyy-MM-dd}/"
BACKUP = "Prefix backup/dt=!{timestamp:yyyy-MM-dd}/"
REJECTED = [
    "ErrorOutputPrefix errors/rejected/undelivered/!{firehose:error-output-type}/",
    "Prefix errors/rejected/dt=!{timestamp:yyyy-MM-dd}/",
]


def in_bucket(bucket: str) -> list[str]:
    """Where the table looks: in the folder of the events, by the partitions that their prefix makes."""
    return [
        f"Location s3://{bucket}/events/",
        f"storage.location.template s3://{bucket}/events/event_date=${{event_date}}/",
    ]


PREFIXES = {
    "everything": {
        # Backups lie in another bucket, so this one deletes none (8.1).
        "PipelineBucket": ["LogFilePrefix events/", "Prefix errors/"],
        "PipelineCatalogTable": in_bucket("<PipelineBucket>"),
        "PipelineQueries": ["OutputLocation s3://<PipelineQueriesResults>/"],
        "PipelineRejectStream": REJECTED,
        "PipelineStream": [ERRORS, ERRORS, BACKUP, DATA],
    },
    "kinesis-and-key": {
        "PipelineBucket": ["LogFilePrefix events/", "Prefix backup/", "Prefix errors/"],
        "PipelineCatalogTable": in_bucket("<PipelineBucket>"),
        "PipelineRejectStream": REJECTED,
        "PipelineStream": [ERRORS, ERRORS, BACKUP, DATA],
    },
    "services": {
        "Logs": [ERRORS, "Prefix logs/"],
        "Orders": [ERRORS, "Prefix orders/"],
        "Sensors": [ERRORS, "Prefix sensors/"],
        "PipelineCatalogTable": in_bucket("foreign"),
        "PipelineStream": [ERRORS, ERRORS, BACKUP, DATA],
    },
}
"""Name of the stack to resource to every prefix and location that it names."""
