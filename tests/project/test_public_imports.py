"""The import statements and commands that users write: what stands here is a promise, whatever moves inside."""

from __future__ import annotations

import importlib
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

PUBLIC = {
    "cdk_clickstream": """
        AccessLog Alarms ApiAuth Blueprint BufferingHints ClickstreamPipeline ClientContext Column
        Compression ConfigurationError CorsOptions CustomDomain DeAggregation DeliveryStream
        DynamicPartitioning Encryption EndpointOptions EndpointType Enrichment EventBucket EventSchema
        EventSource EventTable ExistingDomain ExistingWebAcl FunctionNetwork IDeliveryStream IngestApi InputFormat
        IotSeparator IpAnonymisation IpDetail LambdaProcessor LogMessages Monitoring OrcCompression
        OrcVersion OutputFormat ParquetCompression ParquetVersion PartitionKey Permissions
        PipelineMonitoring Queries QueryWorkgroup Quota RecordKey Retention S3Prefix Source SourceBackup
        SourceKind TableReference Target Throttle Transform TransformFunction TrustedProxy VendoredPackages
        WebAcl
    """,
    "cdk_clickstream.reference": "ReferenceStack",
    "cdk_clickstream.testing": "template_snapshot",
    "cdk_clickstream.testing.fixtures": "assert_template_snapshot",
    "clickstream_local.pytest_plugin": "local_pipeline",
    "clickstream_local.testing": """
        Answer Disagreements Faults LocalPipeline LocalPipelineError
    """,
    "clickstream_local.vtl": """
        MappingTemplate VtlError VtlLimitError VtlRuntimeError VtlSyntaxError
    """,
    "clickstream_producer": """
        AsyncProducer BufferFull DeadLetters DropReason EmfMetrics EventTooLarge FirehoseStream FlushResult
        FullPolicy InvalidEvent InvalidOption KinesisStream OtelMetrics Producer ProducerClosed ProducerError
        SpoolBroken Stats TargetRefused UnexpectedAnswer
    """,
    "clickstream_producer.agent": "Agent AgentOptions",
    "clickstream_producer.agent.log_formats": "LOG_FORMATS",
    # What the Lambda function is configured with, and what tests of transforms use.
    "clickstream_transform.handler": "handler",
    "clickstream_transform.harness": "Harness",
    "clickstream_transform.options": "Options",
}


@pytest.mark.parametrize("module", PUBLIC)
def test_the_public_names_can_be_imported(module: str) -> None:
    missing = [name for name in PUBLIC[module].split() if not hasattr(importlib.import_module(module), name)]
    assert missing == []


@pytest.mark.parametrize(
    "module", ["cdk_clickstream", "clickstream_local.testing", "clickstream_local.vtl", "clickstream_producer"]
)
def test_a_star_import_brings_these_names_and_no_others(module: str) -> None:
    assert sorted(importlib.import_module(module).__all__) == PUBLIC[module].split()


@pytest.mark.parametrize(
    ("command", "function"),
    [("clickstream", "clickstream_local.cli:main"), ("clickstream-producer", "clickstream_producer.cli:main")],
)
def test_the_console_commands_lead_to_their_functions(command: str, function: str) -> None:
    (entry,) = entry_points(group="console_scripts", name=command)
    assert entry.value == function
    assert callable(entry.load())


@pytest.mark.parametrize("module", ["clickstream_local", "clickstream_producer", "cdk_clickstream.vendor"])
def test_these_modules_run_as_programs(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()
