"""What the page on Athena's SQL says of each query is so."""

from __future__ import annotations

import re

import duckdb
import pytest

from clickstream_local.athena.errors import QueryError
from clickstream_local.cli.query import query
from support.athena import value
from support.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs" / "athena-sql.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| .+? \| ``?(SELECT .+?) ?``? \| (.+?) \|$", PAGE, re.MULTILINE)


def test_all_rows_are_read() -> None:
    assert len(ROWS) == PAGE.count("`SELECT ")


@pytest.mark.parametrize(("sql", "here"), ROWS)
def test_a_row_is_so(sql: str, here: str) -> None:
    sql = sql.replace(r"\|", "|")
    match here:
        case "refused":
            with pytest.raises(QueryError):
                value(sql)
        case "error" | "refused when it runs":
            with pytest.raises(duckdb.Error):
                value(sql)
        case _:
            given = value(sql)
            assert ("NULL" if given is None else str(given)) == here.strip("`")


def test_every_option_of_the_command_is_in_the_page() -> None:
    options = [option for parameter in query.params for option in parameter.opts if option.startswith("--")]
    assert [option for option in options if f"`{option}" not in PAGE] == []
