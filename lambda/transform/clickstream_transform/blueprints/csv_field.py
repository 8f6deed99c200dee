"""Fields of CSV rows, quoted as RFC 4180 says."""

from __future__ import annotations

import re
from collections.abc import Callable

Field = Callable[[str], str]

_needs_quotes = re.compile(r'[",\r\n]').search
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def field(text: str) -> str:
    """A field, in quotes where it holds a comma, a quote or a line break."""
    if _needs_quotes(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def guarded_field(text: str) -> str:
    """A field that no spreadsheet runs as a formula: an apostrophe goes before ``=``, ``+``, ``-``, ``@``.

    A dash alone is what logs write for nothing, and stays one.
    """
    return field(f"'{text}" if text.startswith(_FORMULA) and text != "-" else text)


def is_plain(row: str, columns: int) -> bool:
    """Whether fields joined by commas, with a newline at the end, need no quotes: one look instead of one a field."""
    return row.count(",") == columns - 1 and '"' not in row and "\r" not in row and row.count("\n") == 1
