"""Queries that an analyst begins with, in SQL that Athena and DuckDB both take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import Template

from cdk_clickstream._validation import refuse
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.table.event_table import EventTable

_DAILY = "yyyy-MM-dd"


@dataclass(frozen=True)
class SavedQuery:
    """One saved query.

    Attributes
    ----------
    name, description:
        As Athena lists them.
    sql:
        The query; it reads the last seven days.
    columns:
        Columns of the schema that it needs; for a schema without them it is not saved.
    """

    name: str
    description: str
    sql: str
    columns: tuple[str, ...]


def partition_column(prefix: S3Prefix) -> str:
    """Return the column by which the queries read some days only, or refuse the prefix.

    A row may lie one partition before its time, since an object's prefix is that of its oldest record: queries read
    one day more, and then look at the time itself.
    """
    for column in prefix.columns:
        if column.key is not None and not column.pattern and not column.key.values:
            refuse(
                "queries",
                "given",
                f"Athena needs a value for the partition {column.name!r} in each query, since its values are unknown",
                "give the PartitionKey its values=, or write queries of your own",
            )
    for column in prefix.columns:
        if column.pattern.startswith(_DAILY):
            return column.name
    return refuse(
        "queries",
        "given",
        f"the prefix {prefix.text!r} has no partition by day, so that each query would read everything",
        "use S3Prefix.hive(root, {'event_date': 'yyyy-MM-dd'})",
    )


def saved_queries(table: EventTable) -> Iterator[SavedQuery]:
    """Queries over a table whose schema has the columns."""
    names = {column.name for column in table.schema.columns}
    for query in _queries(table.plain_name, partition_column(table.prefix)):
        if names.issuperset(query.columns):
            yield query


def _queries(table: str, partition: str) -> Iterator[SavedQuery]:
    recent = _RECENT.substitute(partition=partition)
    for name, description, sql, columns in _QUERIES:
        text = Template(sql).substitute(table=table, partition=partition, recent=recent)
        yield SavedQuery(name, description, text, columns)


# The last seven days by event_time; one more by partition, see partition_column().
_RECENT = Template("""$partition >= CAST(CAST(current_date - INTERVAL '8' DAY AS DATE) AS VARCHAR)
  AND event_time >= CAST(CAST(current_date - INTERVAL '7' DAY AS DATE) AS TIMESTAMP)""")
_QUERIES = (
    (
        "events_per_page_and_hour",
        "Events and visitors of each page, by the hour",
        """SELECT date_trunc('hour', event_time) AS hour, page_host, page_path,
  count(*) AS events, count(DISTINCT anonymous_id) AS visitors
FROM $table
WHERE $recent
GROUP BY 1, 2, 3
ORDER BY 1, 4 DESC
""",
        ("event_time", "page_host", "page_path", "anonymous_id"),
    ),
    (
        "sessions",
        "One row per session: length, number of events, first and last page",
        """SELECT session_id, min(event_time) AS began, max(event_time) AS ended,
  date_diff('second', min(event_time), max(event_time)) AS seconds,
  count(*) AS events, count(DISTINCT page_path) AS pages,
  min_by(page_path, event_time) AS first_page, max_by(page_path, event_time) AS last_page
FROM $table
WHERE $recent
  AND session_id IS NOT NULL
GROUP BY session_id
ORDER BY began
""",
        ("event_time", "session_id", "page_path"),
    ),
    (
        "funnel",
        "Sessions that reach each of three steps in this order: put your own event names in",
        """WITH recent AS (
  SELECT session_id, event_name, event_time
  FROM $table
  WHERE $recent
    AND session_id IS NOT NULL
), first_step AS (
  SELECT session_id, min(event_time) AS reached FROM recent WHERE event_name = 'page_view' GROUP BY session_id
), second_step AS (
  SELECT recent.session_id, min(recent.event_time) AS reached
  FROM recent JOIN first_step ON recent.session_id = first_step.session_id
    AND recent.event_time >= first_step.reached
  WHERE recent.event_name = 'add_to_cart' GROUP BY recent.session_id
), third_step AS (
  SELECT recent.session_id, min(recent.event_time) AS reached
  FROM recent JOIN second_step ON recent.session_id = second_step.session_id
    AND recent.event_time >= second_step.reached
  WHERE recent.event_name = 'purchase' GROUP BY recent.session_id
)
SELECT 1 AS step, 'page_view' AS event_name, count(*) AS sessions FROM first_step
UNION ALL SELECT 2, 'add_to_cart', count(*) FROM second_step
UNION ALL SELECT 3, 'purchase', count(*) FROM third_step
ORDER BY step
""",
        ("event_time", "event_name", "session_id"),
    ),
    (
        "events_deduplicated",
        "Each event once: delivery is at least once, so a retry can leave a second copy",
        """SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY event_id, event_fingerprint ORDER BY received_at) AS copy
  FROM $table
  WHERE $recent
) AS numbered
WHERE copy = 1
""",
        ("event_time", "event_id", "event_fingerprint", "received_at"),
    ),
    (
        "data_quality",
        "By day of arrival: copies, late and flagged events, bots. Rejected ones lie below errors/",
        """SELECT $partition, count(*) AS events,
  count(*) - count(DISTINCT concat(event_id, ' ', event_fingerprint)) AS copies,
  count_if(date_diff('hour', event_time, received_at) >= 24) AS a_day_late,
  count_if(enrich_flags IS NOT NULL) AS flagged,
  count_if(is_bot) AS bots
FROM $table
WHERE $recent
GROUP BY 1
ORDER BY 1
""",
        ("event_time", "event_id", "event_fingerprint", "received_at", "enrich_flags", "is_bot"),
    ),
)
