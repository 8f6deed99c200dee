from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    ClickstreamPipeline,
    ClientContext,
    Compression,
    ConfigurationError,
    CorsOptions,
    Encryption,
    EndpointOptions,
    LambdaProcessor,
    Monitoring,
    OrcCompression,
    OutputFormat,
    S3Prefix,
    SourceBackup,
    TableReference,
    Throttle,
    Transform,
)


def test_a_value_known_at_deployment_only_passes_unchecked() -> None:
    token = cdk.Token.as_number({"Ref": "Rate"})
    assert Throttle(rate=token).rate == token


def test_tokens_pass_as_the_number_text_or_list_that_they_stand_for() -> None:
    assert Throttle(burst=cdk.Token.as_number({"Ref": "Burst"})).rate == Throttle().rate
    assert TableReference(cdk.Token.as_string({"Ref": "Database"}), "events").table_name == "events"
    keys = cdk.Token.as_list({"Fn::Split": [",", {"Ref": "Keys"}]})
    assert LambdaProcessor(_function(), partition_keys=tuple(keys)).partition_keys == tuple(keys)


def test_what_implements_an_interface_passes_made_or_imported() -> None:
    stack = cdk.Stack()
    key = kms.Key(stack, "Key")
    for bucket in (s3.Bucket(stack, "Own"), s3.Bucket.from_bucket_name(stack, "Imported", "some-bucket")):
        assert SourceBackup(bucket=bucket).bucket is bucket
    for one in (key, key.add_alias("alias/own")):
        assert Encryption.kms(one).key is key


def test_a_bare_proxy_passes_the_type_gate_and_is_judged_by_what_it_is() -> None:
    """The CDK returns an imported alias as a proxy that has the interface's members and no class."""
    alias = kms.Alias.from_alias_name(cdk.Stack(), "Imported", "alias/other")
    with pytest.raises(ConfigurationError) as refused:
        Encryption.kms(alias)
    assert "must be IKey" not in str(refused.value)
    assert "alias" in str(refused.value)


def _function() -> lambda_.IFunction:
    arn = "arn:aws:lambda:eu-west-1:111111111111:function:rows"
    return lambda_.Function.from_function_arn(cdk.Stack(), "Function", arn)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ClientContext(ip="none"),  # type: ignore[arg-type]
            "ClientContext.ip='none': must be IpDetail, not str. Pass IpDetail.NONE.",
        ),
        (
            lambda: Transform.click(enrichments=["device"]),  # type: ignore[list-item]
            "Transform.click.enrichments[0]='device': must be Enrichment, not str. Pass Enrichment.DEVICE.",
        ),
        (
            lambda: OutputFormat.parquet(compression=Compression.SNAPPY),  # type: ignore[arg-type]
            "OutputFormat.parquet.compression=<Compression.SNAPPY: 'Snappy'>: must be ParquetCompression, "
            "not Compression. Pass ParquetCompression.SNAPPY.",
        ),
        (
            lambda: OutputFormat.json(compression=OrcCompression.ZLIB),  # type: ignore[arg-type]
            "OutputFormat.json.compression=<OrcCompression.ZLIB: 'ZLIB'>: must be Compression, not OrcCompression. "
            "Pass Compression.NONE, Compression.GZIP, Compression.ZIP, Compression.SNAPPY or "
            "Compression.HADOOP_SNAPPY.",
        ),
        (
            lambda: EndpointOptions(execution_log="DEBUG"),  # type: ignore[arg-type]
            "EndpointOptions.execution_log='DEBUG': must be exactly 'ERROR' or 'INFO' or None, not str. "
            "Pass 'ERROR' or 'INFO'.",
        ),
        (
            lambda: CorsOptions.origins("https://shop.example", 5),  # type: ignore[arg-type]
            "CorsOptions.origins.origins=5: must be str, not int. Pass '...'.",
        ),
        (
            lambda: S3Prefix.hive("events", {"dt": 5}),  # type: ignore[dict-item]
            "S3Prefix.hive.partitions['dt']=5: must be str or PartitionKey, not int. "
            "Pass '...', PartitionKey.jq(...) or PartitionKey.from_lambda(...).",
        ),
        (
            lambda: S3Prefix.hive("events", {7: "yyyy"}),  # type: ignore[dict-item]
            "S3Prefix.hive.partitions, the key=7: must be str, not int. Pass '...'.",
        ),
        (
            lambda: Monitoring(topic="alarms"),  # type: ignore[arg-type]
            "Monitoring.topic='alarms': must be aws_sns.ITopic or None, not str. Pass aws_sns.Topic(...), "
            "aws_sns.Topic.from_topic_arn(...) or aws_sns.Topic.from_topic_attributes(...).",
        ),
        (
            lambda: ClickstreamPipeline(cdk.Stack(), "P", auth=ApiAuth.iam),  # type: ignore[arg-type]
            "ClickstreamPipeline.auth=<bound method ApiAuth.iam of <class 'cdk_clickstream.endpoint.auth.ApiAuth'>>: "
            "must be ApiAuth or None, not method. Pass ApiAuth.public(...), ApiAuth.api_key(...), ApiAuth.iam(...) "
            "or ApiAuth.authorizer(...).",
        ),
        (
            lambda: ClickstreamPipeline(cdk.Stack(), "P", auth=None, access_log=AccessLog),  # type: ignore[arg-type]
            "ClickstreamPipeline.access_log=<class 'cdk_clickstream.endpoint.access_log.AccessLog'>: must be AccessLog "
            "or exactly False or None, not the class AccessLog. Pass AccessLog(...) or False.",
        ),
        (
            lambda: Throttle(burst=True),
            "Throttle.burst=True: must be int, not bool. Pass a whole number, such as 3.",
        ),
    ],
)
def test_a_wrong_type_is_refused_with_what_is_wanted_and_an_example(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        make()
    assert str(refused.value) == message


def test_a_refusal_shows_no_token() -> None:
    with pytest.raises(ConfigurationError) as refused:
        ClickstreamPipeline(cdk.Stack(), "P", auth=cdk.Token.as_string({"Ref": "Auth"}))  # type: ignore[arg-type]
    assert "ClickstreamPipeline.auth='<known at deployment>'" in str(refused.value)
    with pytest.raises(ConfigurationError) as refused:
        ClickstreamPipeline(cdk.Stack(), "P", auth=cdk.Token.as_number({"Ref": "Auth"}))  # type: ignore[arg-type]
    assert "ClickstreamPipeline.auth=<known at deployment>" in str(refused.value)


def test_an_option_of_an_unknown_name_is_refused_by_python() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'rat'"):
        Throttle(rat=5)  # type: ignore[call-arg]
