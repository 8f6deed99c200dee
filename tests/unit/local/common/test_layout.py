from __future__ import annotations

import pytest

from clickstream_local.common.layout import StreamLayout, failure_locations, pipeline_of

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SHOP = StreamLayout("shop", "lake/events/", "lake/errors/", reject_stream="shop-rejects")
REJECTS = StreamLayout("shop-rejects", "lake/errors/rejected/", "lake/errors/rejected/undelivered/")
BLOG = StreamLayout("blog", "lake/blog/events/", "lake/errors/blog/", "lake/backup/blog/")
STREAMS = (SHOP, REJECTS, BLOG)


@pytest.mark.parametrize(
    ("key", "pipeline"),
    [
        (f"errors/processing-failed/shop-1-2026-11-30-10-00-00-{ID}", "shop"),
        (f"errors/rejected/dt=2026-11-30/shop-rejects-1-2026-11-30-10-00-00-{ID}.gz", "shop"),
        (f"errors/blog/processing-failed/blog-12-2026-11-30-10-00-00-{ID}", "blog"),
        (f"errors/blog/processing-failed/shop-1-2026-11-30-10-00-00-{ID}", "shop"),
        ("errors/blog/processing-failed/object", "blog"),
        ("errors/rejected/object", "shop"),
        ("errors/object", "shop"),
    ],
)
def test_an_object_belongs_to_the_stream_that_it_is_named_after_or_whose_location_it_is_in(
    key: str, pipeline: str
) -> None:
    assert pipeline_of(STREAMS, "lake", key) == pipeline


def test_failures_lie_below_the_error_prefixes_and_where_rejected_events_are_delivered() -> None:
    assert failure_locations(STREAMS) == ["lake/errors/"]
    assert failure_locations([BLOG]) == ["lake/errors/blog/"]
    elsewhere = StreamLayout("shop-rejects", "lake/refused/", "lake/undelivered/")
    assert failure_locations([SHOP, elsewhere]) == ["lake/errors/", "lake/refused/", "lake/undelivered/"]
