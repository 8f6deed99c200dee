from __future__ import annotations

import pytest

from support.stacks import destination, stream_refusal


def test_objects_can_end_otherwise_and_give_local_times() -> None:
    found = destination(file_extension=".json.gz", time_zone="America/New_York")
    assert found["FileExtension"] == ".json.gz"
    assert found["CustomTimeZone"] == "America/New_York"


@pytest.mark.parametrize("extension", ["json", ".JSON", ".", "." + "x" * 128, ""])
def test_an_extension_outside_the_pattern_is_refused(extension: str) -> None:
    """facts/firehose.md#object-names: lower case only, must start with a dot, at most 128 characters."""
    assert "file_extension=" in stream_refusal(file_extension=extension)


@pytest.mark.parametrize("zone", ["Vienna", "Etc/GMT+5", "", "x/" * 26])
def test_a_time_zone_outside_the_pattern_is_refused(zone: str) -> None:
    """facts/firehose.md#object-names: UTC or a slash; digits and signs cannot match."""
    assert "time_zone=" in stream_refusal(time_zone=zone)
