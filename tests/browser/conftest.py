"""A browser, an endpoint, and pages that carry the tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.browser import Chromium, chromium
from support.pipeline_fixtures import assembly, pipeline
from support.tracker_site import Collector, Site

__all__ = ["assembly", "pipeline"]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chromium]:
    with chromium(tmp_path / "profile") as running:
        yield running


@pytest.fixture
def collector() -> Iterator[Collector]:
    with closing(Collector()) as running:
        yield running


@pytest.fixture
def site(browser: Chromium, collector: Collector) -> Iterator[Callable[..., Site]]:
    """Makes a site whose page creates `tracker` with the options given, `linger` short."""
    sites: list[Site] = []

    def make(options: str = "", *, body: str = "", before: str = "") -> Site:
        create = f'{{endpoint: "{collector.events_url}", linger: 20, {options}}}'
        script = f"window.dropped = []; var tracker = clickstream.createTracker({create});"
        sites.append(Site(script=script, body=body, before=before))
        return sites[-1]

    yield make
    for each in sites:
        each.close()
