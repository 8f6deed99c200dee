"""A pipeline partitioned by the keys of the bundled transform, from a request to rows in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import aws_cdk as cdk
import pytest

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    DynamicPartitioning,
    PartitionKey,
    RecordKey,
    S3Prefix,
    Transform,
)
from clickstream_local.testing import LocalPipeline
from support.stacks import CONTEXT, REASON

pytestmark = pytest.mark.xdist_group("pipeline")
KEYS = {"site": RecordKey.event("app_id", ["shop", "blog"]), "day": RecordKey.arrival("yyyy-MM-dd")}


@pytest.fixture(scope="module")
def partitioned() -> Iterator[LocalPipeline]:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Sites")
    ClickstreamPipeline(
        stack,
        "Clicks",
        auth=ApiAuth.public(reason=REASON),
        transform=Transform.click(partition_keys=KEYS),
        partitioning=DynamicPartitioning.from_lambda(list(KEYS)),
        prefix=S3Prefix.hive(
            "events", {**{name: PartitionKey.from_lambda(name) for name in KEYS}, "event_date": "yyyy-MM-dd"}
        ),
    )
    with LocalPipeline(stack, now=datetime(2026, 3, 4, 12, tzinfo=UTC)) as running:
        for apps in (["shop", "shop"], ["blog"], ["shop", "blog"], ["stranger/../x"]):
            answer = running.post([{"event_name": "click", "app_id": app} for app in apps])
            assert answer.status == 202
        running.flush()
        yield running


def test_records_land_in_the_partition_of_what_their_events_share(partitioned: LocalPipeline) -> None:
    found = partitioned.query("SELECT site, app_id, count(*) AS events FROM events GROUP BY 1, 2 ORDER BY 1, 2, 3")
    assert [tuple(row.values()) for row in found] == [
        ("blog", "blog", 1),
        ("other", "blog", 1),
        ("other", "shop", 1),
        ("other", "stranger/../x", 1),
        ("shop", "shop", 2),
    ]


def test_each_partition_is_a_folder_and_nothing_failed(partitioned: LocalPipeline) -> None:
    assert {found.key.split("/")[1] for found in partitioned.objects("events/")} == {
        "site=shop",
        "site=blog",
        "site=other",
    }
    assert partitioned.errors() == []


def test_the_day_of_arrival_is_a_column_of_the_table(partitioned: LocalPipeline) -> None:
    found = partitioned.query("SELECT day, count(*) AS events FROM events WHERE day >= '2026-01-01' GROUP BY day")
    assert found == [{"day": "2026-03-04", "events": 6}]
