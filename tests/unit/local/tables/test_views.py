"""Glue tables as views: every format that a stream delivers, types, partition keys."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet
import pytest

from clickstream_local.athena.errors import QueryError
from clickstream_local.common.catalog import Catalog
from clickstream_local.common.model import Column, Stack, Table
from clickstream_local.tables.landed_tables import LandedTables

COLUMNS = (
    Column("name", "string"),
    Column("at", "timestamp"),
    Column("price", "decimal(8,2)"),
    Column("tags", "array<string>"),
    Column("more", "map<string,int>"),
    Column("shop", "struct<city:string,size:int>"),
)
ROW = (
    "click",
    datetime.datetime(2026, 11, 21, 12, 0, 0, 123000),  # noqa: DTZ001 - Hive's timestamps have no zone
    Decimal("12.50"),
    ["a", "b"],
    {"n": 1},
    {"city": "Köln", "size": 3},
    datetime.date(2026, 11, 21),
)
TABLE = Table("Events", "web", "events", COLUMNS, (Column("event_date", "date"),), location="s3://lake/events/")


WRITERS = [
    pytest.param(".parquet", pyarrow.parquet, id="parquet"),
    pytest.param(".orc", pyarrow.orc, id="orc"),
]


def data_dir(root: Path) -> Path:
    Catalog.of([Stack("S", "eu-west-1", "1", tables=(TABLE,))]).write(root)
    return root


def folder(root: Path) -> Path:
    path = data_dir(root) / "s3/lake/events/event_date=2026-11-21"
    path.mkdir(parents=True)
    return path


def arrow() -> pa.Table:
    types = [
        pa.string(),
        pa.timestamp("ns"),
        pa.decimal128(8, 2),
        pa.list_(pa.string()),
        pa.map_(pa.string(), pa.int32()),
        pa.struct([("city", pa.string()), ("size", pa.int32())]),
    ]
    arrays = [pa.array([value], kind) for value, kind in zip(ROW, types, strict=False)]
    return pa.table(dict(zip([column.name for column in COLUMNS], arrays, strict=True)))


def rows(root: Path, *, read_only: bool = False) -> list[tuple[object, ...]]:
    tables = LandedTables(root, read_only=read_only)
    try:
        return tables.query("SELECT * FROM events")[1]
    finally:
        tables.close()


@pytest.mark.parametrize("read_only", [False, True])
def test_parquet_objects_are_rows(tmp_path: Path, read_only: bool) -> None:
    pyarrow.parquet.write_table(arrow(), folder(tmp_path) / "x.parquet")
    assert rows(tmp_path, read_only=read_only) == [ROW]


@pytest.mark.parametrize("read_only", [False, True])
def test_orc_objects_are_rows(tmp_path: Path, read_only: bool) -> None:
    pyarrow.orc.write_table(arrow(), folder(tmp_path) / "x.orc")
    assert rows(tmp_path, read_only=read_only) == [ROW]


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("name", ["x.gz", "x"])
def test_json_lines_are_rows(tmp_path: Path, name: str, read_only: bool) -> None:
    line = (
        '{"name":"click","at":"2026-11-21T12:00:00.123Z","price":12.5,"tags":["a","b"],"more":{"n":1},'
        '"shop":{"city":"Köln","size":3}}\n'
    ).encode()
    (folder(tmp_path) / name).write_bytes(gzip.compress(line) if name.endswith(".gz") else line)
    assert rows(tmp_path, read_only=read_only) == [ROW]


def test_a_table_without_objects_is_empty_and_has_its_columns(tmp_path: Path) -> None:
    tables = LandedTables(data_dir(tmp_path))
    columns, found = tables.query("SELECT * FROM events")
    assert (columns, found) == ([*(column.name for column in COLUMNS), "event_date"], [])
    assert tables.query("SELECT typeof(any_value(shop)) FROM events", dialect="duckdb")[1] == [
        ("STRUCT(city VARCHAR, size INTEGER)",)
    ]
    tables.close()


@pytest.mark.parametrize("first", ["old", "young"])
@pytest.mark.parametrize(("suffix", "writer"), WRITERS)
def test_columns_that_were_added_later_are_null_in_older_objects(
    tmp_path: Path, suffix: str, writer: Any, first: str
) -> None:
    """Whichever comes first: DuckDB and Arrow take the columns of the first file where nobody tells them."""
    path = folder(tmp_path)
    old = arrow().select(["name"])
    objects = {"1": old, "2": arrow()} if first == "old" else {"1": arrow(), "2": old}
    for name, table in objects.items():
        writer.write_table(table, path / f"{name}{suffix}")
    assert sorted((row[2] is None, row[5] is None) for row in rows(tmp_path)) == [(False, False), (True, True)]


@pytest.mark.parametrize("first", ["old", "young"])
def test_members_that_were_added_later_are_null_in_older_objects(tmp_path: Path, first: str) -> None:
    path = folder(tmp_path)
    narrow = pa.table({"shop": pa.array([{"city": "Bonn"}], pa.struct([("city", pa.string())]))})
    order = (narrow, arrow()) if first == "old" else (arrow(), narrow)
    for name, table in zip("12", order, strict=True):
        pyarrow.parquet.write_table(table, path / f"{name}.parquet")
    shops = [row[5] for row in rows(tmp_path)]
    assert {"city": "Bonn", "size": None} in shops
    assert {"city": "Köln", "size": 3} in shops


def test_partition_keys_have_the_table_s_type(tmp_path: Path) -> None:
    pyarrow.orc.write_table(arrow(), folder(tmp_path) / "x.orc")
    tables = LandedTables(tmp_path)
    assert tables.query("SELECT count(*) FROM events WHERE event_date = DATE '2026-11-21'")[1] == [(1,)]
    tables.close()


PROJECTED = dataclasses.replace(
    TABLE,
    partition_keys=(Column("datehour", "string"), Column("tenant", "string")),
    parameters={
        "projection.enabled": "true",
        "projection.datehour.type": "date",
        "projection.datehour.format": "yyyy/MM/dd/HH",
        "projection.tenant.type": "injected",
        "storage.location.template": "s3://lake/events/${tenant}/${datehour}/",
    },
)


@pytest.mark.parametrize("kind", ["parquet", "orc", "json"])
def test_partition_keys_are_found_where_the_projection_says(tmp_path: Path, kind: str) -> None:
    """A layout that is not Hive's: Firehose's own yyyy/MM/dd/HH, read through storage.location.template."""
    Catalog.of([Stack("S", "eu-west-1", "1", tables=(PROJECTED,))]).write(tmp_path)
    for place in ("acme.eu/2026/11/21/09", "other/2026/11/22/10", "too-short/2026"):
        path = tmp_path / "s3/lake/events" / place
        path.mkdir(parents=True)
        if kind == "json":
            (path / "x").write_text('{"name":"click"}\n')
        else:
            {"parquet": pyarrow.parquet, "orc": pyarrow.orc}[kind].write_table(arrow(), path / f"x.{kind}")
    tables = LandedTables(tmp_path, read_only=True)
    assert tables.query("SELECT name, tenant, datehour FROM events ORDER BY tenant")[1] == [
        ("click", "acme.eu", "2026/11/21/09"),
        ("click", "other", "2026/11/22/10"),
    ]
    tables.close()


NO_OBJECT = b"opening it would fail"
DAYS = {
    "event_date = DATE '2026-11-21'": 1,
    "event_date > DATE '2026-11-20' AND name = 'click'": 1,
    "event_date BETWEEN DATE '2026-11-21' AND DATE '2026-11-22' OR event_date IN (DATE '2026-11-23')": 1,
    "year(event_date) = 2026 AND month(event_date) = 11": 1,
    "event_date = DATE '2026-11-22'": 0,
}


@pytest.mark.parametrize(("condition", "found"), DAYS.items())
@pytest.mark.parametrize(("suffix", "writer"), WRITERS)
def test_objects_of_other_partitions_are_not_opened(
    tmp_path: Path, suffix: str, writer: Any, condition: str, found: int
) -> None:
    writer.write_table(arrow(), folder(tmp_path) / f"x{suffix}")
    other = tmp_path / "s3/lake/events/event_date=2020-01-01"
    other.mkdir()
    for number in range(50):
        (other / f"{number}{suffix}").write_bytes(NO_OBJECT)
    with closing(LandedTables(tmp_path)) as tables:
        assert tables.query(f"SELECT count(*) FROM events WHERE {condition}")[1] == [(found,)]
        assert tables.query("SELECT 1")[1] == [(1,)]
        with pytest.raises(QueryError):
            tables.query("SELECT count(*) FROM events")


@pytest.mark.parametrize(
    "sql",
    [
        # Rows whose partition is not asked for would come back as rows without a partner.
        "SELECT count(*) FROM (VALUES 1) AS t(n) LEFT JOIN events ON events.name = 'click' WHERE event_date IS NULL",
        "SELECT count(*) FROM events RIGHT JOIN (VALUES 1) AS t(n) ON events.name = 'click' WHERE event_date IS NULL",
        "SELECT count(*) FROM events FULL JOIN (VALUES 1) AS t(n) ON events.name = 'click' WHERE event_date IS NULL",
    ],
)
def test_a_condition_on_a_side_that_an_outer_join_fills_asks_for_no_partition(tmp_path: Path, sql: str) -> None:
    pyarrow.parquet.write_table(arrow(), folder(tmp_path) / "x.parquet")
    with closing(LandedTables(tmp_path)) as tables:
        assert tables.query(sql)[1] == [(0,)]


def test_every_reference_to_a_table_has_the_partitions_that_it_asks_for(tmp_path: Path) -> None:
    for day in ("2026-11-21", "2026-11-22", "2026-11-23"):
        path = data_dir(tmp_path) / f"s3/lake/events/event_date={day}"
        path.mkdir(parents=True)
        pyarrow.parquet.write_table(arrow(), path / "x.parquet")
    sql = (
        "SELECT a.event_date, b.event_date FROM events AS a JOIN events AS b ON a.name = b.name "
        "WHERE a.event_date = DATE '2026-11-21' AND b.event_date > DATE '2026-11-22'"
    )
    with closing(LandedTables(tmp_path)) as tables:
        assert tables.query(sql)[1] == [(datetime.date(2026, 11, 21), datetime.date(2026, 11, 23))]


def test_a_partition_without_a_value_is_null(tmp_path: Path) -> None:
    path = data_dir(tmp_path) / "s3/lake/events/event_date=__HIVE_DEFAULT_PARTITION__"
    path.mkdir(parents=True)
    pyarrow.parquet.write_table(arrow(), path / "x.parquet")
    with closing(LandedTables(tmp_path)) as tables:
        assert tables.query("SELECT count(*) FROM events WHERE event_date IS NULL")[1] == [(1,)]


def test_the_address_of_an_object_is_a_hidden_column(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(arrow(), folder(tmp_path) / "x[1].parquet")
    with closing(LandedTables(tmp_path)) as tables:
        assert "$path" not in tables.query("SELECT * FROM events")[0]
        assert "$path" not in tables.query("SELECT * FROM events", dialect="duckdb")[0]
        assert tables.query('SELECT "$path" FROM events')[1] == [
            ("s3://lake/events/event_date=2026-11-21/x[1].parquet",)
        ]
