"""Queries of the landed tables: databases, saved queries, dialects, bounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from clickstream_local.athena.errors import QueryError
from clickstream_local.common.catalog import Catalog
from clickstream_local.common.model import Column, SavedQuery, Stack, Table
from clickstream_local.tables.landed_tables import Dialect, LandedTables


def table(database: str, name: str) -> Table:
    return Table(name, database, name, (Column("n", "int"),), location=f"s3://lake/{database}/{name}/")


SAVED = (SavedQuery("how_many", "web", "SELECT count(*) AS n FROM events"), SavedQuery("twice", "web", "SELECT 1"))
STACK = Stack(
    "S",
    "eu-west-1",
    "1",
    tables=(table("web", "events"), table("mobile", "events"), table("mobile", "taps")),
    saved_queries=(*SAVED, SavedQuery("twice", "mobile", "SELECT count(*) AS n FROM events")),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Catalog.of([STACK]).write(tmp_path)
    for number, place in enumerate(("web/events", "mobile/events", "mobile/taps")):
        folder = tmp_path / "s3" / "lake" / place
        folder.mkdir(parents=True)
        rows = pa.table({"n": pa.array([number] * (number + 1), pa.int32())})
        pyarrow.parquet.write_table(rows, folder / "x.parquet")
    return tmp_path


@pytest.fixture
def tables(data: Path) -> Iterator[LandedTables]:
    with closing(LandedTables(data)) as opened:
        yield opened


@pytest.mark.parametrize("dialect", ["athena", "duckdb"])
@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT count(*) FROM taps", 3),
        ("SELECT count(*) FROM web.events", 1),
        ('SELECT count(*) FROM "mobile"."events"', 2),
        ("SELECT count(*) FROM web.events AS w CROSS JOIN mobile.events AS m", 2),
    ],
)
def test_a_table_goes_by_its_database_and_name(tables: LandedTables, sql: str, found: int, dialect: Dialect) -> None:
    assert tables.query(sql, dialect=dialect)[1] == [(found,)]


def test_a_name_that_two_databases_have_is_refused_with_both(tables: LandedTables) -> None:
    with pytest.raises(
        QueryError, match=r'the databases mobile, web have a table of this name; write "mobile"\.events'
    ):
        tables.query("SELECT * FROM events")
    with pytest.raises(QueryError, match=r"Table with name events does not exist"):
        tables.query("SELECT * FROM events", dialect="duckdb")
    assert tables.query("SELECT 1")[1] == [(1,)]


@pytest.mark.parametrize("dialect", ["athena", "duckdb"])
def test_a_database_can_be_chosen(data: Path, dialect: Dialect) -> None:
    with closing(LandedTables(data, database="mobile")) as tables:
        assert tables.query("SELECT count(*) FROM events", dialect=dialect)[1] == [(2,)]
    with pytest.raises(QueryError, match="there is no database 'nothing'; there are: mobile, web"):
        LandedTables(data, database="nothing")


def test_names_are_folded_to_lower_case_as_glue_folds_them(tmp_path: Path) -> None:
    columns = (Column("EVENT_NAME", "string"),)
    upper = Table("T", "Web", "Events", columns, (Column("Day", "string"),), location="s3://lake/data/")
    Catalog.of([Stack("S", "eu-west-1", "1", tables=(upper,))]).write(tmp_path)
    folder = tmp_path / "s3/lake/data/Day=1"
    folder.mkdir(parents=True)
    (folder / "x").write_text('{"EVENT_NAME":"click"}\n')
    with closing(LandedTables(tmp_path, database="WEB")) as tables:
        assert tables.query("SELECT * FROM events WHERE DAY = '1'") == (["event_name", "day"], [("click", "1")])
        assert tables.query('SELECT Event_Name FROM web."EVENTS"')[1] == [("click",)]


def test_a_type_that_is_not_known_keeps_other_tables_from_nothing(tmp_path: Path) -> None:
    odd = Table("T", "web", "odd", (Column("x", "uniontype<int,string>"),), location="s3://lake/odd/")
    Catalog.of([Stack("S", "eu-west-1", "1", tables=(odd, table("web", "events")))]).write(tmp_path)
    with closing(LandedTables(tmp_path)) as tables:
        assert tables.query("SELECT count(*) FROM events")[1] == [(0,)]
        with pytest.raises(QueryError, match="uniontype"):
            tables.query("SELECT count(*) FROM odd")


def test_a_saved_query_looks_tables_up_in_its_database(tables: LandedTables) -> None:
    assert tables.query(tables.saved_query("how_many"))[1] == [(1,)]


def test_a_saved_query_that_is_not_the_only_one_is_refused(tables: LandedTables) -> None:
    with pytest.raises(QueryError, match="several databases have a saved query 'twice': mobile, web"):
        tables.saved_query("twice")
    with pytest.raises(QueryError, match="there is no saved query 'none'; there are: how_many, twice"):
        tables.saved_query("none")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO taps SELECT 1",
        "DELETE FROM taps WHERE n = 1",
        "MERGE INTO taps t USING web.events s ON t.n = s.n WHEN MATCHED THEN DELETE",
    ],
)
def test_tables_are_only_read(tables: LandedTables, sql: str) -> None:
    with pytest.raises(QueryError, match="give a SELECT"):
        tables.query(sql)


@pytest.mark.parametrize("dialect", ["athena", "duckdb"])
@pytest.mark.parametrize("sql", ["", "  \n", "SELEC 1", "SELECT nothing FROM taps", "SELECT CAST('x' AS int)"])
def test_an_error_is_one_line(tables: LandedTables, sql: str, dialect: Dialect) -> None:
    with pytest.raises(QueryError) as refused:
        tables.query(sql, dialect=dialect)
    assert "\n" not in str(refused.value)


def test_the_table_without_objects_is_named(data: Path) -> None:
    (data / "s3/lake/mobile/taps/x.parquet").unlink()
    with closing(LandedTables(data)) as tables:
        assert tables.query("SELECT * FROM taps") == (["n"], [])
        assert tables.without_objects == ["taps"]
        tables.query("SELECT 1")
        assert tables.without_objects == []


def test_a_note_is_of_the_last_query_only(tables: LandedTables) -> None:
    tables.query("SELECT to_timestamp(1)")
    assert len(tables.notes) == 1
    tables.query("SELECT 1", dialect="duckdb")
    assert tables.notes == ()


def test_rows_are_fetched_as_they_are_asked_for(tables: LandedTables) -> None:
    """A million and more: none of them is held."""
    columns, parts = tables.stream("SELECT n FROM UNNEST(sequence(1, 10000000)) AS t(n)")
    assert (columns, next(parts)[0]) == (["n"], (1,))
    assert tables.query("SELECT n FROM UNNEST(sequence(1, 5000)) AS t(n)", most_rows=1500)[1][-1] == (1500,)


def test_what_does_not_fit_is_put_into_a_folder_that_goes(tables: LandedTables) -> None:
    ((memory, folder, most),) = tables.query(
        "SELECT current_setting('memory_limit'), current_setting('temp_directory'), "
        "current_setting('max_temp_directory_size')",
        dialect="duckdb",
    )[1]
    assert (memory, most) == ("1.0 GiB", "10.0 GiB")
    Path(folder).mkdir()
    tables.close()
    assert not Path(folder).exists()
