from __future__ import annotations

from pathlib import Path

import pytest

from support.local_firehose import LocalFirehose


@pytest.fixture
def local(tmp_path: Path) -> LocalFirehose:
    return LocalFirehose(tmp_path)
