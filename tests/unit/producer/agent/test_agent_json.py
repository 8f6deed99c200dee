"""The Kinesis Agent's configuration file, read as it is (its source at aa0d908)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from clickstream_producer import InvalidOption
from clickstream_producer.agent import Agent, AgentOptions, read_agent_json
from support.producer.agents import command
from support.producer.sink import Sink

DEFAULT = Path("/var/lib/checkpoints.db")


def read(path: Path, config: object) -> tuple[AgentOptions, list[str]]:
    file = path / "agent.json"
    file.write_text(config if isinstance(config, str) else json.dumps(config), encoding="utf-8")
    return read_agent_json(file, DEFAULT)


def flow(**options: Any) -> dict[str, Any]:
    return {"filePattern": "/var/log/app.log*", "deliveryStream": "clicks", **options}


def test_a_file_is_followed_as_it_is(sink: Sink, folder: Path, tmp_path: Path) -> None:
    (folder / "web.log").write_bytes(b"1,a\n2,b\n")
    (folder / "app.log").write_bytes(b"Mar 12 12:00:08 h p: m\nother\n")
    config = {
        "checkpointFile": str(tmp_path / "checkpoints"),
        "cloudwatch.emitMetrics": True,
        "firehose.endpoint": sink.url,
        "awsAccessKeyId": "AKIDEXAMPLE",
        "awsSecretAccessKey": "not-a-secret",
        "flows": [
            flow(
                filePattern=f"{folder}/web.log*",
                initialPosition="START_OF_FILE",
                dataProcessingOptions=[{"optionName": "CSVTOJSON", "customFieldNames": ["n", "name"]}],
            ),
            flow(
                filePattern=f"{folder}/app.log*",
                initialPosition="START_OF_FILE",
                aggregatedRecordSizeBytes=0,
                dataProcessingOptions=[{"optionName": "LOGTOJSON", "logFormat": "SYSLOG"}],
            ),
        ],
    }
    file = tmp_path / "agent.json"
    file.write_text(json.dumps(config))
    running = command(sink, "tail", str(file), "--once")
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 0, errors
    assert sorted(sink.events) == [
        b'{"n":"1","name":"a"}',
        b'{"n":"2","name":"b"}',
        b'{"timestamp":"Mar 12 12:00:08","hostname":"h","program":"p","processid":null,"message":"m"}',
    ]
    assert sink.users[0] == "AKIDEXAMPLE"
    assert "cloudwatch.emitMetrics has no effect here" in errors
    assert "1 left out" in errors
    assert "not-a-secret" not in errors


def test_a_flow_to_a_kinesis_stream_has_partition_keys(sink: Sink, folder: Path, tmp_path: Path) -> None:
    (folder / "app.log").write_bytes(b"first\nsecond\nfirst\n")
    config = {
        "checkpointFile": str(tmp_path / "checkpoints"),
        "kinesis.endpoint": sink.url,
        "kinesis.region": "eu-central-1",
        "awsAccessKeyId": "AKIDEXAMPLE",
        "awsSecretAccessKey": "not-a-secret",
        "flows": [
            {
                "filePattern": f"{folder}/app.log*",
                "kinesisStream": "clicks",
                "initialPosition": "START_OF_FILE",
                "partitionKeyOption": "DETERMINISTIC",
            }
        ],
    }
    options, notes = read(tmp_path, config)
    assert Agent(options).run(once=True) == 0
    assert notes == []
    # Each line is a record, and its key is the digest of the line, as with the Kinesis Agent.
    digests = {line: hashlib.md5(line).hexdigest() for line in (b"first", b"second")}
    assert sink.keys == [(digests[line], line + b"\n") for line in (b"first", b"second", b"first")]


def test_defaults_are_those_of_the_kinesis_agent_but_for_packing_and_linger(tmp_path: Path) -> None:
    options, notes = read(tmp_path, {"flows": [flow()]})
    (only,) = options.flows
    assert (only.start, only.line_format, only.steps) == ("end", "raw", ())
    assert (only.events_per_record, only.linger, only.poll) == (None, 5.0, 0.25)
    assert (options.checkpoint_file, options.shutdown_timeout, options.statistics_interval) == (DEFAULT, 10.0, 30.0)
    assert options.forget_after == 7 * 86_400
    assert notes == []


def test_every_option_with_an_effect_is_taken(tmp_path: Path) -> None:
    config = {
        "shutdownTimeoutMillis": "2500",
        "log.statusReportingPeriodSeconds": 7,
        "checkpointTimeToLiveDays": 1,
        "firehose.endpoint": "firehose.eu-west-3.amazonaws.com",
        "flows": [
            flow(
                maxBufferAgeMillis=60_000,
                maxBufferSizeBytes=2_000_000,
                minTimeBetweenFilePollsMillis=100,
                aggregatedRecordSizeBytes=5_000,
                multiLineStartPattern=r"^\[",
                skipHeaderLines=2,
                dataProcessingOptions=[{"optionName": "SINGLELINE"}],
            )
        ],
    }
    options, _ = read(tmp_path, config)
    (only,) = options.flows
    assert (options.shutdown_timeout, options.statistics_interval, options.forget_after) == (2.5, 7.0, 86_400)
    assert (only.linger, only.chunk_bytes, only.poll, only.record_bytes) == (60.0, 2_000_000, 0.1, 5_000)
    assert (only.multi_line, only.skip_header_lines) == (r"^\[", 2)
    target = only.target
    assert (target.name, target.region) == ("clicks", "eu-west-3")
    assert target.endpoint_url == "https://firehose.eu-west-3.amazonaws.com"


def test_comments_are_allowed_and_text_that_looks_like_one_stays(tmp_path: Path) -> None:
    text = """{ // the main one
        /* "flows": [], */
        "flows": [{"filePattern": "/var//log/*.log", "deliveryStream": "clicks"}]
    }"""
    options, _ = read(tmp_path, text)
    assert options.flows[0].pattern == "/var//log/*.log"


def test_unknown_options_are_named_with_what_they_may_mean(tmp_path: Path) -> None:
    _, notes = read(tmp_path, {"flows": [flow(initialPositon="START_OF_FILE", wholly="other")]})
    assert notes == [
        "flows[0].initialPositon is unknown and left out; is it meant to be initialPosition?",
        "flows[0].wholly is unknown and left out",
    ]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "must be JSON"),
        ("[]", 'must have a list "flows"'),
        ({"flows": []}, "flows is empty"),
        ({"flows": [1]}, "flows[0] must be an object"),
        ({"flows": [{"filePattern": "/x"}]}, "flows[0]: a flow needs a deliveryStream or a kinesisStream"),
        ({"flows": [flow(deliveryStream="a b")]}, "flows[0]: stream name 'a b'"),
        ({"flows": [flow(filePattern="/logs/")]}, "must name files"),
        ({"flows": [flow(), flow()]}, "two flows read the same files into the same stream"),
        ({"flows": [flow(initialPosition="MIDDLE")]}, "initialPosition='MIDDLE' must be START_OF_FILE or END_OF_FILE"),
        ({"flows": [flow(maxBufferAgeMillis="soon")]}, "maxBufferAgeMillis='soon' must be a number"),
        (
            {"flows": [flow(maxBufferSizeBytes=5_000_000)]},
            "maxBufferSizeBytes=5000000 must be a number from 0 to 4,194,304",
        ),
        (
            {"flows": [flow(aggregatedRecordSizeBytes=2_000_000)]},
            "aggregatedRecordSizeBytes=2000000 must be a number from 0 to 1,024,000",
        ),
        ({"flows": [flow(multiLineStartPattern="(")]}, "multiLineStartPattern='(' must be a regular expression"),
        ({"flows": [flow(multiLineStartPattern="x")]}, "add a processing step such as SINGLELINE"),
        ({"flows": [flow(dataProcessingOptions="x")]}, "dataProcessingOptions must be a list of objects"),
        ({"flows": [flow(fileFooterPattern="x")]}, "flows[0].fileFooterPattern cannot be followed"),
        ({"flows": [flow(kinesisStream="s")]}, "a deliveryStream or a kinesisStream, one of the two"),
        ({"flows": [flow(filePattern=None)]}, "flows[0]: a flow needs a filePattern"),
        (
            {"flows": [{"filePattern": "/x", "kinesisStream": "s", "partitionKeyOption": "NONE"}]},
            "partitionKeyOption='NONE' must be RANDOM or DETERMINISTIC",
        ),
        ({"flows": [flow()], "awsAccessKeyId": "A"}, "awsAccessKeyId and awsSecretAccessKey belong together"),
        ({"flows": [flow()], "checkpointFile": 1}, "checkpointFile=1 must be text"),
        ({"flows": [flow()], "userDefinedCredentialsProvider.location": "x"}, "Java classes do not run here"),
        ({"flows": [flow()], "assumeRoleExternalId": "x"}, "assumeRoleExternalId cannot be followed"),
    ],
)
def test_a_file_that_cannot_be_followed_is_refused(tmp_path: Path, config: object, message: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        read(tmp_path, config)
    assert message in str(caught.value)
