"""The bill as tables and as a document."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from clickstream_local.cli import main
from clickstream_local.cost.items import PRICED
from support.checkout import CHECKOUT
from support.cost import bill, cost, line

GUIDE = CHECKOUT / "docs" / "cost.md"


def test_the_table_names_quantities_amounts_marks_and_what_is_left_out() -> None:
    done = cost()
    assert done.exit_code == 0, done.output
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in done.output.splitlines() if "│" in row]
    assert ["API requests", "1,500,000", "3.50 per million", "5.25"] in [row[:4] for row in rows]
    assert ["Firehose", "21.5 GB", "0.029 per GB*", "0.62"] in [row[:4] for row in rows]
    assert ["S3 PUT requests (events)", "8,640", "no price here", ""] in [row[:4] for row in rows]
    assert ["total", "", "", "6.35", "of what has a price here"] in rows
    assert ["1", "30,000,000", "143.1", "111.86", ""] in rows
    assert "* from memory, check it; 1.01 of the total rests on such prices." in done.output
    assert "The total leaves out: S3 PUT requests (events); S3 storage (events);" in done.output


def test_the_output_in_the_guide_is_what_the_command_prints(assembly: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(assembly.parent)
    text = GUIDE.read_text(encoding="utf-8")
    command, shown = text.partition("$ clickstream cost ")[2].partition("\n```")[0].split("\n", 1)
    done = CliRunner().invoke(main, ["cost", *command.split()], env={"COLUMNS": "112"})
    assert done.exit_code == 0, done.output
    assert [row.rstrip() for row in done.output.splitlines()] == shown.splitlines()


def test_the_guide_names_each_item_of_a_price_file() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [item for item in PRICED if f"`{item}`" not in text] == []


def test_the_document_has_a_member_for_each_thing_that_the_table_shows() -> None:
    found = bill()
    assert set(found) == {
        *("stack", "stream", "region", "currency", "days", "events_per_day", "event_bytes", "through"),
        *("events_per_request", "record_bytes", "lines", "total", "left_out", "not_counted", "batches", "conventions"),
    }
    for one in found["lines"]:
        assert set(one) == {"item", "what", "quantity", "unit", "price", "amount", "how"}
    assert line(found, "firehose-gb")["price"] == {
        "per": 1,
        "tiers": [
            {"price": 0.029, "up_to": 512_000},
            {"price": 0.025, "up_to": 2_048_000},
            {"price": 0.02, "up_to": 5_120_000},
        ],
        "mark": "M",
        "source": "from memory, to be checked (facts/prices.md#what-is-billed)",
        "date": "2026-11",
    }
    for batch in found["batches"]:
        assert set(batch) == {"events_per_request", "chosen", "requests", "firehose_gb", "total", "problem"}
