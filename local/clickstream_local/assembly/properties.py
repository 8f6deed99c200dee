"""Which properties of a resource the local runtime runs.

For each type that it runs there are the properties it takes, and those that change nothing that can be met on one
machine: names and descriptions, permissions and keys, retention and life cycles, metrics and tracing. Every other one
is named at start. A switch that is off (``false``, an empty list) is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# A property with a dot is a member; a property of which members are listed here is looked into.
_KNOWN: Mapping[str, str] = {
    # StageKeys is what the CDK writes beside a usage plan; since there are plans, it opens nothing.
    "AWS::ApiGateway::ApiKey": "CustomerId Description Enabled GenerateDistinctId Name StageKeys Tags Value",
    "AWS::ApiGateway::Authorizer": """
        AuthType AuthorizerCredentials AuthorizerResultTtlInSeconds AuthorizerUri IdentitySource
        IdentityValidationExpression Name ProviderARNs RestApiId Type
    """,
    "AWS::ApiGateway::Deployment": """
        Description RestApiId StageName
        StageDescription.AccessLogSetting StageDescription.DataTraceEnabled StageDescription.Description
        StageDescription.DocumentationVersion StageDescription.LoggingLevel StageDescription.MethodSettings
        StageDescription.MetricsEnabled StageDescription.Tags StageDescription.ThrottlingBurstLimit
        StageDescription.ThrottlingRateLimit StageDescription.TracingEnabled StageDescription.Variables
    """,
    "AWS::ApiGateway::GatewayResponse": "ResponseParameters ResponseTemplates ResponseType RestApiId StatusCode",
    "AWS::ApiGateway::Method": """
        ApiKeyRequired AuthorizationType AuthorizerId HttpMethod OperationName RequestModels RequestParameters
        RequestValidatorId ResourceId RestApiId
        Integration.CacheKeyParameters Integration.CacheNamespace Integration.ContentHandling Integration.Credentials
        Integration.IntegrationHttpMethod Integration.IntegrationResponses Integration.PassthroughBehavior
        Integration.RequestParameters Integration.RequestTemplates Integration.TimeoutInMillis Integration.Type
        Integration.Uri
        MethodResponses
    """,
    "AWS::ApiGateway::Model": "ContentType Description Name RestApiId Schema",
    "AWS::ApiGateway::RequestValidator": "Name RestApiId ValidateRequestBody ValidateRequestParameters",
    "AWS::ApiGateway::Resource": "ParentId PathPart RestApiId",
    # Body and its companions are reported where an API given as OpenAPI is.
    "AWS::ApiGateway::RestApi": """
        ApiKeySourceType BinaryMediaTypes Body BodyS3Location Description EndpointAccessMode
        EndpointConfiguration.IpAddressType EndpointConfiguration.Types FailOnWarnings MinimumCompressionSize Mode Name
        Parameters SecurityPolicy Tags
    """,
    "AWS::ApiGateway::Stage": """
        AccessLogSetting.DestinationArn AccessLogSetting.Format DeploymentId Description DocumentationVersion
        MethodSettings.DataTraceEnabled MethodSettings.HttpMethod MethodSettings.LoggingLevel
        MethodSettings.MetricsEnabled MethodSettings.ResourcePath MethodSettings.ThrottlingBurstLimit
        MethodSettings.ThrottlingRateLimit RestApiId StageName Tags TracingEnabled Variables
    """,
    "AWS::ApiGateway::UsagePlan": """
        ApiStages.ApiId ApiStages.Stage ApiStages.Throttle Description Quota.Limit Quota.Period Tags Throttle
        UsagePlanName
    """,
    "AWS::ApiGateway::UsagePlanKey": "KeyId KeyType UsagePlanId",
    "AWS::Glue::Table": "CatalogId DatabaseName Name TableInput",
    "AWS::Kinesis::Stream": """
        DesiredShardLevelMetrics MaxRecordSizeInKiB Name RetentionPeriodHours ShardCount StreamEncryption
        StreamModeDetails.StreamMode Tags
    """,
    # What is inside a destination is reported by the part that delivers.
    "AWS::KinesisFirehose::DeliveryStream": """
        DeliveryStreamEncryptionConfigurationInput DeliveryStreamName DeliveryStreamType
        ExtendedS3DestinationConfiguration KinesisStreamSourceConfiguration S3DestinationConfiguration Tags
    """,
    "AWS::Lambda::Function": """
        Architectures Code CodeSigningConfigArn DeadLetterConfig Description Environment EphemeralStorage FunctionName
        Handler KmsKeyArn LoggingConfig MemorySize PublishToLatestPublished RecursiveLoop ReservedConcurrentExecutions
        Role Runtime RuntimeManagementConfig SnapStart Tags Timeout TracingConfig VpcConfig
    """,
    "AWS::Logs::LogGroup": """
        BearerTokenAuthenticationEnabled DeletionProtectionEnabled FieldIndexPolicies KmsKeyId LogGroupClass
        LogGroupName ResourcePolicyDocument RetentionInDays Tags
    """,
    "AWS::Logs::LogStream": "LogGroupName LogStreamName",
    "AWS::Logs::SubscriptionFilter": "DestinationArn Distribution FilterName FilterPattern LogGroupName RoleArn",
    "AWS::S3::Bucket": """
        AbacStatus AccelerateConfiguration AccessControl AnalyticsConfigurations BucketEncryption BucketName
        BucketNamePrefix BucketNamespace CorsConfiguration IntelligentTieringConfigurations InventoryConfigurations
        LifecycleConfiguration LoggingConfiguration MetadataConfiguration MetadataTableConfiguration
        MetricsConfigurations ObjectLockConfiguration ObjectLockEnabled OwnershipControls
        PublicAccessBlockConfiguration Tags VersioningConfiguration
    """,
}
_PATHS = {resource_type: frozenset(text.split()) for resource_type, text in _KNOWN.items()}
_OFF: tuple[Any, ...] = (None, False, "false", "", [], {})


def unsupported_properties(resource_type: str, properties: Mapping[str, Any]) -> list[str]:
    """The properties that are set and not run, such as ``CanarySetting`` or ``Integration.ConnectionId``, each once."""
    known = _PATHS[resource_type]
    containers = {path.partition(".")[0] for path in known if "." in path}
    return list(dict.fromkeys(_unknown(properties, "", known, containers)))


def _unknown(value: Any, prefix: str, known: frozenset[str], containers: set[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _unknown(item, prefix, known, containers)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            path = f"{prefix}{name}"
            if path in known or item in _OFF:
                continue
            if path in containers:
                yield from _unknown(item, f"{path}.", known, containers)
            else:
                yield path
