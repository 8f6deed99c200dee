"""How query results are shown: whatever is in them, and however many columns there are."""

from __future__ import annotations

import io

from rich.console import Console

from clickstream_local.common.terminal import print_rows


def shown(columns: list[str], rows: list[tuple[object, ...]], width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_rows(console, columns, rows)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= width
    return str(text)


def test_few_columns_are_a_table() -> None:
    text = shown(["page_path", "events"], [("/tea", 12), ("/", 7)])
    assert "│ /tea      │ 12     │" in text


def test_many_columns_are_shown_row_by_row_with_their_names() -> None:
    columns = [f"column_{number}" for number in range(50)]
    text = shown(columns, [tuple(range(50)), (*range(49), None)])
    assert "row 2 of 2" in text
    assert "column_31  31" in text
    assert "null: column_49" in text


def test_long_values_are_folded_not_cut() -> None:
    text = shown(["event_id", "event_name", "event_time", "page_url"], [("e" * 40, "click", "t" * 26, "u" * 99)])
    assert text.count("u") == 99 + "page_url".count("u")
    assert "…" not in text


def test_values_are_no_markup() -> None:
    text = shown(["[b]name"], [("[/b] [red]x :warning: \\",), (None,)])
    assert "[b]name" in text
    assert "[/b] [red]x :warning: \\" in text


def test_control_sequences_are_shown_and_do_nothing() -> None:
    assert "curl\\x1b[2J" in shown(["user_agent"], [("curl\x1b[2J",)])


def test_nothing_found_is_said() -> None:
    assert "columns: a, " in shown(["a", *["b" * 30] * 4], [])
    assert "event_name" in shown(["event_name"], [])
