"""Queries of a deployed stack, through its Athena workgroup."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from clickstream_local.aws.deployed import stack_resources
from clickstream_local.aws.session import AwsError, AwsSession
from clickstream_local.common.model import SavedQuery

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_PAGE_ROWS = 1_000
_NUMBERS = {
    "tinyint": int,
    "smallint": int,
    "integer": int,
    "bigint": int,
    "float": float,
    "real": float,
    "double": float,
}


@dataclass(frozen=True)
class QueryState:
    """How far a query is: ``QUEUED``, ``RUNNING``, ``SUCCEEDED``, ``FAILED`` or ``CANCELLED``, and what it has read."""

    state: str
    reason: str
    scanned_bytes: int
    milliseconds: int


class AthenaWorkgroup:
    """The workgroup of a stack, or one that is named.

    Parameters
    ----------
    session
        With credentials that may use the workgroup and read its tables.
    stack
        Name of a stack that has a workgroup.

    Raises
    ------
    AwsError
        If the stack is not there, or has none.
    """

    def __init__(self, session: AwsSession, stack: str) -> None:
        self._session = session
        resources = stack_resources(session, stack)
        workgroups = resources.get("AWS::Athena::WorkGroup", [])
        if not workgroups:
            raise AwsError(f"stack {stack} has no Athena workgroup; queries=Queries() in its pipeline makes one")
        self.name = workgroups[0]
        databases = resources.get("AWS::Glue::Database", [])
        self._database = databases[0] if databases else ""

    def saved_queries(self) -> list[SavedQuery]:
        """The queries that the workgroup keeps by name."""
        found = []
        for page in self._session.pages("athena:ListNamedQueries", WorkGroup=self.name):
            for one in page["NamedQueryIds"]:
                query = self._session.call("athena:GetNamedQuery", NamedQueryId=one)["NamedQuery"]
                text = query["QueryString"]
                found.append(SavedQuery(query["Name"], query["Database"], text, query.get("Description", "")))
        return sorted(found, key=lambda query: query.name)

    @property
    def region(self) -> str:
        """The AWS region that it is in."""
        return str(self._session.session.region_name)

    def run(self, sql: str, database: str | None, progress: Callable[[QueryState], None]) -> tuple[str, QueryState]:
        """Run a query to its end, and stop it where the caller is interrupted; its id, and how it ended.

        Raises
        ------
        AwsError
            If it fails; the message has Athena's reason.
        """
        wanted: dict[str, Any] = {"QueryString": sql, "WorkGroup": self.name}
        if name := database or self._database:
            wanted["QueryExecutionContext"] = {"Database": name}
        execution = self._session.call("athena:StartQueryExecution", **wanted)["QueryExecutionId"]
        pause = _FIRST_PAUSE
        try:
            while (found := self._state(execution)).state in ("QUEUED", "RUNNING"):
                progress(found)
                time.sleep(pause)
                pause = min(_LONGEST_PAUSE, pause * 1.5)
        except KeyboardInterrupt:
            self._session.call("athena:StopQueryExecution", QueryExecutionId=execution)
            raise
        if found.state != "SUCCEEDED":
            raise AwsError(f"the query ended as {found.state}: {found.reason or 'Athena gives no reason'}")
        return execution, found

    def results(self, execution: str) -> tuple[list[str], Iterator[list[tuple[Any, ...]]]]:
        """Names of the columns, and the rows a page at a time: numbers and truth values as such, all else as text."""
        pages = self._session.pages(
            "athena:GetQueryResults", QueryExecutionId=execution, PaginationConfig={"PageSize": _PAGE_ROWS}
        )
        first = next(pages)
        columns = first["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        names = [column["Name"] for column in columns]
        types = [column["Type"] for column in columns]

        def parts() -> Iterator[list[tuple[Any, ...]]]:
            page: dict[str, Any] | None = first
            while page is not None:
                rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in page["ResultSet"]["Rows"]]
                if page is first and rows and rows[0] == names:
                    rows = rows[1:]  # the first row of a SELECT names the columns
                yield [tuple(map(_value, row, types)) for row in rows]
                page = next(pages, None)

        return names, parts()

    def _state(self, execution: str) -> QueryState:
        found = self._session.call("athena:GetQueryExecution", QueryExecutionId=execution)["QueryExecution"]
        numbers = found.get("Statistics", {})
        return QueryState(
            found["Status"]["State"],
            found["Status"].get("StateChangeReason", ""),
            numbers.get("DataScannedInBytes", 0),
            numbers.get("TotalExecutionTimeInMillis", 0),
        )


def _value(text: str | None, kind: str) -> Any:
    if text is None:
        return None
    if kind == "boolean":
        return text == "true"
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else text
    except ValueError:
        return text  # NaN of an integer division, and the like
