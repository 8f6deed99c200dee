"""Copies that rotation leaves are known by their names."""

from __future__ import annotations

import pytest

from clickstream_producer.agent.rotated_copy import is_copy_name


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        ("/var/app.log.1", True),
        ("/var/app.log.2.gz", True),
        ("/var/app.log.bak", True),
        ("/old/app.log.1", True),
        ("/old/app.log", False),
        ("/var/app.log-20261121", True),
        ("/var/app-20261121.log", True),
        ("/var/app.1.log", True),
        ("/var/app.log", False),
        ("/var/web.log.1", False),
        ("/var/application.log", False),
    ],
)
def test_copies_are_known_by_their_names(copy: str, expected: bool) -> None:
    assert is_copy_name(copy, "/var/app.log", 1024) is expected


def test_a_name_that_only_resembles_needs_more_equal_bytes() -> None:
    assert is_copy_name("app.log.1", "app.log", 8)
    assert is_copy_name("app.log.2", "app.log.1", 8)
    assert not is_copy_name("app-2.log", "app.log", 255)
    assert not is_copy_name("b/app.log.1", "a/app.log", 255)
    assert not is_copy_name("app.log.1", "app.log", 0)
