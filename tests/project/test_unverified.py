"""Nothing stands on the page of unverified things without a check of `make integ`, or a reason why there is none."""

from __future__ import annotations

import re

from integ.checks import CHECKS
from integ.report import PAGE, UnverifiedRow, rows_of
from support.checkout import CHECKOUT


def unanswered(page: str) -> list[str]:
    """What is wrong with the rows of a page."""
    wrong = []
    for row in rows_of(page):
        wrong += [f"{row.what}: there is no check {id_!r}" for id_ in row.checks if id_ not in CHECKS]
        if not row.checks and len(row.reason.split()) < 3:
            wrong.append(f"{row.what}: neither a check nor a reason")
    return wrong


def test_each_row_names_its_check_or_the_reason_why_there_is_none() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(rows_of(page)) >= 16
    assert unanswered(page) == []


def test_a_row_without_a_check_or_with_an_unknown_one_is_found() -> None:
    page = "| what | check |\n|---|---|\n| a | `no-such-check` |\n| b | |\n| c | no check: no part of this |\n"
    assert unanswered(page) == ["a: there is no check 'no-such-check'", "b: neither a check nor a reason"]


def test_a_pipe_inside_a_cell_does_not_end_it() -> None:
    assert rows_of("| what | check |\n|---|---|\n| a \\| b | `beacon`, `producer` |\n") == [
        UnverifiedRow("a \\| b", ("beacon", "producer"))
    ]


def test_each_option_that_the_guide_shows_is_one_of_the_command() -> None:
    text = (CHECKOUT / "docs" / "deploy.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"ARGS='?(--[a-z-]+)", text))
    known = set(re.findall(r'"(--[a-z-]+)"', (CHECKOUT / "integ" / "__main__.py").read_text(encoding="utf-8")))
    assert {"--local", "--keep", "--destroy", "--without-edges"} == shown
    assert shown <= known
