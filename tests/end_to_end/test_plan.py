"""``clickstream plan`` on pairs of synthesized stacks: the sentences that whoever deploys has to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from click.testing import CliRunner, Result

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    DynamicPartitioning,
    Encryption,
    OutputFormat,
    PartitionKey,
    S3Prefix,
    Source,
    Transform,
)
from cdk_clickstream.reference import ReferenceStack
from clickstream_local.cli import main
from support.plans import Body, changed, properties_of
from support.stacks import CONTEXT, REASON

STREAM = "AWS::KinesisFirehose::DeliveryStream"


def plan(old: Path, new: Path) -> Result:
    return CliRunner(env={"COLUMNS": "1000"}).invoke(main, ["plan", str(old), str(new)])


def assembly(folder: Path, build: Callable[[cdk.Stack], Any]) -> Path:
    app = cdk.App(context=CONTEXT, outdir=str(folder))
    build(cdk.Stack(app, "Shop"))
    app.synth()
    return folder


def pipeline(**options: Any) -> Callable[[cdk.Stack], Any]:
    return lambda stack: ClickstreamPipeline(stack, "Clicks", auth=ApiAuth.public(reason=REASON), **options)


def written(folder: Path, body: Body) -> Path:
    file = folder / "edited.json"
    file.write_text(json.dumps(body))
    return file


def edited(*edits: Callable[[Body], None], **options: Any) -> Callable[[Path], tuple[Path, Path]]:
    """The assembly of a pipeline, and its template with edits."""

    def make(folder: Path) -> tuple[Path, Path]:
        old = assembly(folder / "old", pipeline(**options))
        body = json.loads((old / "Shop.template.json").read_text())
        return old, written(folder, changed(body, *edits))

    return make


def two(old: Callable[[cdk.Stack], Any], new: Callable[[cdk.Stack], Any]) -> Callable[[Path], tuple[Path, Path]]:
    return lambda folder: (assembly(folder / "old", old), assembly(folder / "new", new))


def reference(folder: Path) -> tuple[Path, Path]:
    """What two deployments of app.py synthesize."""
    for name in ("first", "second"):
        app = cdk.App(context=CONTEXT, outdir=str(folder / name))
        ReferenceStack(app, "Clickstream")
        app.synth()
    return folder / "first", folder / "second"


def columns(edit: Callable[[list[Body]], None]) -> Callable[[Body], None]:
    return lambda body: edit(properties_of(body, "AWS::Glue::Table")["TableInput"]["StorageDescriptor"]["Columns"])


def destination(body: Body) -> Body:
    found: Body = properties_of(body, STREAM, "ClicksStream")["ExtendedS3DestinationConfiguration"]
    return found


def without_transform(body: Body) -> None:
    """The second deployment of a pipeline whose stack leaves the transform out, and does not say that it is off."""
    del destination(body)["ProcessingConfiguration"]
    body["Resources"] = {name: one for name, one in body["Resources"].items() if one["Type"] != "AWS::Lambda::Function"}


def plain_json(body: Body) -> None:
    """Parquet to JSON, with the block of the conversion left out."""
    del destination(body)["DataFormatConversionConfiguration"]
    destination(body)["CompressionFormat"] = "GZIP"
    table = properties_of(body, "AWS::Glue::Table")["TableInput"]
    table["StorageDescriptor"]["SerdeInfo"] = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}


def swap_first_two(columns: list[Body]) -> None:
    columns[0], columns[1] = columns[1], columns[0]


def retype_second(columns: list[Body]) -> None:
    columns[1]["Type"] = "bigint"


def remove_last(columns: list[Body]) -> None:
    columns.pop()


def add_column(columns: list[Body]) -> None:
    columns.append({"Name": "coupon", "Type": "string"})


def encrypted(name: str) -> Callable[[cdk.Stack], Any]:
    return lambda stack: pipeline(encryption=Encryption.objects_only(kms.Key(stack, name)))(stack)


def in_own_bucket(stack: cdk.Stack) -> None:
    pipeline(bucket=s3.Bucket.from_bucket_name(stack, "Lake", "my-lake"))(stack)


BY_SITE = {"site": PartitionKey.jq("site", values=["a", "b"]), "event_date": "yyyy-MM-dd"}
PAIRS: dict[str, tuple[Callable[[Path], tuple[Path, Path]], int, list[str]]] = {
    "no change": (edited(), 0, ["Nothing changes."]),
    "two deployments of the reference app": (reference, 0, ["Nothing changes."]),
    "a column at the end": (
        edited(columns(add_column)),
        0,
        [
            "• Clicks/Catalog/Table (table) gets column at the end coupon (string): null in the objects so far",
            "Nothing harmful: 1 safe.",
        ],
    ),
    "a column retyped": (
        edited(columns(retype_second)),
        1,
        [
            "Readers, clients and operators see a change",
            "• Clicks/Catalog/Table (table) column event_name changes its type from string to bigint: breaking",
            "Athena refuses to read a column as another type; new values that do not fit fail the conversion",
            "→ keep the old column, and add a new one at the end with the new type",
        ],
    ),
    "a column removed": (
        edited(columns(remove_last)),
        1,
        ["(table) loses column ", "breaking; queries that name it fail", "; the source backup keeps it as it came"],
    ),
    "columns of ORC reordered": (
        edited(columns(swap_first_two), output=OutputFormat.orc()),
        1,
        [
            "• Clicks/Catalog/Table (table) columns change their place: event_id, event_name: breaking",
            "why: Athena reads these objects by position",
        ],
    ),
    "columns of Parquet reordered": (
        edited(columns(swap_first_two)),
        0,
        ["the order of event_id, event_name changes: Athena reads these objects by name"],
    ),
    "the transform left out": (
        edited(without_transform),
        1,
        [
            "Interruption",
            "ProcessingConfiguration vanishes, and goes on: it calls Clicks/Transform/Function, which this deployment "
            "deletes. Every record ends below processing-failed in the error prefix, none among the rows",
            "why: Firehose's UpdateDestination keeps what a call leaves out: absent is not off",
            "→ write it in so many words: ProcessingConfiguration: {Enabled: false}",
        ],
    ),
    "Parquet to JSON": (
        edited(plain_json),
        1,
        [
            "The deployment fails",
            "conversion is still on, and Firehose refuses CompressionFormat GZIP beside it",
            "(table) reads its objects as json from now on, as parquet until now: queries fail on the other ones",
            "DataFormatConversionConfiguration vanishes, and goes on: objects are Parquet",
        ],
    ),
    "dynamic partitioning on": (
        two(
            pipeline(transform=Transform.none()),
            pipeline(
                transform=Transform.none(),
                partitioning=DynamicPartitioning.jq({"site": ".app_id"}),
                prefix=S3Prefix.hive("events", BY_SITE),
            ),
        ),
        1,
        [
            "The deployment fails",
            "is not updated: a stream that exists cannot be given dynamic partitioning, nor lose it",
            "→ make a new pipeline beside the old one, move the producers, then remove the old one",
            "partition columns are site (string), event_date (string), event_date (string) before",
        ],
    ),
    "another key": (
        two(encrypted("First"), encrypted("Second")),
        1,
        [
            "objects from now on are encrypted with Second; those so far still need First",
            "(bucket) new objects are encrypted in another way; those so far still need First",
            "→ readers keep kms:Decrypt on the old key, and the key is kept",
            "• First → Second (key) is made anew under another logical id; the old one leaves the stack, and stays",
        ],
    ),
    "another prefix": (
        two(pipeline(), pipeline(prefix=S3Prefix.hive("clicks"))),
        1,
        [
            "new objects land under clicks/event_date=!{timestamp:yyyy-MM-dd}/; those delivered so far stay under "
            "events/event_date=!{timestamp:yyyy-MM-dd}/; table Clicks/Catalog/Table does not read them there",
            "→ copy the old objects, or keep a table for them",
        ],
    ),
    "direct put to Kinesis": (
        two(pipeline(), pipeline(source=Source.kinesis())),
        1,
        [
            "Data is lost",
            "(delivery stream) is replaced, since DeliveryStreamType and KinesisStreamSourceConfiguration "
            "change: the records in its buffers, up to 360 s of them, are lost",
            "→ stop the producers, wait 360 s until the buffers are delivered, then deploy",
            "begins to read the Kinesis stream at its latest record",
            "gets another name: producers outside of this stack are answered ResourceNotFoundException",
        ],
    ),
    "Kinesis to direct put": (
        two(pipeline(source=Source.kinesis()), pipeline()),
        1,
        [
            "Data is lost",
            "is replaced, since DeliveryStreamType and KinesisStreamSourceConfiguration change",
            "• Clicks/Stream/Source (Kinesis stream) leaves the stack, and stays as it is and bills",
        ],
    ),
    "an existing bucket": (
        two(pipeline(), in_own_bucket),
        1,
        [
            "delivers to arn:${AWS::Partition}:s3:::my-lake from now on; objects so far stay in Clicks/Bucket",
            "(table) looks for its objects in s3://my-lake/events/, in s3://${Clicks/Bucket}/events/ before",
            "• Clicks/Bucket, Clicks/Bucket/AccessLog (bucket, each:) leaves the stack, and stays as it is and bills",
        ],
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_deployment_is_told_before_it_is_made(name: str, tmp_path: Path) -> None:
    make, code, sentences = PAIRS[name]
    done = plan(*make(tmp_path))
    assert [sentence for sentence in sentences if sentence not in done.output] == [], done.output
    assert done.exit_code == code
