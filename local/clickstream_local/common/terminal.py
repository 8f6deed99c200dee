"""What commands print: text from anywhere, as a terminal may have it, and query results."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

_READABLE = 16
"""Characters that a column of long values has to have to be read."""

_BORDER = 3


def printable(text: str, *, keep: str = "") -> str:
    """The text with what cannot be printed escaped, but for the characters of ``keep``.

    What clients send ends here: a control sequence in a user agent is shown, and does nothing.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in keep else repr(one)[1:-1] for one in text)


def print_rows(console: Console, columns: list[str], rows: list[tuple[object, ...]]) -> None:
    """Query results: a table where its columns have room, else one row after the other, each value beside its name."""
    texts = [["" if value is None else printable(str(value)) for value in row] for row in rows]
    longest = [max([len(text) for text in column], default=0) for column in zip(*texts, strict=True)]
    longest += [0] * (len(columns) - len(longest))
    widths = [max(len(name), min(most, _READABLE)) + _BORDER for name, most in zip(columns, longest, strict=True)]
    if sum(widths) < console.width or len(columns) == 1:
        table = Table()
        for name in columns:
            table.add_column(Text(name), overflow="fold")
        for row in texts:
            table.add_row(*map(Text, row))  # as it is: a string would be read for markup and emoji
        console.print(table)
        return
    for number, (row, values) in enumerate(zip(texts, rows, strict=True), 1):
        console.rule(f"row {number} of {len(rows)}", align="left")
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold")
        grid.add_column(overflow="fold")
        for name, text, value in zip(columns, row, values, strict=True):
            if value is not None:
                grid.add_row(Text(name), Text(text))
        console.print(grid)
        if nulls := [name for name, value in zip(columns, values, strict=True) if value is None]:
            console.print(f"null: {', '.join(nulls)}", style="dim", markup=False, highlight=False)
    if not rows:
        console.print(f"columns: {', '.join(columns)}", markup=False, highlight=False)
