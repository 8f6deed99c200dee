from __future__ import annotations

from typing import Any

import pytest

from support.plans import change, goes, one, said, stack

TABLE = "AWS::Glue::Table"
SERDE = {
    "parquet": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    "orc": "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    "json": "org.openx.data.jsonserde.JsonSerDe",
}


def table(
    columns: str = "a:int b:string",
    format_: str = "parquet",
    serde: dict[str, str] | None = None,
    parameters: dict[str, str] | None = None,
    **table_input: Any,
) -> dict[str, Any]:
    return {
        "DatabaseName": "lake",
        "TableInput": {
            "Name": "events",
            "Parameters": parameters or {},
            "StorageDescriptor": {
                "Columns": [dict(zip(("Name", "Type"), one.split(":"), strict=True)) for one in columns.split()],
                "SerdeInfo": {"SerializationLibrary": SERDE[format_], "Parameters": serde or {}},
            },
            **table_input,
        },
    }


def change_of(old: dict[str, Any], new: dict[str, Any], **others: Any) -> list[str]:
    return change(TABLE, old, new, **others)


def test_a_serde_property_decides_how_columns_are_found() -> None:
    swapped = "b:string a:int"
    by_name = {"orc.column.index.access": "false"}
    by_index = {"parquet.column.index.access": "true"}
    assert change_of(table(format_="orc"), table(swapped, "orc"))[0].startswith(
        "visible: It columns change their place"
    )
    assert change_of(table(format_="orc", serde=by_name), table(swapped, "orc", by_name))[0].startswith("safe: ")
    assert change_of(table(), table(swapped))[0].startswith("safe: It the order of a, b changes")
    assert change_of(table(serde=by_index), table(swapped, serde=by_index))[0].startswith("visible: ")
    assert change_of(table(format_="json"), table(swapped, "json"))[0].startswith("safe: ")


def test_another_way_to_find_columns_is_said() -> None:
    old, new = table(format_="orc"), table(format_="orc", serde={"orc.column.index.access": "false"})
    assert change_of(old, new) == ["visible: It columns are found by name, by position before"]


def test_a_removed_column_of_a_stream_without_a_backup_is_lost() -> None:
    def stream(mode: str) -> dict[str, Any]:
        conversion = {"SchemaConfiguration": {"TableName": {"Ref": "It"}}}
        s3 = {"DataFormatConversionConfiguration": conversion, "S3BackupMode": mode}
        return one("AWS::KinesisFirehose::DeliveryStream", {"ExtendedS3DestinationConfiguration": s3})

    severities = [
        change_of(table(), table("a:int"), Stream=stream(mode))[0].split(":")[0] for mode in ("Disabled", "Enabled")
    ]
    assert severities == ["data-loss", "visible"]


def test_comments_and_the_way_a_type_is_written_do_not_matter() -> None:
    old, new = table("a:array<int>"), table("A:array<int>")
    new["TableInput"]["StorageDescriptor"]["Columns"][0] |= {"Type": "array< int >", "Comment": "New."}
    assert change_of(old, new) == ["safe: It comments of columns change"]


def test_another_format_is_said_once() -> None:
    assert change_of(table(), table(format_="orc")) == [
        "visible: It reads its objects as orc from now on, as parquet until now: queries fail on the other ones"
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("projection.enabled", "true", None, "visible: It partitions are computed no more"),
        ("projection.enabled", None, "true", "visible: It partitions are computed:"),
        ("projection.d.range", "2025-01-01,NOW", "2024-01-01,NOW", "safe: It more partitions"),
        ("projection.d.range", "2025-01-01,NOW", "2026-01-01,NOW", "visible: It fewer partitions"),
        ("projection.d.range", "NOW-1YEARS,NOW", "NOW-2YEARS,NOW", "visible: It fewer partitions"),
        ("projection.d.range", "1,9", "1,8", "visible: It other partitions"),
        ("projection.s.values", "a,b", "a, b, c", "safe: It more partitions"),
        ("projection.s.values", "a,b", "a", "visible: It fewer partitions"),
        ("projection.s.values", None, "a", "visible: It other partitions"),
        ("projection.d.format", "yyyy-MM-dd", "yyyy/MM/dd", "visible: It other partitions"),
        ("storage.location.template", "s3://a/", "s3://b/", "visible: It looks for its objects elsewhere"),
        ("classification", "json", "csv", "visible: It classification is csv, json before"),
        ("mine", "1", "2", "unknown: It mine is 2, 1 before"),
    ],
)
def test_parameters_decide_what_athena_looks_for(name: str, old: str | None, new: str | None, line: str) -> None:
    sides = (
        table(parameters={name: value, "EXTERNAL": "TRUE"} if value else {"EXTERNAL": "TRUE"}) for value in (old, new)
    )
    (found,) = change_of(*sides)
    assert found.startswith(line)


def test_other_partition_columns_and_another_place() -> None:
    day, hour = ([{"Name": name, "Type": "string"}] for name in ("day", "hour"))
    assert change_of(table(PartitionKeys=day), table(PartitionKeys=hour)) == [
        "visible: It partition columns are hour (string), day (string) before: queries that use the old ones fail"
    ]
    commented = [{**day[0], "Comment": "x"}]
    assert change_of(table(PartitionKeys=day), table(PartitionKeys=commented)) == [
        "safe: It comments of partition columns change"
    ]
    old, new = table(), table()
    old["TableInput"]["StorageDescriptor"]["Location"] = "s3://a/"
    new["TableInput"]["StorageDescriptor"]["Location"] = "s3://b/"
    assert change_of(old, new) == ["visible: It looks for its objects in s3://b/, in s3://a/ before"]


def test_another_name_makes_another_table() -> None:
    assert change_of(table(), table(Name="clicks")) == [
        "visible: It is replaced, since TableInput.Name changes: queries on it fail under its old name"
    ]


def test_a_database_takes_everything_in_it_along() -> None:
    (line,) = goes("AWS::Glue::Database")
    assert line == (
        "irreversible: It is deleted, with every table, view and partition in it, those that others made included"
    )
    inside = one(TABLE, {**table(), "DatabaseName": {"Ref": "Lake"}})
    lines = said(stack({"Lake": one("AWS::Glue::Database"), "Events": inside}), stack({}))
    assert lines[1] == "safe: Events is deleted, with Lake"


def test_a_workgroup_that_was_used_stays_unless_it_is_forced() -> None:
    assert "one that was used is not deleted, and stays" in goes("AWS::Athena::WorkGroup")[0]
    assert goes("AWS::Athena::WorkGroup", {"RecursiveDeleteOption": True}) == [
        "irreversible: It is deleted, with its saved queries and its query history"
    ]
    assert goes("AWS::Athena::NamedQuery") == ["safe: It is deleted; tables and data do not change"]
