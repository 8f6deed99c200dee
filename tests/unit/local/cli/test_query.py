"""`clickstream query` over delivered objects."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.common.catalog import Catalog
from clickstream_local.common.model import Column, SavedQuery, Stack, Table
from support.deployed_stack import aws as aws
from support.deployed_stack import lake as lake

COLUMNS = (Column("name", "string"), Column("at", "timestamp"), Column("tags", "array<string>"))
STACK = Stack(
    "S",
    "eu-west-1",
    "1",
    tables=(Table("T", "web", "events", COLUMNS, (Column("day", "string"),), location="s3://lake/events/"),),
    saved_queries=(SavedQuery("names", "web", "SELECT name, count(*) AS n FROM events GROUP BY 1", "Events by name"),),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Catalog.of([STACK]).write(tmp_path)
    folder = tmp_path / "s3/lake/events/day=2026-11-21"
    folder.mkdir(parents=True)
    rows = {
        "name": ["a", 'b,"c"', None],
        "at": pa.array([0, 1_500_000, None], pa.timestamp("us")),
        "tags": [["x"], [], None],
    }
    pyarrow.parquet.write_table(pa.table(rows), folder / "x.parquet")
    return tmp_path


def query(data: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["query", "--data-dir", str(data), *arguments], input=given)


@pytest.mark.parametrize("asked", [["--json"], ["--format", "json"]])
def test_json_has_a_short_option(data: Path, asked: list[str]) -> None:
    assert query(data, "SELECT 1 AS one", *asked).stdout == '{"one": 1}\n'


def test_rows_are_a_table(data: Path) -> None:
    done = query(data, "SELECT name, day FROM events WHERE name = 'a'")
    assert done.exit_code == 0, done.output
    assert [line.split() for line in done.stdout.splitlines() if "│" in line] == [["│", "a", "│", "2026-11-21", "│"]]


def test_rows_are_csv(data: Path) -> None:
    done = query(data, "SELECT name, at, tags, name = 'a' AS first FROM events", "--format", "csv")
    assert list(csv.reader(done.stdout.splitlines())) == [
        ["name", "at", "tags", "first"],
        ["a", "1970-01-01 00:00:00", '["x"]', "true"],
        ['b,"c"', "1970-01-01 00:00:01.500000", "[]", "false"],
        ["", "", "", ""],
    ]


def test_rows_are_json(data: Path) -> None:
    done = query(data, "SELECT name, tags, 1.50 AS price, x'61' AS raw FROM events", "--format", "json")
    assert json.loads(done.stdout.splitlines()[0]) == {
        "name": "a",
        "tags": ["x"],
        "price": "1.50",
        "raw": "61",
    }


def test_rows_are_a_parquet_file(data: Path) -> None:
    out = data / "rows.parquet"
    done = query(data, "SELECT name, count(*) AS n FROM events GROUP BY 1;", "--format", "parquet", "--out", str(out))
    assert (done.exit_code, done.stderr) == (0, f"3 rows in {out}\n")
    assert pyarrow.parquet.read_table(out).column("n").to_pylist() == [1, 1, 1]


def test_a_file_can_be_written_in_every_format(data: Path) -> None:
    for form in ("csv", "json", "table"):
        done = query(data, "SELECT name FROM events", "--format", form, "--out", str(data / form))
        assert (done.exit_code, done.stdout) == (0, "")
        assert "a" in (data / form).read_text()


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["SELECT 42 AS x"], None),
        (["-"], "SELECT 42 AS x"),
        ([], "SELECT 42 AS x"),
        (["--file", "-"], "SELECT 42 AS x"),
        (["--file", "{data}/q.sql"], None),
        (["SELECT 42::int AS x", "--dialect", "duckdb"], None),
    ],
)
def test_the_query_comes_from_an_argument_a_file_or_standard_input(
    data: Path, arguments: list[str], given: str | None
) -> None:
    (data / "q.sql").write_text("-- the answer\nSELECT 42 AS x;\n")
    done = query(data, *[one.format(data=data) for one in arguments], "--format", "json", given=given)
    assert (done.exit_code, done.stdout) == (0, '{"x": 42}\n'), done.output


def test_a_saved_query_is_run_by_its_name(data: Path) -> None:
    listed = query(data, "--list").stdout
    assert "names" in listed
    assert "Events by name" in listed
    done = query(data, "--saved", "names", "--format", "csv")
    assert {*done.stdout.splitlines()[1:]} == {",1", '"b,""c""",1', "a,1"}


def test_a_table_s_rows_are_bounded_and_the_rest_is_told(data: Path) -> None:
    many = "SELECT n FROM UNNEST(sequence(1, 250)) AS t(n)"
    shown = query(data, many)
    assert sum(line.startswith("│") for line in shown.stdout.splitlines()) == 100
    assert "the first 100 rows; --limit 0 gives all" in shown.stderr
    assert sum(line.startswith("│") for line in query(data, many, "--limit", "0").stdout.splitlines()) == 250
    few = query(data, many, "--limit", "2", "--format", "csv")
    assert (few.stdout.splitlines(), "the first 2 rows" in few.stderr) == (["n", "1", "2"], True)
    assert query(data, many, "--limit", "250", "--format", "csv").stderr == ""


def test_a_buffer_is_spoken_of_where_a_table_has_no_object(data: Path) -> None:
    assert "wait in their buffer" in query(data, "SELECT * FROM events WHERE day = '2020-01-01'").stderr
    assert query(data, "SELECT * FROM events WHERE name = 'nobody'").stderr == ""
    assert query(data, "SELECT 1 WHERE false").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["SELECT nothing FROM events"], "Error: Column 'nothing' could not be resolved"),
        (["SELECT strftime(at, '%Y') FROM events"], "Error: strftime: this function is not on the list"),
        (["SELECT name / 2 FROM events"], "Error: events.name / 2: Athena has no '/' of varchar and integer"),
        (["SELECT element_at(tags, 0) FROM events"], "SQL array indices start at 1"),
        ([""], "Error: the query is empty"),
        (["--saved", "nothing"], "Error: there is no saved query 'nothing'; there are: names"),
        (["SELECT 1", "--database", "x"], "Error: there is no database 'x'; there are: web"),
        (["SELECT 1", "--format", "parquet"], "Error: --format parquet needs --out FILE"),
        (["SELECT 1", "--saved", "names"], "Error: give one of a query, --file and --saved"),
        (["SELECT 1", "--format", "csv", "--out", "/nowhere/x"], "No such file or directory"),
    ],
)
def test_an_error_is_one_line(data: Path, arguments: list[str], said: str) -> None:
    done = query(data, *arguments)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert done.exit_code != 0
    assert said in line
    assert "Traceback" not in done.output


def test_what_athena_has_not_is_said_beside_the_rows(data: Path) -> None:
    assert "write from_unixtime" in query(data, "SELECT to_timestamp(1)").stderr


def test_a_parquet_file_leaves_nothing_unsaid(data: Path, tmp_path: Path) -> None:
    asked = "SELECT to_timestamp(1) AS t FROM events WHERE day = '2020-01-01'"
    said = query(data, asked, "--format", "parquet", "--out", str(tmp_path / "x")).stderr
    assert "write from_unixtime" in said
    assert "wait in their buffer" in said


def test_a_folder_that_is_no_data_directory_is_named(tmp_path: Path) -> None:
    assert "is not a data directory" in query(tmp_path, "SELECT 1").stderr


def test_a_stack_is_asked_through_its_workgroup_and_the_cost_is_told(lake: str) -> None:
    done = CliRunner().invoke(main, ["query", "--stack", lake, "--saved", "names", "--format", "json"])
    assert done.exit_code == 0, done.output
    assert "0.0 MB read, about USD 0.00005" in done.stderr
    folded = CliRunner().invoke(main, ["query", "--stack", lake, "--saved", "names", "--database", "WEB"])
    assert folded.exit_code == 0, folded.output
    listed = CliRunner().invoke(main, ["query", "--stack", lake, "--list"])
    assert "names" in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stack", "Lake", "--saved", "none"], "there are: names"),
        (["--stack", "Nobody", "SELECT 1"], "ListStackResources"),
        (["--stack", "Lake", "SELECT 1", "--format", "parquet"], "UNLOAD"),
        (["--stack", "Lake", "SELECT 1", "--dialect", "duckdb"], "leave --stack out"),
        (["--profile", "x", "SELECT 1"], "need a --stack"),
    ],
)
def test_what_a_stack_cannot_give_is_told(lake: str, arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(main, ["query", *arguments])
    assert done.exit_code != 0
    assert said in " ".join(done.output.split())
