"""What the pages name is what there is."""

from __future__ import annotations

import inspect
import re

import pytest

import cdk_clickstream
from support.checkout import CHECKOUT

NAMES = ("clients-http", "cost", "defaults", "error-codes", "existing", "one-way-doors", "security", "unverified")
PAGES = {name: (CHECKOUT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
CALL = re.compile(r"(?<![.\w])([A-Z][A-Za-z]+)(?:\.([a-z]\w*))?\(")


def code_of(page: str) -> list[str]:
    return re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", page, flags=re.DOTALL | re.MULTILINE))


def parameters() -> set[str]:
    """Names of the parameters of everything public."""
    things = [getattr(cdk_clickstream, name) for name in cdk_clickstream.__all__]
    functions = [one for thing in things for _, one in inspect.getmembers(thing, callable) if not isinstance(one, type)]
    return {name for one in functions for name in getattr(one, "__annotations__", {})}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_each_class_and_method_on_the_page_exists(page: str) -> None:
    named = {call for code in code_of(page) for call in CALL.findall(code)}
    assert len(named) >= 3
    for word, method in named:
        thing = getattr(cdk_clickstream, word)
        assert not method or callable(getattr(thing, method)), (word, method)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_each_option_on_the_page_exists(page: str) -> None:
    named = {option for code in code_of(page) for option in re.findall(r"(?<!\w)([a-z]\w*)=", code)}
    of_the_cdk = {"use_precreated_roles"}
    assert named - parameters() <= of_the_cdk


def test_the_ratios_of_speed_are_those_of_the_reports() -> None:
    reported = {
        row[0]: row
        for name in ("transform", "blueprints")
        for row in table_rows((CHECKOUT / f"bench/reports/{name}.md").read_text(encoding="utf-8"))
    }
    page = (CHECKOUT / "docs/transform-limits.md").read_text(encoding="utf-8").partition("## Speed")[2]
    told = [row for row in table_rows(page.partition("\n## ")[0]) if row[0] not in ("case", "blueprint")]
    assert len(told) > 10
    assert [row for row in told if row[1] != reported[row[0]][3]] == []


CASES = {
    "packed, with the extra `fast`": "producer",
    "packed, standard library only": "producer, standard library only",
    "packed, `check_json=False`, with `fast`": "producer, check_json=False",
    "packed, `check_json=False`, standard library only": "producer, standard library only, check_json=False",
    "packed, durable, with `fast`": "producer, durable",
    "unpacked, with `fast`": "producer, unpacked",
    "Kinesis, unpacked, with `fast`, against boto3 `put_records`": "producer, Kinesis",
    "dicts, with `fast`, against `json.dumps` and boto3": "producer, dicts",
    "dicts, standard library only, against the same": "producer, dicts, standard library only",
}
"""Row of the producer's page: case of its report."""


def test_the_producer_s_ratios_are_those_of_its_report() -> None:
    report = (CHECKOUT / "bench/reports/producer.md").read_text(encoding="utf-8").partition("\n## ")[0]
    reported = {row[0]: re.findall(r"\*\*([\d.]+x)\*\*", " ".join(row)) for row in table_rows(report)}
    page = (CHECKOUT / "lambda/producer/README.md").read_text(encoding="utf-8").partition("## What it costs")[2]
    told = {row[0]: row[1:] for row in table_rows(page.partition("\n## ")[0]) if row[0]}
    assert told == {row: reported[case] for row, case in CASES.items()}


def table_rows(page: str) -> list[list[str]]:
    """The cells of each row of the tables in a page, without their rules."""
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows]
