"""What `clickstream cost` refuses, and how it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cost import bill, changed, cost, s3, template


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--events-per-day", 0), "'--events-per-day': '0': give a whole number of events from 1 to 1,000,000,000,000"),
        (("--events-per-day", "1.5"), "'1.5': give a whole number of events from 1 to 1,000,000,000,000, such as 1000"),
        (("--event-bytes", 1_024_001), "'--event-bytes': '1024001': give a whole number of bytes from 1 to 1,024,000"),
        (("--event-bytes", "x"), "'x': give a whole number of bytes"),
        (("--events-per-request", -1), "'--events-per-request': '-1': give a whole number of events from 1"),
        (("--function-ms-per-mb", "nan"), "'nan': give a number of milliseconds from 0 to 900,000, such as 700"),
        (("--row-growth", -1), "'--row-growth': '-1': give a number of bytes from 0 to 100, such as 2.0"),
        (("--compressed-share", 1.5), "'--compressed-share': '1.5': give a number of bytes from 0 to 1, such as 0.2"),
        (("--columnar-share", "inf"), "'--columnar-share': 'inf': give a number of bytes from 0 to 10, such as 0.3"),
        (("--partitions", 0), "'--partitions': '0': give a whole number of partitions from 1 to 5,000, such as 10"),
    ],
)
def test_a_number_out_of_bounds_is_refused_with_value_limits_and_an_example(
    arguments: tuple[object, ...], message: str
) -> None:
    done = cost(*arguments)
    assert done.exit_code == 2
    assert message in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--events-per-request", 501), "--events-per-request is 501: /events takes at most 500 events a request"),
        (
            # 400 × 3,001 + 1 + 293 bytes; (1,024,000 - 294) / 3,001 = 341.1
            ("--events-per-request", 400, "--event-bytes", 3_000),
            "a record holds 1,024,000 bytes, and these make 1,200,741: at most 341 events of 3,000 bytes a request",
        ),
        (("--event-bytes", 1_023_900), "1,024,000 bytes, 340 of them the endpoint's: --event-bytes may be 1,023,660"),
        (("--direct", "--events-per-request", 2), "--events-per-request is 2: --direct sends none; leave it out"),
        (("--partitions", 3), "--partitions is 3: PipelineStreamDD609695 has no dynamic partitioning in the template"),
        (("--stream", "Nix"), "there is no delivery stream 'Nix'"),
        (("--stack", "Nix"), "no stack 'Nix'"),
    ],
)
def test_what_does_not_fit_the_template_is_refused_with_the_way_out(
    arguments: tuple[object, ...], message: str
) -> None:
    done = cost(*arguments)
    assert done.exit_code == 1
    assert message in done.output


def test_an_unknown_stream_is_refused_with_those_that_there_are() -> None:
    output = cost("--stream", "Nix").output
    assert "give one of PipelineRejectStreamD2DA6DF1, PipelineStreamDD609695 with --stream" in output


def test_a_stream_is_found_by_its_name_too(tmp_path: Path) -> None:
    other = changed(
        tmp_path,
        lambda resources: resources["PipelineStreamDD609695"]["Properties"].update(DeliveryStreamName="clicks"),
    )
    assert cost("--stream", "clicks", assembly=other).exit_code == 0


def test_requests_to_a_stream_without_an_endpoint_are_refused() -> None:
    done = cost("--events-per-request", 2, assembly=template("cloudwatch_logs-ServiceLog"))
    assert "is 2: no endpoint in the template puts into LogStreamF42E2277; leave it out" in done.output


def test_dynamic_partitioning_asks_for_the_number_of_partitions() -> None:
    done = cost(assembly=template("multi_tenant-Sites"))
    assert done.exit_code == 1
    assert "say with --partitions how many get events at a time" in done.output


@pytest.mark.parametrize("option", ["--function-ms-per-mb", "--row-growth"])
def test_what_a_function_does_is_for_a_stream_that_calls_one(option: str) -> None:
    done = cost(option, 0.5, assembly=template("multi_tenant-Usage"))
    assert done.exit_code == 1
    assert f"{option} is 0.5: EventsStreamA348795C calls no function; leave it out" in done.output


@pytest.mark.parametrize(
    ("option", "part", "left", "reason"),
    [
        ("--columnar-share", "DataFormatConversionConfiguration", None, "writes neither Parquet nor ORC"),
        (
            "--compressed-share",
            "S3BackupConfiguration",
            {"CompressionFormat": "UNCOMPRESSED"},
            "compresses nothing by itself",
        ),
    ],
)
def test_a_share_of_what_the_stream_does_not_do_is_refused(
    option: str, part: str, left: dict[str, str] | None, reason: str, tmp_path: Path
) -> None:
    assert cost(option, 0.5).exit_code == 0

    def plain(resources: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
        before = s3(resources).pop(part)
        if left is not None:
            s3(resources)[part] = {**before, **left}

    done = cost(option, 0.5, assembly=changed(tmp_path, plain))
    assert done.exit_code == 1
    assert f"{option} is 0.5: PipelineStreamDD609695 {reason}; leave it out" in done.output


def test_what_gzip_leaves_of_log_records_may_be_said_where_nothing_else_is_compressed(tmp_path: Path) -> None:
    def plain(resources: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
        for resource in resources.values():
            destination = resource["Properties"].get("ExtendedS3DestinationConfiguration", {})
            for part in (destination, destination.get("S3BackupConfiguration", {})):
                part["CompressionFormat"] = "UNCOMPRESSED"  # type: ignore[index]

    logs = changed(tmp_path, plain, template("cloudwatch_logs-ServiceLog"))
    assert cost("--compressed-share", 0.5, assembly=logs).exit_code == 0


def test_an_assembly_that_is_not_there_or_has_no_stream_is_named(tmp_path: Path) -> None:
    assert "run `make synth` or `cdk synth` first" in cost(assembly=tmp_path / "cdk.out").output
    done = cost(assembly=template("existing_bucket-Lake"))
    assert "existing_bucket-Lake.json has no delivery stream" in done.output


def test_a_stream_that_could_not_be_deployed_so_is_named(tmp_path: Path) -> None:
    wide = changed(tmp_path, lambda resources: s3(resources)["BufferingHints"].update(SizeInMBs=999))
    done = cost(assembly=wide)
    assert done.exit_code == 1
    assert "PipelineStreamDD609695: BufferingHints.SizeInMBs is 999: it must be between 1 and 128" in done.output
    odd = changed(tmp_path, lambda resources: s3(resources)["BufferingHints"].update(SizeInMBs="much"))
    assert "delivery stream PipelineStreamDD609695: a property is missing or another type" in cost(assembly=odd).output


def test_a_mapping_template_that_does_not_run_is_named(tmp_path: Path) -> None:
    def broken(resources: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
        for resource in resources.values():
            if resource["Type"] == "AWS::ApiGateway::Method" and resource["Properties"]["HttpMethod"] == "POST":
                resource["Properties"]["Integration"]["RequestTemplates"] = {"application/json": "#if("}

    done = cost(assembly=changed(tmp_path, broken))
    assert done.exit_code == 1
    assert "a mapping template does not run on" in done.output


@pytest.mark.parametrize(
    ("arguments", "assembly", "batch"),
    [
        ((), None, 20),
        # 17 × 60,001 + 1 + 293 bytes; an eighteenth passes 1,024,000.
        (("--event-bytes", 60_000), None, 17),
        (("--event-bytes", 1_023_000), None, 1),
        (("--partitions", 2), "multi_tenant-Usage", 1),
    ],
)
def test_a_batch_that_nobody_chose_is_one_that_the_endpoint_takes(
    arguments: tuple[object, ...], assembly: str | None, batch: int
) -> None:
    document = bill(*arguments, **({"assembly": template(assembly)} if assembly else {}))
    assert document["events_per_request"] == batch
