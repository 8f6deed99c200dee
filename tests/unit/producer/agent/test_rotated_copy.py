"""Copies that rotation leaves: what their names say of them."""

from __future__ import annotations

import pytest

from clickstream_producer.agent.rotated_copy import bytes_needed, family


@pytest.mark.parametrize(
    ("copy", "needed"),
    [
        ("/var/app.log.1", 1),
        ("/var/app.log.2.gz", 1),
        ("/var/app.log.bak", 1),
        ("/var/app.log-20261121", 1),
        ("/var/app.log1508910000", 1),
        ("/var/app.log (copy)", 1),
        ("/var/app-20261121.log", 256),
        ("/var/Copy of app.log", 256),
        ("/old/app.log.1", 256),
        ("/old/app.log-20261121.gz", 256),
        ("/old/app.log", None),
        ("/old/web.log", None),
        ("/var/app.log", None),
    ],
)
def test_a_name_says_how_much_content_makes_a_copy(copy: str, needed: int | None) -> None:
    assert bytes_needed(copy, "/var/app.log") == needed


def test_numbered_logs_of_several_processes_are_no_copies_by_their_names() -> None:
    assert bytes_needed("/var/worker-10", "/var/worker-1") == 256
    assert bytes_needed("/var/worker-2", "/var/worker-1") == 256
    assert bytes_needed("/var/worker-1.1", "/var/worker-1") == 1


def test_a_long_name_is_taken_apart_in_a_moment() -> None:
    name = "1" * 200 + "x"  # a nested repetition would try each way to part it
    assert family(name) == name
    assert family(name + ".1" * 20) == name


def test_generations_are_of_one_family() -> None:
    assert {family(name) for name in ("app.log", "app.log.2.gz", "app.log-20261121", "app.log.1")} == {"app.log"}
    assert family("20261121") == "20261121"
