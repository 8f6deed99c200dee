"""The pytest fixture ``local_pipeline``; pytest loads this by itself wherever the package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:  # pytest imports this module in every run; what a pipeline needs is imported by the fixture
    from clickstream_local.testing import LocalPipeline


class StartPipeline(Protocol):
    """Starts a pipeline; it is stopped at the end of the test."""

    def __call__(self, source: Any, **options: Any) -> LocalPipeline:
        """Start one from a stack, an app, an assembly or a template; options as of ``LocalPipeline``."""


@pytest.fixture
def local_pipeline(tmp_path: Path) -> Iterator[StartPipeline]:
    """Start pipelines: ``local_pipeline(stack)`` gives a running :class:`~clickstream_local.testing.LocalPipeline`.

    Data goes to ``tmp_path / "pipeline-1"`` and so on, unless ``data_dir`` says otherwise.
    """
    try:
        from clickstream_local.testing import LocalPipeline
    except ImportError as error:
        pytest.fail(f"local_pipeline needs the extra `local`: pip install 'cdk-clickstream[local]' ({error})")
    with ExitStack() as running:
        count = 0

        def start(source: Any, **options: Any) -> LocalPipeline:
            nonlocal count
            count += 1
            options.setdefault("data_dir", tmp_path / f"pipeline-{count}")
            return running.enter_context(LocalPipeline(source, **options))

        yield start
